import { readSync, openSync, statSync, closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { logTail } from '../process/log-tail.js';
import { isAlive } from '../process/process-identity.js';
import { StackError } from '../stack-error.js';
import type { StackProcess, StackRecord } from './stack-file.js';

/** Prints the last lines of one process or of all, and with `follow` the new ones until the stack ends. */
export async function logsCommand(
  record: StackRecord,
  options: { readonly service: string | undefined; readonly follow: boolean; readonly lines: number },
): Promise<number> {
  const chosen = record.processes.filter(({ name }) => options.service === undefined || name === options.service);
  if (chosen.length === 0) {
    const names = record.processes.map(({ name }) => name).join(', ');
    throw new StackError('ADJ-STK-2004', `The stack has no process "${options.service ?? ''}". It has: ${names}.`);
  }
  const offsets = new Map(chosen.map((entry) => [entry.name, sizeOf(entry.logFile)]));
  for (const entry of chosen) print(entry, logTail(entry.logFile, options.lines));
  while (options.follow && isAlive(record.owner)) {
    await sleep(300);
    for (const entry of chosen) offsets.set(entry.name, printNew(entry, offsets.get(entry.name) ?? 0));
  }
  return 0;
}

function print(entry: StackProcess, lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${entry.name} | ${line}\n`);
}

/** Prints the complete lines behind the offset and returns the offset behind them. */
function printNew(entry: StackProcess, offset: number): number {
  const size = sizeOf(entry.logFile);
  if (size <= offset) return Math.min(size, offset);
  const buffer = Buffer.alloc(Math.min(size - offset, 1_048_576));
  const file = openSync(entry.logFile, 'r');
  try {
    readSync(file, buffer, 0, buffer.length, offset);
  } finally {
    closeSync(file);
  }
  const end = buffer.lastIndexOf(0x0a);
  if (end < 0) return offset;
  print(entry, buffer.subarray(0, end).toString('utf8').split('\n'));
  return offset + end + 1;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
