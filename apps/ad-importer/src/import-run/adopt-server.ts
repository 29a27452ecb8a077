import type { CursorStore } from '../cursor/cursor-store.js';
import type { DirectorySession } from '../directory/directory-session.js';

/** Cookies of other servers that are kept, and how long: a server that was away longer than it keeps tombstones would miss deletions. */
const KEPT = 8;
const KEPT_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * When the session is with another domain controller than the one before: its cookie is put aside, and the one that was once got from this
 * server, if there is one, is taken up. Deltas from it repeat what was learnt elsewhere meanwhile, and miss nothing. Without one a full import
 * is due.
 */
export async function adoptServer(
  cursor: CursorStore,
  { invocationId, url }: Pick<DirectorySession, 'invocationId' | 'url'>,
  now: Date,
): Promise<void> {
  const { cookie, invocationId: before, parked = [] } = cursor.current;
  if (cookie !== undefined && before === invocationId) return;
  const young = parked.filter(({ at }) => now.getTime() - at.getTime() < KEPT_MS);
  const known = young.find((one) => one.invocationId === invocationId);
  const aside = cookie === undefined || before === undefined ? [] : [{ invocationId: before, cookie, at: now }];
  const others = young.filter((one) => one.invocationId !== invocationId && one.invocationId !== before);
  await cursor.save({
    parked: [...aside, ...others].slice(0, KEPT),
    ...(known === undefined ? {} : { cookie: known.cookie, invocationId, server: url }),
  });
}
