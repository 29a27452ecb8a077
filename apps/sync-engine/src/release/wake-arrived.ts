import type { ClientSession } from '@adjoin/shared';
import { LANE, type CsDocument } from '@adjoin/spaces';
import { wakeEdges } from '../edges/wake-edges.js';
import type { Store } from '../store.js';

/**
 * Objects that a target has from this transaction on, by an acknowledgement or because an import shows them: references and edges that waited for
 * them may go now. Their documents have to be saved before. Gives their connector-space ids.
 */
export async function wakeArrived(
  store: Pick<Store, 'cs' | 'mv' | 'targetEdges'>,
  session: ClientSession,
  arrived: readonly CsDocument[],
): Promise<readonly string[]> {
  const ids = arrived.map((document) => document._id);
  const target = arrived[0]?.connector;
  if (target === undefined) return ids;
  const now = new Date();
  await store.cs.updateMany(
    { 'exp.waitsFor': { $in: ids }, 'exp.state': 'waiting', 'exp.lane': { $in: [LANE.urgent, LANE.change] } },
    { $set: { 'exp.state': 'pending', 'exp.nextAt': now } },
    { session },
  );
  const metaverse = arrived.flatMap((document) => document.link?.mv ?? []);
  await wakeEdges(store, session, target, metaverse, now);
  return ids;
}
