import {
  ContainerScope,
  isInDomain,
  LDAP_RESULT,
  objectTypeOf,
  rawAttribute,
  statusOf,
  type LdapConnection,
} from '@adjoin/ad-ldap';
import { SyncError, type AdConnectorConfig } from '@adjoin/contracts';

/**
 * The group of a group filter has to exist, to be a group and to lie in the scope of its own connector; otherwise nothing would be synchronized.
 * Looks only when this server holds the domain of the group. Throws ADJ-IMP-1013.
 */
export async function checkGroupFilter(
  connection: LdapConnection,
  { groupFilter, domains, scope }: AdConnectorConfig,
  held: readonly string[],
): Promise<void> {
  if (groupFilter === undefined) return;
  const domain = domains.find(({ dn }) => isInDomain(groupFilter, dn))?.dn;
  if (domain === undefined) throw unusable(groupFilter, 'lies in none of the selected domains');
  if (!held.some((dn) => dn.toLowerCase() === domain.toLowerCase())) return;
  const classes = await classesOf(connection, groupFilter);
  if (classes === undefined) throw unusable(groupFilter, 'does not exist');
  if (objectTypeOf(classes) !== 'group') throw unusable(groupFilter, 'is no group');
  const own = (list: readonly string[]): string[] => list.filter((dn) => isInDomain(dn, domain));
  const lists = { include: own(scope.include), exclude: own(scope.exclude) };
  if (!new ContainerScope(domain, lists).includes(groupFilter))
    throw unusable(groupFilter, 'lies outside the selected containers');
}

const unusable = (dn: string, why: string): SyncError =>
  new SyncError('ADJ-IMP-1013', `The group ${dn} of the group filter ${why}; without it nothing is synchronized.`, {
    hint: 'Correct groupFilter, or the scope, of the connector.',
  });

async function classesOf(connection: LdapConnection, dn: string): Promise<readonly string[] | undefined> {
  try {
    const [entry] = await connection.read({ base: dn, scope: 'base', attributes: ['objectClass'] });
    if (entry === undefined) return undefined;
    return (rawAttribute(entry, 'objectClass')?.values ?? []).map((value) => value.toString('utf8'));
  } catch (error) {
    if (statusOf(error) === LDAP_RESULT.noSuchObject) return undefined;
    throw error;
  }
}
