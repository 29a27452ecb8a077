import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  /** Runnable programs on average over the last minute before the bench began. */
  readonly loadAtStart: number;
}

/** More than this at the start and the figures are of a busy machine. */
const QUIET_LOAD = 0.5;

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    loadAtStart: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** One line about the machine, and a second one when it was not quiet. */
export function machineLines({ processor, cores, memoryGb, node, loadAtStart }: Machine): readonly string[] {
  const line = `${cores} x ${processor}, ${memoryGb} GB, Node ${node}, load average at start ${loadAtStart}`;
  if (loadAtStart <= QUIET_LOAD) return [line];
  return [
    line,
    `WARNING: the machine was busy (load over ${QUIET_LOAD}): clock times are too long, processor times less so`,
  ];
}
