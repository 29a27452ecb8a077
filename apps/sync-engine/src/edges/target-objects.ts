import type { ClientSession } from '@adjoin/shared';
import type { CsDocument } from '@adjoin/spaces';
import type { Store } from '../store.js';

/** What decides whether an edge can go: thousands of members are looked at, so only this much of them is read. */
export type TargetObject = Pick<CsDocument, '_id' | 'type' | 'link' | 'anchor' | 'pendingExport' | 'escrow'>;
const FIELDS = { type: 1, 'link.mv': 1, anchor: 1, 'pendingExport.operation': 1, 'escrow.operation': 1 } as const;

/** The objects of a target by the metaverse object they are linked to. Two reads, whatever the number. */
export async function targetObjects(
  store: Pick<Store, 'mv' | 'cs'>,
  session: ClientSession,
  target: string,
  metaverseIds: readonly string[],
): Promise<ReadonlyMap<string, TargetObject>> {
  const linked = await store.mv
    .find({ _id: { $in: [...metaverseIds] } }, { session, projection: { links: 1 } })
    .toArray();
  const ids = linked.flatMap(({ links }) => links.filter(({ connector }) => connector === target).map(({ cs }) => cs));
  const found = new Map<string, TargetObject>();
  if (ids.length === 0) return found;
  const documents = await store.cs.find<TargetObject>({ _id: { $in: ids } }, { session, projection: FIELDS }).toArray();
  for (const document of documents) if (document.link !== undefined) found.set(document.link.mv, document);
  return found;
}

/** Which metaverse objects have an object that the target holds (one with an anchor). */
export async function presentIn(...args: Parameters<typeof targetObjects>): Promise<ReadonlySet<string>> {
  const objects = await targetObjects(...args);
  return new Set([...objects].flatMap(([mv, { anchor }]) => (anchor === undefined ? [] : [mv])));
}
