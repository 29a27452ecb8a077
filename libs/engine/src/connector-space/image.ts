import type { AttributeValue, Attributes } from '../attribute/value.js';
import type { AttributeChanges, CsObject } from '../sync/model.js';

/** Attributes after changes: `null` removes. Gives back the same object when there are none. */
export function applyChanges(attributes: Attributes, changes: AttributeChanges): Attributes {
  const names = Object.keys(changes);
  if (names.length === 0) return attributes;
  const next: Record<string, AttributeValue> = { ...attributes };
  for (const name of names) {
    const value = changes[name];
    if (value === null || value === undefined) delete next[name];
    else next[name] = value;
  }
  return next;
}

/** The image with everything that was acknowledged: what the connected directory is expected to hold now. */
export function acknowledgedImage(cs: CsObject): Attributes {
  return cs.unconfirmed === undefined ? cs.imported : applyChanges(cs.imported, cs.unconfirmed.changes);
}

/** The image that inbound flows, scope filters and joins read: with unconfirmed and pending exports (expressions.md §7). */
export function imageOf(cs: CsObject): Attributes {
  const acknowledged = acknowledgedImage(cs);
  return cs.pendingExport === undefined ? acknowledged : applyChanges(acknowledged, cs.pendingExport.changes);
}

/** Provisioned and not known to exist in the connected directory: it can be dropped without a trace. */
export function isUnsent(cs: CsObject): boolean {
  return cs.state === 'export' && cs.unconfirmed === undefined && cs.inFlight === undefined;
}

/** A delete is pending, under way or waits for its confirmation. */
export function isBeingDeleted(cs: CsObject): boolean {
  return cs.pendingExport?.operation === 'delete' || cs.unconfirmed?.operation === 'delete' || cs.inFlight === 'delete';
}
