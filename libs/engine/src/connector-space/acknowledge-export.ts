import type { AttributeValue } from '../attribute/value.js';
import type { AttributeChanges, CsObject, PendingExport, UnconfirmedExport } from '../sync/model.js';
import { sameValue } from '../sync/sameness.js';

/** What a connected directory answered to an export. */
export interface ExportAcknowledgement {
  readonly operation: PendingExport['operation'];
  /** What was applied; at most what was sent. */
  readonly changes: AttributeChanges;
  /** Anchor that the directory gave a new object. */
  readonly anchor?: string | undefined;
  /** DN after a rename. */
  readonly dn?: string | undefined;
}

export interface AcknowledgedExport {
  /** Null: the object is gone. */
  readonly object: CsObject | null;
  /** Metaverse object to synchronize again: it counted on an object that this delete removed. */
  readonly retry: string | undefined;
}

/**
 * Moves what was applied from pending to unconfirmed (architecture.md §6). A pending export decided since the sending
 * keeps what differs from it. An acknowledged delete removes the object; when it has been linked again in the meantime,
 * its metaverse object has to be provisioned anew.
 */
export function acknowledgeExport(cs: CsObject, answer: ExportAcknowledgement): AcknowledgedExport {
  if (answer.operation === 'delete') return { object: null, retry: cs.link?.mv };
  const first = cs.unconfirmed?.operation === 'add' || answer.operation === 'add';
  const unconfirmed: UnconfirmedExport = {
    operation: first ? 'add' : 'update',
    changes: { ...cs.unconfirmed?.changes, ...answer.changes },
  };
  const object: CsObject = {
    ...cs,
    anchor: answer.anchor ?? cs.anchor,
    dn: answer.dn ?? cs.dn,
    unconfirmed,
    pendingExport: cs.pendingExport === undefined ? undefined : remainder(cs.pendingExport, answer),
    inFlight: undefined,
  };
  return { object, retry: undefined };
}

/** The answer was an error: nothing was applied, the pending export stays and is tried again. */
export function failExport(cs: CsObject): CsObject {
  return cs.inFlight === undefined ? cs : { ...cs, inFlight: undefined };
}

function remainder(pending: PendingExport, answer: ExportAcknowledgement): PendingExport | undefined {
  if (pending.operation === 'delete') return pending;
  const changes: Record<string, AttributeValue | null> = {};
  for (const [name, value] of Object.entries(pending.changes)) {
    if (!(name in answer.changes) || !sameValue(value ?? undefined, answer.changes[name] ?? undefined))
      changes[name] = value;
  }
  const dn = pending.dn === undefined || pending.dn === answer.dn ? undefined : pending.dn;
  if (dn !== undefined) return { operation: 'update', changes, dn };
  return Object.keys(changes).length === 0 ? undefined : { operation: 'update', changes };
}
