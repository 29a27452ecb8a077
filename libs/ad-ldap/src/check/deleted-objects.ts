import type { LdapConnection } from '../connection/ldap-connection.js';
import { LDAP_RESULT, statusOf } from '../connection/ldap-error.js';
import { showDeleted } from '../controls/plain-control.js';
import { firstEntry } from './first-entry.js';

/**
 * Whether the account sees the deleted objects of a domain: `yes` when it sees one, `no` when it may not list their container, `unknown` when the
 * container shows nothing. An ordinary account may read the container itself and still see nothing in it (Samba), so only an object in it is proof.
 */
export async function seesDeletedObjects(
  connection: LdapConnection,
  domain: string,
  signal?: AbortSignal,
): Promise<'yes' | 'no' | 'unknown'> {
  const options = {
    base: `CN=Deleted Objects,${domain}`,
    scope: 'one',
    filter: '(isDeleted=TRUE)',
    attributes: ['objectGUID'],
    controls: [showDeleted()],
  } as const;
  try {
    return (await firstEntry(connection, options, signal)) === undefined ? 'unknown' : 'yes';
  } catch (error) {
    const status = statusOf(error);
    const hidden: readonly (number | undefined)[] = [
      LDAP_RESULT.noSuchObject,
      LDAP_RESULT.insufficientAccessRights,
      LDAP_RESULT.unwillingToPerform,
    ];
    if (hidden.includes(status)) return 'no';
    throw error;
  }
}
