import { isBytes, type Attributes } from '@adjoin/engine';
import type { ClientSession, Collection } from '@adjoin/shared';
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
export async function saveObjects(
  store: Pick<Store, 'cs'>,
  session: ClientSession,
  changes: Iterable<ObjectChange>,
): Promise<void> {
  const inserts: CsDocument[] = [];
  const deletes: string[] = [];
  const updates: { readonly document: CsDocument; readonly update: NonNullable<ReturnType<typeof changedFields>> }[] =
    [];
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
    const operations = inPlace.map(({ document, update }) => ({
      updateOne: { filter: { _id: document._id }, update },
    }));
    await store.cs.bulkWrite(operations, { ordered: false, session });
  }
  await insertAll(store.cs, session, inserts, isLarge);
}

/** Documents of one insert command; with at most 8 KB a value they stay far below the 48 MB it may have. */
const INSERT_BATCH = 500;

/**
 * Inserts documents with as few commands as possible. The driver's own `insertMany` measures every document before it writes it, which is as much
 * work as writing it; here only large ones go that way.
 */
export async function insertAll<T extends { _id: string }>(
  collection: Collection<T>,
  session: ClientSession,
  documents: readonly T[],
  isLargeDocument: (document: T) => boolean = () => false,
): Promise<void> {
  const large = documents.filter(isLargeDocument);
  const small = large.length === 0 ? documents : documents.filter((document) => !isLargeDocument(document));
  for (let start = 0; start < small.length; start += INSERT_BATCH) {
    const insert = {
      insert: collection.collectionName,
      documents: small.slice(start, start + INSERT_BATCH),
      ordered: true,
    };
    const { writeErrors } = await collection.db.command(insert, { session, ignoreUndefined: true });
    const [first] = (writeErrors ?? []) as readonly { readonly code: number; readonly errmsg: string }[];
    if (first !== undefined)
      throw new Error(`MongoDB refused a document of ${collection.collectionName}: ${first.errmsg} (${first.code})`);
  }
  if (large.length > 0)
    await collection.insertMany(large as unknown as Parameters<typeof collection.insertMany>[0], { session });
}

function isLarge({ imported, pendingExport, unconfirmed, escrow }: CsDocument): boolean {
  return [imported, pendingExport?.changes, unconfirmed?.changes, escrow?.changes].some(
    (values) => values !== undefined && hasLargeValue(values as Attributes),
  );
}

/** Whether a value is large: a photo, a list of certificates. */
export function hasLargeValue(values: Attributes): boolean {
  for (const name in values) {
    const value = values[name];
    if (typeof value === 'string' || isBytes(value)) {
      if (value.length > LARGE) return true;
    } else if (
      Array.isArray(value) &&
      value.reduce((sum, one) => sum + (typeof one === 'string' || isBytes(one) ? one.length : 0), 0) > LARGE
    )
      return true;
  }
  return false;
}
