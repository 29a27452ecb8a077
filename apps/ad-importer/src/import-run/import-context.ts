import { SyncError, toSyncError } from '@adjoin/contracts';
import type { AdConnectorConfig } from '@adjoin/contracts';
import { DecodeError } from '@adjoin/ad-ldap';
import type { Logger } from '@adjoin/shared';
import type { DirectorySession } from '../directory/directory-session.js';
import type { ImportIndex } from '../index-store/import-index.js';
import type { AttributePlan } from '../object/attribute-plan.js';
import type { ChangePublisher } from '../publish/change-publisher.js';
import type { ContainerScope } from '@adjoin/ad-ldap';

/** One object that could not be read or decoded; the run goes on. */
export interface ObjectError {
  readonly anchor: string | undefined;
  readonly code: string;
  readonly message: string;
}

/** Everything a run attempt of one partition works with. */
export interface ImportContext {
  readonly config: AdConnectorConfig;
  readonly partition: string;
  readonly session: DirectorySession;
  readonly plan: AttributePlan;
  readonly index: ImportIndex;
  readonly publisher: ChangePublisher;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** The scope as it is now; replaced when a listed container is renamed. */
  scope: ContainerScope;
  /** When the read began that the next messages come from (ISO 8601). */
  readStartedAt: string;
  readonly objectErrors: ObjectError[];
  /** GUIDs met by a full read, whatever became of them. */
  readonly met: Set<string>;
  /** Reads the scope again, for containers that were renamed or moved meanwhile. */
  refreshScope(): Promise<void>;
  /** Counts for metrics and the run record. */
  readonly counters: { read: number; published: number; deleted: number; errors: number };
}

/** Most object errors kept with a run; the count goes on. */
const KEPT_ERRORS = 100;

/** Runs `work` for one object; a value that cannot be decoded concerns that object only and is listed (ADJ-IMP-1020). */
export async function guardObject(
  context: ImportContext,
  anchor: string | undefined,
  dn: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (!(cause instanceof DecodeError || cause instanceof RangeError)) throw toSyncError(cause);
    const error = new SyncError('ADJ-IMP-1020', `${dn}: ${cause.message}`, {
      cause,
      ...(anchor === undefined ? {} : { object: anchor }),
    });
    context.counters.errors += 1;
    if (context.objectErrors.length < KEPT_ERRORS)
      context.objectErrors.push({ anchor, code: error.code, message: error.message });
    context.log.warn({ event: 'import.object-error', code: error.code, hint: error.hint, anchor, dn }, cause.message);
    if (anchor !== undefined) context.met.add(anchor);
  }
}
