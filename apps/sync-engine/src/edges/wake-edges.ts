import type { ClientSession } from '@adjoin/shared';
import type { TargetEdge } from '@adjoin/spaces';
import type { Store } from '../store.js';
import { presentIn } from './target-objects.js';

const SLICE = 5000;
type Ends = Pick<TargetEdge, '_id' | 'g' | 'm'>;

/**
 * New objects of a target can be referred to: edges that waited for one of their ends may go, provided the other end is there. An edge whose other
 * end is still missing is left alone; that end will wake it, and most edges of a first load would otherwise be written twice for nothing.
 *
 * @param arrived metaverse ids of objects that the target has from this transaction on; their documents have to be saved before
 */
export async function wakeEdges(
  store: Pick<Store, 'targetEdges' | 'mv' | 'cs'>,
  session: ClientSession,
  target: string,
  arrived: readonly string[],
  now: Date,
): Promise<void> {
  const there = new Set(arrived);
  const absent = new Set<string>();
  let mayHoldMore: boolean | undefined;
  for (const [end, other] of [
    ['g', 'm'],
    ['m', 'g'],
  ] as const) {
    const waiting = store.targetEdges.find(
      { [end]: { $in: [...arrived] }, target, pend: true, nextAt: { $gt: now } },
      { session, projection: { g: 1, m: 1 }, batchSize: SLICE },
    );
    const wake = async (edges: readonly Ends[]): Promise<void> => {
      await look(edges.map((edge) => edge[other]));
      const ids = edges.filter((edge) => there.has(edge[other])).map(({ _id }) => _id);
      if (ids.length > 0)
        await store.targetEdges.updateMany({ _id: { $in: ids } }, { $set: { nextAt: now } }, { session });
    };
    let slice: Ends[] = [];
    for await (const edge of waiting) {
      slice.push(edge);
      if (slice.length < SLICE) continue;
      await wake(slice);
      slice = [];
    }
    if (slice.length > 0) await wake(slice);
  }

  /** Notes which of the metaverse objects the target has. */
  async function look(ids: readonly string[]): Promise<void> {
    const unknown = new Set(ids.filter((id) => !there.has(id) && !absent.has(id)));
    if (unknown.size === 0) return;
    // The groups of a first load are made before their members: nobody need look for ten thousand of these.
    mayHoldMore ??= await holdsOthers(store, session, target, new Set(arrived));
    if (!mayHoldMore) return;
    for (const id of await presentIn(store, session, target, [...unknown])) there.add(id);
    for (const id of unknown) if (!there.has(id)) absent.add(id);
  }
}

/** Objects without a link that are passed over before the question counts as answered. */
const UNLINKED = 100;
/** Nearly always one of the first few is another one. */
const FIRST_LOOK = 20;

/** Whether a target may hold an object that is linked to another metaverse object than these; when in doubt it may. */
async function holdsOthers(
  store: Pick<Store, 'cs'>,
  session: ClientSession,
  target: string,
  metaverseIds: ReadonlySet<string>,
): Promise<boolean> {
  const held = { connector: target, anchor: { $exists: true } };
  const most = metaverseIds.size + UNLINKED;
  const options = { session, hint: 'anchor', projection: { 'link.mv': 1 }, limit: most, batchSize: FIRST_LOOK };
  let seen = 0;
  for await (const { link } of store.cs.find(held, options)) {
    if (link !== undefined && !metaverseIds.has(link.mv)) return true;
    seen += 1;
  }
  return seen === most;
}
