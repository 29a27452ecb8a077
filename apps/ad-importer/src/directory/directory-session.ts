import { readFileSync } from 'node:fs';
import { SyncError, toSyncError, type AdConnectorConfig } from '@adjoin/contracts';
import {
  dirSyncCookieNow,
  LdapConnection,
  locateServers,
  readInvocationId,
  readRootDse,
  readSchema,
  sameDn,
  type ForestSchema,
  type LdapServerOptions,
  type Locator,
  type RootDse,
} from '@adjoin/ad-ldap';
import { readSecretFile } from '@adjoin/shared';

/**
 * How changes are read: with the right to replicate; with the rights of the account on each object; or, on servers without DirSync, by
 * change numbers.
 */
export type Reading = 'dirsync' | 'dirsync-object-security' | 'usn';

/**
 * Connections to one domain controller for one partition: `bulk` for long streams, `lookup` for reads while a stream is paused.
 * Both are the same server, proven by its invocationId.
 */
export interface DirectorySession {
  readonly bulk: LdapConnection;
  readonly lookup: LdapConnection;
  /** URL of the server. */
  readonly url: string;
  readonly rootDse: RootDse;
  readonly schema: ForestSchema;
  readonly invocationId: string;
  readonly reading: Reading;
  /** A connection to a server of another domain of the forest, opened when it is first needed and kept as long as the session. */
  domain(dn: string, signal: AbortSignal): Promise<LdapConnection>;
  /** True when both connections still answer from the same database as at the start. */
  isSameServer(signal?: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Connection options for every server, in the order in which to try them. Password and CA are read from their files anew each time, so that they
 * can be exchanged while the process runs. Servers that are found by DNS are checked by their own name, never by `tls.serverName`. Throws
 * ADJ-CFG-0002 for an unreadable password or CA file.
 */
export async function serverOptions(config: AdConnectorConfig, locator?: Locator): Promise<LdapServerOptions[]> {
  const password = readSecretFile(config.passwordFile);
  const ca = config.tls.caFile === undefined ? undefined : readCa(config.tls.caFile);
  const urls = await locateServers(config.servers, locator);
  return urls.map((url) => ({
    url,
    startTls: config.startTls,
    ca,
    serverName: config.servers.includes(url) ? config.tls.serverName : undefined,
    bindDn: config.bindDn,
    password: () => password.reveal(),
  }));
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SyncError('ADJ-CFG-0001', `The CA file ${path} cannot be read.`, { cause });
  }
}

export interface SessionOptions extends Pick<LdapServerOptions, 'pageSize' | 'answerTimeoutMs'> {
  /** Server of the session before: among the servers found by DNS it comes first, since its cookie can go on. */
  readonly before?: string | undefined;
  readonly locator?: Locator | undefined;
  /** Known already, and unchanged: then it is not read. */
  readonly schema?: ForestSchema | undefined;
}

/** Opens a session with the first server that works and holds the partition; throws the error of the first server when none does. */
export async function openSession(
  config: AdConnectorConfig,
  partition: string,
  signal: AbortSignal,
  options: SessionOptions = {},
): Promise<DirectorySession> {
  const { before, locator, schema, ...limits } = options;
  const servers = await serverOptions(config, locator);
  const isPreferred = ({ url }: LdapServerOptions): boolean =>
    url === before || (config.servers.includes(url) && config.servers[0] === url);
  const ordered = [...servers.filter(isPreferred), ...servers.filter((server) => !isPreferred(server))];
  return firstThatWorks(ordered, signal, (server) =>
    openOn({ ...server, ...limits }, { config, partition, locator, schema, signal }),
  );
}

/** A connection to the first server that works and holds this domain; throws the error of the first server when none does. */
export async function openDomain(
  config: AdConnectorConfig,
  dn: string,
  signal: AbortSignal,
  locator?: Locator,
): Promise<LdapConnection> {
  return firstThatWorks(await serverOptions(config, locator), signal, async (server) => {
    const connection = await LdapConnection.open(server);
    try {
      await rootDseWith(connection, dn, signal);
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  });
}

async function firstThatWorks<T>(
  servers: readonly LdapServerOptions[],
  signal: AbortSignal,
  open: (server: LdapServerOptions) => Promise<T>,
): Promise<T> {
  let first: unknown;
  for (const server of servers) {
    signal.throwIfAborted();
    try {
      return await open(server);
    } catch (error) {
      if (signal.aborted) throw error;
      first ??= error;
    }
  }
  throw first;
}

interface Opening {
  readonly config: AdConnectorConfig;
  readonly partition: string;
  readonly locator: Locator | undefined;
  readonly schema: ForestSchema | undefined;
  readonly signal: AbortSignal;
}

async function openOn(options: LdapServerOptions, opening: Opening): Promise<DirectorySession> {
  const { config, partition, signal } = opening;
  const bulk = await LdapConnection.open(options);
  let lookup: LdapConnection | undefined;
  try {
    const rootDse = await rootDseWith(bulk, partition, signal);
    const invocationId = await readInvocationId(bulk, rootDse, signal);
    lookup = await LdapConnection.open(options);
    const schema = opening.schema ?? (await readSchema(bulk, rootDse.schemaNamingContext, signal));
    const reading = await readingOf(lookup, partition, config.readMode, signal);
    return new ServerSession({ bulk, lookup, url: options.url, rootDse, schema, invocationId, reading }, opening);
  } catch (error) {
    await lookup?.close();
    await bulk.close();
    throw error;
  }
}

async function rootDseWith(connection: LdapConnection, partition: string, signal: AbortSignal): Promise<RootDse> {
  const rootDse = await readRootDse(connection, signal);
  if (rootDse.namingContexts.some((dn) => sameDn(dn, partition))) return rootDse;
  throw new SyncError('ADJ-IMP-1013', `The domain ${partition} is not held by ${connection.server}.`);
}

/** Only `auto` falls back: whoever asks for the right to replicate shall hear when it is missing. */
async function readingOf(
  connection: LdapConnection,
  partition: string,
  mode: AdConnectorConfig['readMode'],
  signal: AbortSignal,
): Promise<Reading> {
  if (mode !== 'auto') return mode;
  try {
    await dirSyncCookieNow(connection, { partition, flags: 0, attributes: ['objectGUID'] }, signal);
    return 'dirsync';
  } catch (error) {
    if (toSyncError(error).code === 'ADJ-IMP-1004') return 'dirsync-object-security';
    throw error;
  }
}

type Facts = Pick<DirectorySession, 'bulk' | 'lookup' | 'url' | 'rootDse' | 'schema' | 'invocationId' | 'reading'>;

class ServerSession implements DirectorySession {
  readonly bulk: LdapConnection;
  readonly lookup: LdapConnection;
  readonly url: string;
  readonly rootDse: RootDse;
  readonly schema: ForestSchema;
  readonly invocationId: string;
  readonly reading: Reading;
  readonly #opening: Opening;
  readonly #domains = new Map<string, LdapConnection>();

  constructor({ bulk, lookup, url, rootDse, schema, invocationId, reading }: Facts, opening: Opening) {
    this.bulk = bulk;
    this.lookup = lookup;
    this.url = url;
    this.rootDse = rootDse;
    this.schema = schema;
    this.invocationId = invocationId;
    this.reading = reading;
    this.#opening = opening;
  }

  async domain(dn: string, signal: AbortSignal): Promise<LdapConnection> {
    const known = this.#domains.get(dn);
    if (known?.isOpen === true) return known;
    const { config, locator } = this.#opening;
    const opened = await openDomain(config, dn, signal, locator);
    this.#domains.set(dn, opened);
    return opened;
  }

  async isSameServer(signal?: AbortSignal): Promise<boolean> {
    for (const connection of [this.bulk, this.lookup]) {
      const now = await readRootDse(connection, signal);
      if (
        now.dsServiceName !== this.rootDse.dsServiceName ||
        (await readInvocationId(connection, now, signal)) !== this.invocationId
      )
        return false;
    }
    return true;
  }

  async close(): Promise<void> {
    await Promise.all([this.bulk, this.lookup, ...this.#domains.values()].map((connection) => connection.close()));
  }
}
