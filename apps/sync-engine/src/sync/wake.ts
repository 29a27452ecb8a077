import type { ClientSession } from '@adjoin/shared';
import type { DirtyReason, MvDocument } from '@adjoin/spaces';
import type { Store } from '../store.js';
import type { LinkChange } from './commit-chunk.js';

export interface Wake {
  readonly store: Store;
  readonly session: ClientSession;
  readonly now: Date;
  readonly links: readonly LinkChange[];
  /** Objects that lost their link as a consequence of others. */
  readonly due: ReadonlySet<string>;
  readonly written: readonly MvDocument[];
  readonly removed: readonly string[];
  /** Metaverse objects as they were. */
  readonly before: ReadonlyMap<string, MvDocument | null>;
}

/**
 * Marks what has become due by a chunk: disconnectors that look for a join key that now exists, objects whose reference waited for an object that
 * is now joined, and objects that refer to one whose links changed (DESIGN §4). Gives the ids it marked.
 */
export async function wakeDependents(wake: Wake): Promise<ReadonlyMap<string, DirtyReason>> {
  const woken = new Map<string, DirtyReason>();
  const keys = changedKeys(wake);
  if (keys.length > 0) await mark(wake, { wants: { $in: keys } }, 'join-key', woken);
  const ids = new Set(wake.due);
  for (const id of await referrers(wake)) ids.add(id);
  if (ids.size > 0) await mark(wake, { _id: { $in: [...ids] } }, 'reference', woken);
  return woken;
}

async function mark(
  { store, session, now }: Wake,
  which: { readonly wants: object } | { readonly _id: object },
  reason: DirtyReason,
  woken: Map<string, DirtyReason>,
): Promise<void> {
  const found = await store.cs
    .find({ ...which, dirtyAt: { $exists: false } }, { session, projection: { _id: 1 } })
    .toArray();
  if (found.length === 0) return;
  for (const { _id } of found) woken.set(_id, reason);
  const ids = found.map(({ _id }) => _id);
  await store.cs.updateMany({ _id: { $in: ids } }, { $set: { dirtyAt: now, dirtyReason: reason } }, { session });
}

/** Keys that appeared, and keys that went away: a second match that is gone can make another one unique. */
function changedKeys({ written, removed, before }: Wake): readonly string[] {
  const keys = new Set<string>();
  for (const document of written) {
    const old = new Set(before.get(document._id)?.joinKeys);
    for (const key of document.joinKeys) if (!old.delete(key)) keys.add(key);
    for (const key of old) keys.add(key);
  }
  for (const id of removed) for (const key of before.get(id)?.joinKeys ?? []) keys.add(key);
  return [...keys];
}

/** One connector-space object for each metaverse object whose references have to be decided again. */
async function referrers({ store, session, links, written, before }: Wake): Promise<readonly string[]> {
  const joined = links.filter((link) => link.after !== undefined).flatMap((link) => link.waitKeys);
  const relinked = new Set<string>();
  for (const link of links) {
    if (link.before !== undefined) relinked.add(link.before);
    // Nobody can refer to a metaverse object that this chunk has made, except inside the chunk.
    if (link.after !== undefined && before.get(link.after) !== undefined && before.get(link.after) !== null)
      relinked.add(link.after);
  }
  const filters: object[] = [];
  if (joined.length > 0) filters.push({ waitsFor: { $in: joined } });
  if (relinked.size > 0) filters.push({ refs: { $in: [...relinked] } });
  if (filters.length === 0) return [];
  const found = new Set<string>();
  const own = new Set(written.map((document) => document._id));
  for (const filter of filters) {
    for await (const document of store.mv.find(filter, { session, projection: { links: 1 } })) {
      const source = document.links[0];
      if (source !== undefined && !(own.has(document._id) && 'refs' in filter)) found.add(source.cs);
    }
  }
  return [...found];
}
