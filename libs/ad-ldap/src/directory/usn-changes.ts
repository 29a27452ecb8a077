import { SyncError } from '@adjoin/contracts';
import { extendedDn, showDeleted } from '../controls/plain-control.js';
import type { LdapConnection } from '../connection/ldap-connection.js';
import { LDAP_RESULT, statusOf } from '../connection/ldap-error.js';
import type { RawEntry } from '../connection/raw-entry.js';
import { pagedSearch } from './paged-search.js';

const PREFIX = 'usn:';

/** A position in the changes of one domain controller, in the form in which DirSync cookies are kept. */
export const usnCookie = (usn: string): Buffer => Buffer.from(`${PREFIX}${usn}`, 'latin1');

/** The change number of a position. Throws ADJ-IMP-1011 for the cookie of another way of reading. */
export function usnOf(cookie: Buffer): bigint {
  const digits = /^usn:(\d+)$/.exec(cookie.toString('latin1'))?.[1];
  if (digits === undefined) throw new SyncError('ADJ-IMP-1011', 'The stored position is none of the read mode usn.');
  return BigInt(digits);
}

/** Objects that changed after a change number, as they are now, whatever changed in them. */
export function readChangedSince(
  connection: LdapConnection,
  options: {
    readonly partition: string;
    readonly after: bigint;
    readonly attributes: readonly string[];
  },
  onEntry: (entry: RawEntry) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<unknown> {
  const filter = `(uSNChanged>=${String(options.after + 1n)})`;
  const { partition: base, attributes } = options;
  return pagedSearch(connection, { base, filter, attributes, controls: [extendedDn()] }, onEntry, signal);
}

/** Tombstones that were made after a change number. False when the account may not see deleted objects. */
export async function readDeletedSince(
  connection: LdapConnection,
  options: { readonly partition: string; readonly after: bigint },
  onEntry: (entry: RawEntry) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<boolean> {
  const search = {
    base: `CN=Deleted Objects,${options.partition}`,
    scope: 'one',
    filter: `(&(isDeleted=TRUE)(uSNChanged>=${String(options.after + 1n)}))`,
    attributes: ['objectGUID', 'isDeleted'],
    controls: [showDeleted(), extendedDn()],
  } as const;
  try {
    await pagedSearch(connection, search, onEntry, signal);
    return true;
  } catch (error) {
    const status = statusOf(error);
    if (status === LDAP_RESULT.noSuchObject || status === LDAP_RESULT.insufficientAccessRights) return false;
    throw error;
  }
}
