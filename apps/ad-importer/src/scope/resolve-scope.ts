import { SyncError } from '@adjoin/contracts';
import {
  extendedDn,
  guidDn,
  isInDomain,
  LDAP_RESULT,
  parseExtendedDn,
  sameDn,
  statusOf,
  type LdapConnection,
} from '@adjoin/ad-ldap';
import type { ScopeLists } from '@adjoin/ad-ldap';

export interface ScopeGuid {
  /** DN as configured. */
  readonly dn: string;
  readonly guid: string;
}
export interface ResolvedScope {
  readonly lists: ScopeLists;
  /** To be stored: what the configured DNs meant when they were first seen. */
  readonly guids: readonly ScopeGuid[];
  /** ADJ-IMP-1014 for renamed containers, ADJ-IMP-1013 for missing ones. */
  readonly problems: readonly SyncError[];
}

/**
 * Finds the listed containers of a partition by the GUID they had when they were first seen: a renamed or moved container keeps its
 * meaning under its new DN, so that a rename never looks like everything below having left.
 */
export async function resolveScope(
  connection: LdapConnection,
  partition: string,
  configured: ScopeLists,
  known: readonly ScopeGuid[],
  signal: AbortSignal,
): Promise<ResolvedScope> {
  const guids: ScopeGuid[] = [];
  const problems: SyncError[] = [];
  const resolve = async (list: readonly string[]): Promise<string[]> => {
    const current: string[] = [];
    for (const dn of list.filter((candidate) => isInDomain(candidate, partition))) {
      const found = await findContainer(connection, dn, known, signal);
      if (found === undefined) {
        problems.push(new SyncError('ADJ-IMP-1013', `The container ${dn} of the scope does not exist.`));
        current.push(dn);
        continue;
      }
      guids.push({ dn, guid: found.guid });
      current.push(found.dn);
      if (!sameDn(found.dn, dn))
        problems.push(new SyncError('ADJ-IMP-1014', `The container ${dn} of the scope is now ${found.dn}.`));
    }
    return current;
  };
  const lists = { include: await resolve(configured.include), exclude: await resolve(configured.exclude) };
  return { lists, guids, problems };
}

async function findContainer(
  connection: LdapConnection,
  dn: string,
  known: readonly ScopeGuid[],
  signal: AbortSignal,
): Promise<{ guid: string; dn: string } | undefined> {
  const before = known.find((candidate) => sameDn(candidate.dn, dn));
  const byGuid = before === undefined ? undefined : await lookUp(connection, guidDn(before.guid), signal);
  return byGuid ?? lookUp(connection, dn, signal);
}

async function lookUp(
  connection: LdapConnection,
  base: string,
  signal: AbortSignal,
): Promise<{ guid: string; dn: string } | undefined> {
  try {
    const [entry] = await connection.read(
      { base, scope: 'base', attributes: ['objectGUID'], controls: [extendedDn()] },
      signal,
    );
    const found = entry === undefined ? undefined : parseExtendedDn(entry.dn);
    return found?.guid === undefined ? undefined : { guid: found.guid, dn: found.dn };
  } catch (error) {
    if (statusOf(error) === LDAP_RESULT.noSuchObject) return undefined;
    throw error;
  }
}
