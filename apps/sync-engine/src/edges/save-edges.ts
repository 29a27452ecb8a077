import type { ClientSession } from '@adjoin/shared';
import type { TargetEdge } from '@adjoin/spaces';
import { insertAll } from '../save-objects.js';
import type { Store } from '../store.js';

/** New values of one stored edge. `landed`: the export that carried it was answered. */
export interface EdgeUpdate {
  readonly id: string;
  readonly set: Partial<Omit<TargetEdge, '_id' | 'flight'>>;
  readonly landed?: boolean | undefined;
}

export interface EdgeChanges {
  readonly inserts: TargetEdge[];
  readonly updates: EdgeUpdate[];
  readonly deletes: string[];
}

export const noEdgeChanges = (): EdgeChanges => ({ inserts: [], updates: [], deletes: [] });

/** Stores decided edges with one statement for all that get the same values: thousands of a group change alike. Gives the number of edges. */
export async function saveEdges(
  store: Pick<Store, 'targetEdges'>,
  session: ClientSession,
  changes: EdgeChanges,
): Promise<number> {
  const { inserts, updates, deletes } = changes;
  if (deletes.length > 0) await store.targetEdges.deleteMany({ _id: { $in: deletes } }, { session });
  for (const alike of Map.groupBy(updates, ({ set, landed }) => `${JSON.stringify(set)} ${String(landed)}`).values()) {
    const [first] = alike;
    if (first === undefined) continue;
    const update = { $set: first.set, ...(first.landed === true ? { $unset: { flight: 1 as const } } : {}) };
    await store.targetEdges.updateMany({ _id: { $in: alike.map(({ id }) => id) } }, update, { session });
  }
  await insertAll(store.targetEdges, session, inserts);
  return inserts.length + updates.length + deletes.length;
}

/** Stored edges by id. */
export async function loadEdges(
  store: Pick<Store, 'targetEdges'>,
  session: ClientSession,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TargetEdge>> {
  const found = new Map<string, TargetEdge>();
  if (ids.length === 0) return found;
  const edges = await store.targetEdges.find({ _id: { $in: [...ids] } }, { session }).toArray();
  for (const edge of edges) found.set(edge._id, edge);
  return found;
}
