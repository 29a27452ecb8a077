import type { ClientSession } from '@adjoin/shared';
import type { Store } from '../store.js';

/** Which metaverse objects have an object that the target holds (one with an anchor). Two reads, whatever the number. */
export async function presentIn(
  store: Pick<Store, 'mv' | 'cs'>,
  session: ClientSession,
  target: string,
  metaverseIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const owners = new Map<string, string>();
  const objects = await store.mv
    .find({ _id: { $in: [...metaverseIds] } }, { session, projection: { links: 1 } })
    .toArray();
  for (const { _id, links } of objects)
    for (const link of links) if (link.connector === target) owners.set(link.cs, _id);
  if (owners.size === 0) return new Set();
  const held = await store.cs
    .find({ _id: { $in: [...owners.keys()] }, anchor: { $exists: true } }, { session, projection: { _id: 1 } })
    .toArray();
  return new Set(held.map(({ _id }) => owners.get(_id) ?? ''));
}
