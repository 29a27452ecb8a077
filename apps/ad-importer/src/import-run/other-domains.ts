import { ContainerScope, extendedDn, guidFilter, isInDomain, parseExtendedDn } from '@adjoin/ad-ldap';
import type { ImportContext } from './import-context.js';

/**
 * Whether an object that is gone from this domain stands in another selected domain of the forest, in its scope. An object that moves between
 * domains keeps its GUID; a delete from the old domain could overtake what the new one reports. While another domain cannot be asked this
 * throws: the read is repeated, and nothing is deleted on half the evidence.
 */
export async function isElsewhere(context: ImportContext, guid: string): Promise<boolean> {
  const { config, partition, session, signal } = context;
  for (const { dn } of config.domains) {
    if (dn.toLowerCase() === partition.toLowerCase()) continue;
    const connection = await session.domain(dn, signal);
    const [entry] = await connection.read(
      { base: dn, filter: guidFilter([guid]), attributes: ['objectGUID'], controls: [extendedDn()] },
      signal,
    );
    if (entry === undefined) continue;
    const own = (list: readonly string[]): string[] => list.filter((listed) => isInDomain(listed, dn));
    const lists = { include: own(config.scope.include), exclude: own(config.scope.exclude) };
    if (new ContainerScope(dn, lists).includes(parseExtendedDn(entry.dn).dn)) return true;
  }
  return false;
}
