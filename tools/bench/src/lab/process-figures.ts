import type { Figure, FigureTable } from '../result/figure.js';

type ByProcess = Readonly<Record<string, number>>;

/** Processor time by process between two readings of it. */
export function difference(after: ByProcess, before: ByProcess): ByProcess {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));
}

/** Adds a figure for each process, for the sum of them, and for the sum of ours (without Kafka, MongoDB, Samba and the simulator). */
export function addCpu(table: FigureTable, cpuMs: ByProcess, objects: number, unit: string): void {
  const figure = (name: string): Omit<Figure, 'values'> => ({ name: `CPU ${name}`, unit, better: 'less' });
  const per = (ms: number): number => (ms * 1000) / Math.max(1, objects);
  for (const [name, ms] of Object.entries(cpuMs)) table.add(per(ms), figure(name));
  table.add(per(sum(Object.entries(cpuMs).filter(([name]) => isOurs(name)))), figure('of our processes'));
  table.add(per(sum(Object.entries(cpuMs))), figure('of all'));
}

export function addMemory(table: FigureTable, peakMb: ByProcess): void {
  for (const [name, mb] of Object.entries(peakMb))
    table.add(mb, { name: `peak memory ${name}`, unit: 'MB', better: 'less' });
}

/** A process that is part of the product, not of its surroundings. */
export function isOurs(name: string): boolean {
  return name !== 'kafka' && name !== 'mongo' && name !== 'entra-simulator' && !name.startsWith('samba');
}

function sum(entries: readonly (readonly [string, number])[]): number {
  return entries.reduce((total, [, ms]) => total + ms, 0);
}
