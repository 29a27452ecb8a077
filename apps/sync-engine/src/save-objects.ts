import { isBytes, type Attributes } from '@adjoin/engine';
import type { ClientSession } from '@adjoin/shared';
import type { CsDocument } from '@adjoin/spaces';
import type { Store } from './store.js';
import { changedFields } from './sync/changed-fields.js';

/** One connector-space object as it was read (undefined: it is new) and as it is to be stored (undefined: it is to be deleted). */
export interface ObjectChange {
  readonly before: CsDocument | undefined;
  readonly after: CsDocument | undefined;
}

/** From this many objects on, writing them anew is cheaper than changing them in place. */
const REWRITE_FROM = 20;
/** An object with a value of this size (a photo, certificates) is changed in place. */
const LARGE = 8192;

/**
 * Stores the outcome of a transaction. Objects that change in bulk are deleted and inserted again: the database takes 0.12 ms of processor time for
 * that and 0.30 ms for an update of the same object, which it does one by one, computing every index of the old and of the new document
 * (docs/performance.md). Within one transaction nobody can see the difference.
 *
 * `before` has to be what the same transaction read, complete; nobody else writes meanwhile (Store.exclusive).
 */
export async function saveObjects(store: Pick<Store, 'cs'>, session: ClientSession, changes: Iterable<ObjectChange>): Promise<void> {
  const inserts: CsDocument[] = [];
  const deletes: string[] = [];
  const updates: { readonly document: CsDocument; readonly update: NonNullable<ReturnType<typeof changedFields>> }[] = [];
  for (const { before, after } of changes) {
    if (before === undefined) {
      if (after !== undefined) inserts.push(after);
    } else if (after === undefined) deletes.push(before._id);
    else {
      const update = changedFields(before, after);
      if (update !== undefined) updates.push({ document: after, update });
    }
  }
  const inPlace = updates.length < REWRITE_FROM ? updates : updates.filter(({ document }) => isLarge(document));
  if (inPlace !== updates) {
    for (const entry of updates) {
      if (inPlace.includes(entry)) continue;
      deletes.push(entry.document._id);
      inserts.push(entry.document);
    }
  }
  if (deletes.length > 0) await store.cs.deleteMany({ _id: { $in: deletes } }, { session });
  if (inPlace.length > 0) {
    const operations = inPlace.map(({ document, update }) => ({ updateOne: { filter: { _id: document._id }, update } }));
    await store.cs.bulkWrite(operations, { ordered: false, session });
  }
  if (inserts.length > 0) await store.cs.insertMany(inserts, { session, ordered: true });
}

function isLarge({ imported, pendingExport, unconfirmed, escrow }: CsDocument): boolean {
  return [imported, pendingExport?.changes, unconfirmed?.changes, escrow?.changes].some((values) => values !== undefined && hasLargeValue(values as Attributes));
}

function hasLargeValue(values: Attributes): boolean {
  for (const name in values) {
    const value = values[name];
    if (typeof value === 'string' || isBytes(value)) {
      if (value.length > LARGE) return true;
    } else if (Array.isArray(value) && value.reduce((sum, one) => sum + (typeof one === 'string' || isBytes(one) ? one.length : 0), 0) > LARGE) return true;
  }
  return false;
}
