import { setTimeout as sleep } from 'node:timers/promises';
import type { RunDetail } from '@adjoin/contracts';
import { rounded } from '../report.js';
import { waitFailure } from './diagnosis.js';
import type { Lab } from './lab.js';
import { untilConfirmed, waitUntilIdle } from './settle.js';

const POLL_MS = 20;
const DEADLINE_MS = 30_000;
/** The confirmations of what was changed before are work, too. */
const CONFIRMED_MS = 15_000;
const ENDED: ReadonlySet<string> = new Set(['success', 'incomplete', 'failed']);

/**
 * Requests a delta import of a connector and returns the seconds until it is complete with zero changes and the engine is idle.
 * Fails when the run does not succeed or finds changes.
 */
export async function measureNoChange(lab: Lab, connector: string): Promise<number> {
  await untilConfirmed(lab, CONFIRMED_MS);
  await waitUntilIdle(lab, 'The engine to be idle before the cycle without changes', DEADLINE_MS);
  const started = performance.now();
  const { id } = await lab.controlPlane.startDeltaImport(connector);
  const run = await ended(lab, id);
  await waitUntilIdle(lab, 'The engine to be idle after the cycle without changes', DEADLINE_MS);
  const seconds = rounded((performance.now() - started) / 1000, 3);
  const changes = (run.counters['published'] ?? 0) + (run.counters['deleted'] ?? 0);
  if (run.state !== 'success') {
    const reason = run.error === null ? 'no error is recorded' : `[${run.error.code}] ${run.error.message}`;
    throw new Error(`The delta import ${id} of ${connector} ended as ${run.state} (${reason}).`);
  }
  if (changes > 0)
    throw new Error(`The delta import ${id} of ${connector} found ${changes} changes; none were expected.`);
  lab.report(`a cycle without changes takes ${seconds} s`);
  return seconds;
}

async function ended(lab: Lab, id: string): Promise<RunDetail> {
  const end = performance.now() + DEADLINE_MS;
  for (;;) {
    lab.signal.throwIfAborted();
    const run = await lab.controlPlane.run(id);
    if (ENDED.has(run.state)) return run;
    if (performance.now() > end)
      throw await waitFailure(lab.stack, `The delta import ${id}`, `its state is ${run.state}`);
    await sleep(POLL_MS);
  }
}
