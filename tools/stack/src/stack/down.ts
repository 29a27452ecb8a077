import { isAlive, signalProcess } from '../process/process-identity.js';
import { waitUntil } from '../process/wait.js';
import { StackError } from '../stack-error.js';
import type { StateFolder } from '../state-folder.js';
import { endLeftovers, readStackRecord, removeStackRecord } from './stack-file.js';

const OWNER_GRACE_MS = 10_000;

/** Stops a stack by its owner; what a killed owner left behind is ended directly. */
export async function downCommand(state: StateFolder, name: string): Promise<number> {
  const runFolder = state.run(name);
  const record = readStackRecord(runFolder);
  if (record === undefined) throw new StackError('ADJ-STK-2003', `No stack "${name}" runs.`);
  const started = performance.now();
  if (signalProcess(record.owner, 'SIGTERM')) {
    const ended = await waitUntil(() => !isAlive(record.owner), { deadlineMs: OWNER_GRACE_MS });
    if (!ended) signalProcess(record.owner, 'SIGKILL');
  }
  await endLeftovers(record, 3000);
  removeStackRecord(runFolder);
  process.stdout.write(`stopped "${name}" in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return 0;
}
