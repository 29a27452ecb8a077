import { readFileSync, readdirSync } from 'node:fs';
import { readStackRecord } from '@adjoin/stack';
import { rounded } from '../report.js';

/** Processor time and peak memory of a process with the children it has. */
export interface Usage {
  readonly cpuMs: number;
  readonly peakRssMb: number;
}

/** Clock ticks a second of /proc/<pid>/stat; 100 on every Linux that Node runs on (sysconf _SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;
const EVERY_MS = 250;

/**
 * Watches the processes of a stack by the record of the stack: each one from the moment it is ready, so that its start is not counted.
 * Peak memory is the kernel's own mark (VmHWM); processor time is utime + stime, see proc(5).
 */
export class ProcessUsage {
  readonly #runFolder: string;
  readonly #atReady = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(runFolder: string) {
    this.#runFolder = runFolder;
    this.#timer = setInterval(() => this.#noticeNew(), EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Processor milliseconds of each process since it was ready. */
  cpuMs(): Readonly<Record<string, number>> {
    this.#noticeNew();
    return this.#each((name, usage) => usage.cpuMs - (this.#atReady.get(name) ?? 0));
  }

  /** Peak resident memory of each process in MB. */
  peakRssMb(): Readonly<Record<string, number>> {
    return this.#each((_name, usage) => rounded(usage.peakRssMb));
  }

  #noticeNew(): void {
    for (const { name, identity } of this.#processes())
      if (!this.#atReady.has(name)) this.#atReady.set(name, usageOf(identity.pid).cpuMs);
  }

  #each(value: (name: string, usage: Usage) => number): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#processes().map(({ name, identity }) => [name, value(name, usageOf(identity.pid))]),
    );
  }

  #processes() {
    return readStackRecord(this.#runFolder)?.processes ?? [];
  }
}

/** Usage of the process group that `leader` leads: the stack gives each process a group of its own. */
export function usageOf(leader: number): Usage {
  let cpuMs = 0;
  let peakRssMb = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The command name in parentheses may hold spaces, so count from the last one: state is field 3.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[2]) !== leader) continue;
      cpuMs += ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      peakRssMb += Number(peak ?? 0) / 1024;
    } catch {
      continue; // ended meanwhile
    }
  }
  return { cpuMs, peakRssMb };
}
