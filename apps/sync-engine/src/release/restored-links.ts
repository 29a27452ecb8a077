import type { ResultMessage } from '@adjoin/contracts';
import type { ClientSession } from '@adjoin/shared';
import type { CsDocument, TargetEdge } from '@adjoin/spaces';
import { loadEdges, noEdgeChanges, saveEdges } from '../edges/save-edges.js';
import { targetEdgeId } from '../edges/target-edges.js';
import type { Store } from '../store.js';

const MEMBER = 'member';

/** An object that a creation took out of the recycle bin of the target, with the memberships that came back with it. */
export interface RestoredObject {
  readonly document: CsDocument;
  readonly links: NonNullable<ResultMessage['restored']>;
  readonly at: Date;
}

/**
 * The target has memberships again that were forgotten when the object was deleted. Those that are desired need not be sent; the others ended
 * meanwhile and are removed. Only between objects that are synchronized: what else the object was a member of is left alone.
 */
export async function saveRestoredLinks(
  store: Pick<Store, 'cs' | 'targetEdges'>,
  session: ClientSession,
  restored: readonly RestoredObject[],
  now: Date,
): Promise<void> {
  const [first] = restored;
  if (first === undefined) return;
  const target = first.document.connector;
  const mvOf = await metaverseIds(store, session, target, restored);
  const edges = restored.flatMap(({ document, links, at }) => {
    const own = document.link?.mv;
    if (own === undefined) return [];
    const known = (ids: readonly string[]): readonly string[] => ids.flatMap((id) => mvOf.get(id) ?? []);
    return [
      ...known(links.memberOf).map((g) => edgeOf(target, { g, m: own }, at, now)),
      ...known(links.members).map((m) => edgeOf(target, { g: own, m }, at, now)),
    ];
  });
  const stored = await loadEdges(
    store,
    session,
    edges.map(({ _id }) => _id),
  );
  const changes = noEdgeChanges();
  for (const edge of new Map(edges.map((one) => [one._id, one])).values()) {
    const known = stored.get(edge._id);
    if (known === undefined) changes.inserts.push(edge);
    else if (!known.exported) {
      const pend = known.flight === undefined && !known.desired;
      changes.updates.push({ id: edge._id, set: { exported: true, confirmed: false, ackAt: edge.ackAt, pend } });
    }
  }
  await saveEdges(store, session, changes);
}

/** A membership that the target has and that nothing asks for. */
function edgeOf(
  target: string,
  { g, m }: Pick<TargetEdge, 'g' | 'm'>,
  ackAt: Date,
  now: Date,
): TargetEdge & Required<Pick<TargetEdge, 'ackAt'>> {
  const _id = targetEdgeId(target, MEMBER, g, m);
  const state = { desired: false, exported: true, confirmed: false, pend: true };
  return { _id, target, a: MEMBER, g, m, ...state, ackAt, nextAt: now };
}

async function metaverseIds(
  store: Pick<Store, 'cs'>,
  session: ClientSession,
  connector: string,
  restored: readonly RestoredObject[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(restored.flatMap(({ links }) => [...links.memberOf, ...links.members]));
  const found = new Map<string, string>();
  const cursor = store.cs.find(
    { connector, anchor: { $in: [...ids] }, 'link.mv': { $exists: true } },
    { session, projection: { anchor: 1, link: 1 } },
  );
  for await (const { anchor, link } of cursor)
    if (anchor !== undefined && link !== undefined) found.set(anchor, link.mv);
  return found;
}
