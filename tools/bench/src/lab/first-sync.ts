import { setTimeout as sleep } from 'node:timers/promises';
import { isIdle, waitForFullSync, type Lab } from '@adjoin/demo';
import type { OpenLab } from './open-lab.js';

/** A first synchronization: objects (users and groups), and seconds from the first LDAP read until all of them had come so far. */
export interface FirstSync {
  readonly objects: number;
  /** The engine has decided everything: all pending exports exist. By the state that the engine reports, every half second or so. */
  readonly decidedSeconds: number;
  /** The target has acknowledged the last write; exact. */
  readonly acknowledgedSeconds: number;
  /** Every export was seen in an import of the target; by the reported state. */
  readonly confirmedSeconds: number;
}

const POLL_MS = 200;
const CONFIRM_DEADLINE_MS = 120_000;

/** Waits for the first synchronization of a lab that was just started. */
export async function measureFirstSync({ lab, expected }: OpenLab): Promise<FirstSync> {
  const connector = lab.stack.forests[0]?.forest.name ?? '';
  const watch = new AbortController();
  const decided = whenDecided(lab, connector, AbortSignal.any([lab.signal, watch.signal]));
  try {
    const { objects, seconds } = await waitForFullSync(lab, expected);
    const confirmedAt = await whenConfirmed(lab);
    const startedAt = await lab.controlPlane.firstImportAt(connector, lab.startedAt);
    if (startedAt === undefined) throw new Error(`No full import of ${connector} is recorded.`);
    const since = (at: number): number => (at - startedAt) / 1000;
    const decidedAt = await decided;
    return {
      objects,
      decidedSeconds: since(decidedAt),
      acknowledgedSeconds: seconds,
      confirmedSeconds: since(confirmedAt),
    };
  } finally {
    watch.abort();
    await decided.catch(() => undefined);
  }
}

async function whenDecided({ controlPlane }: Lab, connector: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    signal.throwIfAborted();
    const { connectors } = await controlPlane.status();
    const state = connectors.find(({ name }) => name === connector);
    if (state !== undefined && state.lastCompleteImport !== null && state.backlog === 0) return Date.now();
    await sleep(POLL_MS);
  }
}

async function whenConfirmed({ controlPlane, signal }: Lab): Promise<number> {
  const end = performance.now() + CONFIRM_DEADLINE_MS;
  for (;;) {
    signal.throwIfAborted();
    const status = await controlPlane.status();
    const open = status.targets.reduce((sum, { unconfirmed }) => sum + unconfirmed, 0);
    if (open === 0 && isIdle(status)) return Date.now();
    if (performance.now() > end)
      throw new Error(`${open} exports were not confirmed in ${CONFIRM_DEADLINE_MS / 1000} s.`);
    await sleep(POLL_MS);
  }
}
