import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeKind, ChangeLatency } from '../report.js';
import type { Lab } from '../run/lab.js';
import { waitFailure } from '../run/diagnosis.js';
import type { ChangeFeed } from './change-feed.js';

const DEADLINE_MS = 30_000;
/** A change may have become visible before we waited for the feed: look again at least that often. */
const LOOK_AGAIN_MS = 250;

/** A change that was made, and how a read of Graph shows it. */
export interface MadeChange {
  readonly kind: ChangeKind;
  readonly object: string;
  /** Time of the LDAP answer, ms since 1970. */
  readonly at: number;
  /** Reads Graph; true when it shows the change. */
  readonly isShown: () => Promise<boolean>;
}

/** Waits for the first read of Graph that shows the change. Fails with ADJ-STK-3001 after 30 s. */
export async function observe(lab: Lab, feed: ChangeFeed, change: MadeChange): Promise<ChangeLatency> {
  const { kind, object, at, isShown } = change;
  for (;;) {
    lab.signal.throwIfAborted();
    const next = feed.next(); // taken before the read, so that no change falls between
    if (await isShown()) {
      const latencyMs = Date.now() - at;
      lab.report(`${kind.padEnd(13)} ${String(latencyMs).padStart(5)} ms  ${object}`);
      return { kind, object, latencyMs };
    }
    if (Date.now() - at > DEADLINE_MS)
      throw await waitFailure(
        lab.stack,
        `Change "${kind}" of ${object}`,
        `Graph does not show it after ${DEADLINE_MS / 1000} s`,
      );
    await Promise.race([next, sleep(LOOK_AGAIN_MS)]);
  }
}
