import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, signalProcess, type ProcessIdentity } from '../process/process-identity.js';
import { waitUntil } from '../process/wait.js';
import type { StateFolder } from '../state-folder.js';

/** A process of a running stack, as other programs see it. */
export interface StackProcess {
  readonly name: string;
  readonly identity: ProcessIdentity;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly logFile: string;
}

/** Content of `stack.json` in a stack's run folder while it runs. */
export interface StackRecord {
  readonly name: string;
  /** The program that started the processes and watches them. */
  readonly owner: ProcessIdentity;
  readonly startedAt: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly forests: readonly string[];
  /** False until all processes are ready. */
  readonly ready: boolean;
  readonly processes: readonly StackProcess[];
}

const FILE = 'stack.json';

/** Reads the record of a stack; undefined when there is none. */
export function readStackRecord(runFolder: string): StackRecord | undefined {
  try {
    // Written by writeStackRecord only, in one step.
    return JSON.parse(readFileSync(join(runFolder, FILE), 'utf8')) as StackRecord;
  } catch {
    return undefined; // no stack, or an unreadable remainder of one
  }
}

/** Replaces the record in one step, so that a reader never sees half of it. */
export function writeStackRecord(runFolder: string, record: StackRecord): void {
  const partial = join(runFolder, `${FILE}.partial`);
  writeFileSync(partial, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(partial, join(runFolder, FILE));
}

export function removeStackRecord(runFolder: string): void {
  rmSync(join(runFolder, FILE), { force: true });
}

/** The stacks that have a record in this state folder. */
export function recordedStacks(state: StateFolder): readonly StackRecord[] {
  const folder = join(state.root, 'run');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => readStackRecord(join(folder, name)) ?? []);
}

/** Ends what a stack left behind whose owner is gone; in reverse order of the start. */
export async function endLeftovers(record: StackRecord, graceMs: number): Promise<void> {
  const left = record.processes.filter((entry) => isAlive(entry.identity)).reverse();
  for (const entry of left) signalProcess(entry.identity, 'SIGTERM');
  const gone = (): boolean => left.every((entry) => !isAlive(entry.identity));
  if (await waitUntil(gone, { deadlineMs: graceMs })) return;
  for (const entry of left) signalProcess(entry.identity, 'SIGKILL');
  await waitUntil(gone, { deadlineMs: 2000 });
}
