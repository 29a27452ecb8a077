import { resolveSrv as systemResolver } from 'node:dns/promises';
import { SyncError } from '@adjoin/contracts';

/** A record of a service (RFC 2782). */
export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}
export interface Locator {
  readonly resolveSrv: (name: string) => Promise<readonly SrvRecord[]>;
  /** 0 to 1; spreads the load over servers of one priority. */
  readonly random: () => number;
}

const SYSTEM: Locator = { resolveSrv: systemResolver, random: Math.random };
const LOCATED = /^(ldaps?)\+srv:\/\/([^/]+)(?:\/([^/]+))?\/?$/i;

/**
 * The URLs of domain controllers in the order in which to try them. `ldaps+srv://corp.test` stands for the controllers that the domain
 * publishes in DNS, `ldaps+srv://corp.test/Site` for those of a site ([MS-ADTS] 6.3.2.3); everything else is taken as it is. `ldap+srv`
 * takes the port of the record, `ldaps+srv` the port 636, which has no record. A server that is named twice stays at its first place.
 * Throws ADJ-IMP-1005 when nothing is left because a name could not be resolved.
 */
export async function locateServers(urls: readonly string[], locator: Locator = SYSTEM): Promise<readonly string[]> {
  const found = new Set<string>();
  let failure: SyncError | undefined;
  for (const url of urls) {
    const [, scheme, domain, site] = LOCATED.exec(url) ?? [];
    if (scheme === undefined || domain === undefined) {
      found.add(url);
      continue;
    }
    const name = `_ldap._tcp.${site === undefined ? '' : `${site}._sites.`}dc._msdcs.${domain}`;
    try {
      for (const record of inOrder(await locator.resolveSrv(name), locator.random)) {
        const secure = scheme.toLowerCase() === 'ldaps';
        const host = record.name.replace(/\.$/, '').toLowerCase();
        found.add(`${secure ? 'ldaps' : 'ldap'}://${host}:${String(secure ? 636 : record.port)}`);
      }
    } catch (cause) {
      failure ??= new SyncError('ADJ-IMP-1005', `The domain controllers of ${domain} cannot be found by ${name}.`, {
        cause,
      });
    }
  }
  if (found.size === 0) throw failure ?? new SyncError('ADJ-IMP-1005', `${urls.join(', ')} name no domain controller.`);
  return [...found];
}

/** Lowest priority first; within one a weighted choice, as RFC 2782 describes it. */
function inOrder(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const ordered: SrvRecord[] = [];
  const groups = Map.groupBy(records, ({ priority }) => priority);
  for (const priority of [...groups.keys()].sort((a, b) => a - b)) {
    // Records without weight come first in the list, so that they still have a small chance.
    const rest = [...(groups.get(priority) ?? [])].sort((a, b) => a.weight - b.weight);
    while (rest.length > 0) {
      const total = rest.reduce((sum, { weight }) => sum + weight, 0);
      let left = Math.floor(random() * (total + 1));
      const chosen = Math.max(
        0,
        rest.findIndex(({ weight }) => (left -= weight) <= 0),
      );
      ordered.push(...rest.splice(chosen, 1));
    }
  }
  return ordered;
}
