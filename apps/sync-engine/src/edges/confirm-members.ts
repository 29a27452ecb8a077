import type { ClientSession } from '@adjoin/shared';
import type { ObjectChange } from '@adjoin/contracts';
import type { Store } from '../store.js';
import type { CsDocument } from '@adjoin/spaces';
import { targetEdgeId } from './target-edges.js';

/** Ids in one statement. */
const SLICE = 5000;

export interface ConfirmedReferences {
  readonly group: CsDocument;
  readonly change: ObjectChange;
}

/**
 * What the target says of its memberships: a value that is there confirms the edge; a value that is reported as removed, by a read that started
 * after the acknowledgement and the consistency window, makes the edge pending again. Members that Adjoin did not put there are left alone.
 */
export async function confirmMembers(
  store: Store,
  session: ClientSession,
  items: readonly ConfirmedReferences[],
  refId: (connector: string, anchor: string) => string,
  now: Date,
  consistencyMs: (connector: string) => number,
): Promise<void> {
  if (items.length === 0) return;
  const ids = new Set(
    items.flatMap(({ change }) =>
      Object.values(change.references ?? {}).flatMap((r) => targetsOf(r).map((t) => refId(change.connector, t.$ref))),
    ),
  );
  const mvOf = new Map<string, string>();
  const cursor = store.cs.find(
    { _id: { $in: [...ids] }, 'link.mv': { $exists: true } },
    { session, projection: { link: 1 } },
  );
  for await (const document of cursor) if (document.link !== undefined) mvOf.set(document._id, document.link.mv);
  const seen: string[] = [];
  const operations: Parameters<Store['targetEdges']['bulkWrite']>[0][number][] = [];
  for (const { group, change } of items) {
    const g = group.link?.mv;
    if (g === undefined) continue;
    const readAt = new Date(Date.parse(change.readStartedAt) - consistencyMs(change.connector));
    for (const [attribute, references] of Object.entries(change.references ?? {})) {
      const edge = (anchor: string): string | undefined => {
        const m = mvOf.get(refId(change.connector, anchor));
        return m === undefined ? undefined : targetEdgeId(change.connector, attribute, g, m);
      };
      const present = references.mode === 'set' ? references.values : references.add;
      for (const target of present) {
        const _id = edge(target.$ref);
        if (_id !== undefined) seen.push(_id);
      }
      for (const target of references.mode === 'change' ? references.remove : []) {
        const _id = edge(target.$ref);
        if (_id !== undefined)
          operations.push({
            updateOne: {
              filter: { _id, exported: true, desired: true, ackAt: { $lt: readAt } },
              update: { $set: { confirmed: false, exported: false, pend: true, nextAt: now } },
            },
          });
      }
    }
  }
  for (let start = 0; start < seen.length; start += SLICE)
    await store.targetEdges.updateMany(
      { _id: { $in: seen.slice(start, start + SLICE) }, confirmed: false, exported: true },
      { $set: { confirmed: true } },
      { session },
    );
  if (operations.length > 0) await store.targetEdges.bulkWrite(operations, { ordered: false, session });
}

function targetsOf(references: NonNullable<ObjectChange['references']>[string]): readonly { $ref: string }[] {
  return references.mode === 'set' ? references.values : [...references.add, ...references.remove];
}
