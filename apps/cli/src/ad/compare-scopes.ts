import {
  CONTAINER,
  ContainerScope,
  IMPORTED_CLASSES,
  isInDomain,
  LDAP_RESULT,
  LdapConnection,
  objectTypeOf,
  pagedSearch,
  parentDn,
  parseExtendedDn,
  rawAttribute,
  rawText,
  readRootDse,
  sameDn,
  statusOf,
  type RawEntry,
} from '@adjoin/ad-ldap';
import { SyncError, type AdConnectorConfig } from '@adjoin/contracts';
import { serversOf } from './connector-file.js';

/** What a changed connector does to the objects of one domain. */
export interface ScopeComparison {
  readonly domain: string;
  /** By type. */
  readonly leaving: Readonly<Record<string, number>>;
  readonly entering: Readonly<Record<string, number>>;
  readonly staying: Readonly<Record<string, number>>;
  /** Containers that lose objects, largest loss first. */
  readonly losing: readonly { readonly dn: string; readonly objects: number }[];
  /** Listed containers that do not exist. */
  readonly missing: readonly string[];
}

type IsSelected = (dn: string, type: string) => boolean;

/** Reads every domain that one of the connectors selects and counts what the change does; changes nothing. */
export async function compareScopes(
  before: AdConnectorConfig | undefined,
  after: AdConnectorConfig,
  signal: AbortSignal,
): Promise<readonly ScopeComparison[]> {
  const domains = new Map([...(before?.domains ?? []), ...after.domains].map(({ dn }) => [dn.toLowerCase(), dn]));
  const found: ScopeComparison[] = [];
  for (const domain of domains.values()) found.push(await compareDomain(before, after, domain, signal));
  return found;
}

async function compareDomain(
  before: AdConnectorConfig | undefined,
  after: AdConnectorConfig,
  domain: string,
  signal: AbortSignal,
): Promise<ScopeComparison> {
  const connection = await connect(after, domain);
  try {
    const count = new Counts(selection(before, domain), selection(after, domain));
    const attributes = ['objectClass', 'isCriticalSystemObject'];
    await pagedSearch(
      connection,
      { base: domain, filter: IMPORTED_CLASSES, attributes },
      (entry) => count.take(entry),
      signal,
    );
    const listed = [...after.scope.include, ...after.scope.exclude].filter((dn) => isInDomain(dn, domain));
    return { domain, ...count.result(), missing: await missingOf(connection, listed, signal) };
  } finally {
    await connection.close();
  }
}

async function connect(connector: AdConnectorConfig, domain: string): Promise<LdapConnection> {
  let first: unknown;
  for (const server of await serversOf(connector)) {
    let connection: LdapConnection | undefined;
    try {
      connection = await LdapConnection.open(server);
      const { namingContexts } = await readRootDse(connection);
      if (namingContexts.some((held) => sameDn(held, domain))) return connection;
      throw new SyncError('ADJ-IMP-1013', `The domain ${domain} is not held by ${server.url}.`);
    } catch (error) {
      first ??= error;
      await connection?.close();
    }
  }
  throw first;
}

function selection(connector: AdConnectorConfig | undefined, domain: string): IsSelected {
  if (connector?.domains.some(({ dn }) => sameDn(dn, domain)) !== true) return () => false;
  const own = (list: readonly string[]): string[] => list.filter((dn) => isInDomain(dn, domain));
  const lists = { include: own(connector.scope.include), exclude: own(connector.scope.exclude) };
  const scope = new ContainerScope(domain, lists);
  return (dn, type) => connector.objectTypes.includes(type) && scope.includes(dn);
}

class Counts {
  readonly #leaving: Record<string, number> = {};
  readonly #entering: Record<string, number> = {};
  readonly #staying: Record<string, number> = {};
  readonly #losing = new Map<string, number>();

  constructor(
    private readonly before: IsSelected,
    private readonly after: IsSelected,
  ) {}

  take(entry: RawEntry): void {
    const classes = (rawAttribute(entry, 'objectClass')?.values ?? []).map((value) => value.toString('utf8'));
    const type = objectTypeOf(classes);
    if (type === undefined || type === CONTAINER || rawText(entry, 'isCriticalSystemObject') === 'TRUE') return;
    const { dn } = parseExtendedDn(entry.dn);
    const [was, is] = [this.before(dn, type), this.after(dn, type)];
    if (!was && !is) return;
    const counts = was && is ? this.#staying : is ? this.#entering : this.#leaving;
    counts[type] = (counts[type] ?? 0) + 1;
    if (!is) this.#losing.set(parentDn(dn), (this.#losing.get(parentDn(dn)) ?? 0) + 1);
  }

  result(): Pick<ScopeComparison, 'leaving' | 'entering' | 'staying' | 'losing'> {
    const losing = [...this.#losing]
      .map(([dn, objects]) => ({ dn, objects }))
      .sort((a, b) => b.objects - a.objects || a.dn.localeCompare(b.dn));
    return { leaving: this.#leaving, entering: this.#entering, staying: this.#staying, losing };
  }
}

async function missingOf(
  connection: LdapConnection,
  listed: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const dn of listed) {
    try {
      await connection.read({ base: dn, scope: 'base', attributes: ['1.1'] }, signal);
    } catch (error) {
      if (statusOf(error) !== LDAP_RESULT.noSuchObject) throw error;
      missing.push(dn);
    }
  }
  return missing;
}
