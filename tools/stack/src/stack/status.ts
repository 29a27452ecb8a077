import { readFileSync } from 'node:fs';
import { isAlive } from '../process/process-identity.js';
import { readStackRecord, type StackRecord } from './stack-file.js';
import type { StateFolder } from '../state-folder.js';

/** One process in the answer of `stack status --json`. */
export interface ProcessStatus {
  readonly name: string;
  readonly pid: number;
  readonly state: 'running' | 'ended';
  readonly startedAt: string;
  /** Resident memory in MB; 0 when it has ended. */
  readonly rssMb: number;
  readonly logFile: string;
}

/** Prints what runs. Exit code 1 when no stack runs or one of its processes has ended. */
export function statusCommand(state: StateFolder, options: { readonly name: string; readonly json: boolean }): number {
  const record = readStackRecord(state.run(options.name));
  const running = record !== undefined && isAlive(record.owner);
  const processes = record === undefined ? [] : processStatus(record);
  if (options.json) {
    const { ports = {}, forests = [], ready = false } = record ?? {};
    process.stdout.write(
      `${JSON.stringify({ name: options.name, running, ready: running && ready, ports, forests, processes })}\n`,
    );
  } else if (record === undefined) {
    process.stdout.write(`no stack "${options.name}" runs\n`);
  } else {
    const launcher = running
      ? `launcher ${record.owner.pid}, ${record.ready ? 'ready' : 'starting'}`
      : 'its launcher has ended: run npm run stack:down';
    process.stdout.write(`stack "${record.name}" (${launcher})\n`);
    for (const entry of processes) {
      process.stdout.write(
        `  ${entry.name.padEnd(20)} ${entry.state.padEnd(8)} pid ${String(entry.pid).padEnd(8)} ${entry.rssMb} MB\n`,
      );
    }
  }
  return running && processes.every((entry) => entry.state === 'running') ? 0 : 1;
}

function processStatus(record: StackRecord): readonly ProcessStatus[] {
  return record.processes.map(({ name, identity, startedAt, logFile }) => {
    const alive = isAlive(identity);
    return {
      name,
      pid: identity.pid,
      state: alive ? 'running' : 'ended',
      startedAt,
      rssMb: alive ? residentMb(identity.pid) : 0,
      logFile,
    };
  });
}

function residentMb(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kilobytes ?? 0) / 1024);
  } catch {
    return 0; // ended meanwhile
  }
}
