import { SyncError } from '@adjoin/contracts';
import { DIRSYNC_FLAGS, dirSyncCookieNow, extendedDn, readHighestUsn, usnCookie } from '@adjoin/ad-ldap';
import type { ImportContext } from './import-context.js';

/** DirSync flags of a session: link values one by one, and object security where the account has no replication right. */
export function dirSyncFlags({ session }: Pick<ImportContext, 'session'>): number {
  return DIRSYNC_FLAGS.incrementalValues | (session.reading === 'dirsync' ? 0 : DIRSYNC_FLAGS.objectSecurity);
}

/** The position from which changes are read later, without reading anything now. */
export async function currentPosition(context: ImportContext): Promise<Buffer> {
  const { session, partition, signal } = context;
  if (session.reading === 'usn') {
    const usn = await readHighestUsn(session.bulk, signal);
    if (usn !== undefined) return usnCookie(usn);
    throw new SyncError('ADJ-IMP-1010', `${session.bulk.server} does not tell its highest change number.`);
  }
  const request = {
    partition,
    flags: dirSyncFlags(context),
    attributes: context.plan.requested,
    controls: [extendedDn()],
  };
  return dirSyncCookieNow(session.bulk, request, signal);
}
