import { setTimeout as sleep } from 'node:timers/promises';
import { isIdle, openWork } from './control-plane.js';
import { waitFailure } from './diagnosis.js';
import type { Lab } from './lab.js';

const POLL_MS = 100;

/** Waits until nothing is open in the engine. Fails with ADJ-STK-3001 after the deadline. */
export async function waitUntilIdle(lab: Lab, what: string, deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    lab.signal.throwIfAborted();
    const status = await lab.controlPlane.status();
    if (isIdle(status)) return;
    if (performance.now() > end) throw await waitFailure(lab.stack, what, `open work: ${openWork(status)} objects`);
    await sleep(POLL_MS);
  }
}

/**
 * Waits until an import has shown everything that the targets acknowledged, which is decided once more then; no longer than `atMostMs`, since a target
 * that does not show something is no reason to fail.
 */
export async function untilConfirmed(lab: Lab, atMostMs: number): Promise<void> {
  const end = performance.now() + atMostMs;
  while (performance.now() < end) {
    lab.signal.throwIfAborted();
    const { targets } = await lab.controlPlane.status();
    if (targets.every(({ unconfirmed }) => unconfirmed === 0)) return;
    await sleep(POLL_MS);
  }
}
