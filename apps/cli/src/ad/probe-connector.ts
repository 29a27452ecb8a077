import {
  ContainerScope,
  isInDomain,
  LdapConnection,
  readCensus,
  readDomainFacts,
  sameDn,
  type Census,
  type DomainFacts,
} from '@adjoin/ad-ldap';
import { SyncError, type AdConnectorConfig } from '@adjoin/contracts';
import { serversOf } from './connector-file.js';

export interface Estimate {
  /** Users, groups and contacts that the connector selects. */
  readonly objects: number;
  readonly readSeconds: number;
  readonly exportSeconds: number;
}
export interface DomainProbe {
  readonly domain: string;
  readonly server: string;
  readonly facts: DomainFacts;
  readonly census: Census;
  readonly estimate: Estimate;
}

/** Types that become objects in the tenant. */
const EXPORTED = new Set(['user', 'inetOrgPerson', 'group', 'contact']);
/** A full import reads the attributes too: about three times what counting costs (measured on the local stack). */
const READ_FACTOR = 3;
/** What the service takes: 7,000 writes in 5 minutes (spec operations/wizard-install §9). */
const WRITES_PER_SECOND = 7_000 / 300;

/** Reads versions and counts of every domain of a connector from the first server that holds it; changes nothing. */
export async function probeConnector(
  connector: AdConnectorConfig,
  signal: AbortSignal,
): Promise<readonly DomainProbe[]> {
  const probes: DomainProbe[] = [];
  for (const { dn } of connector.domains) probes.push(await probeDomain(connector, dn, signal));
  return probes;
}

async function probeDomain(connector: AdConnectorConfig, domain: string, signal: AbortSignal): Promise<DomainProbe> {
  let first: unknown;
  for (const server of await serversOf(connector)) {
    let connection: LdapConnection | undefined;
    try {
      connection = await LdapConnection.open(server);
      const facts = await readDomainFacts(connection);
      if (!facts.namingContexts.some((held) => sameDn(held, domain)))
        throw new SyncError('ADJ-IMP-1013', `The domain ${domain} is not held by ${server.url}.`);
      const census = await readCensus(connection, { domain, isInScope: scopeOf(connector, domain) }, signal);
      return { domain, server: server.url, facts, census, estimate: estimate(census) };
    } catch (error) {
      first ??= error;
    } finally {
      await connection?.close();
    }
  }
  throw first;
}

function scopeOf(connector: AdConnectorConfig, domain: string): (dn: string, type: string) => boolean {
  const own = (list: readonly string[]): string[] => list.filter((dn) => isInDomain(dn, domain));
  const { include, exclude } = connector.scope;
  const scope = new ContainerScope(domain, { include: own(include), exclude: own(exclude) });
  return (dn, type) => connector.objectTypes.includes(type) && (scope.isWholeDomain || scope.includes(dn));
}

function estimate({ inScope, seconds }: Census): Estimate {
  const objects = Object.entries(inScope).reduce((sum, [type, count]) => sum + (EXPORTED.has(type) ? count : 0), 0);
  return {
    objects,
    readSeconds: Math.ceil(seconds * READ_FACTOR),
    exportSeconds: Math.ceil(objects / WRITES_PER_SECOND),
  };
}
