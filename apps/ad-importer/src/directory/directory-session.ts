import { readFileSync } from 'node:fs';
import { SyncError, toSyncError, type AdConnectorConfig } from '@adjoin/contracts';
import {
  dirSyncCookieNow,
  LdapConnection,
  readInvocationId,
  readRootDse,
  readSchema,
  sameDn,
  type ForestSchema,
  type LdapServerOptions,
  type RootDse,
} from '@adjoin/ad-ldap';
import { readSecretFile } from '@adjoin/shared';

/**
 * Connections to one domain controller for one partition: `bulk` for long streams, `lookup` for reads while a stream is paused.
 * Both are the same server, proven by its invocationId.
 */
export interface DirectorySession {
  readonly bulk: LdapConnection;
  readonly lookup: LdapConnection;
  readonly rootDse: RootDse;
  readonly schema: ForestSchema;
  readonly invocationId: string;
  /** Changes are read with the rights of the account on each object, not with the right to replicate. */
  readonly objectSecurity: boolean;
  /** True when both connections still answer from the same database as at the start. */
  isSameServer(signal?: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/** Connection options for every configured server, in order of preference. Throws ADJ-CFG-0002 for an unreadable password or CA file. */
export function serverOptions(config: AdConnectorConfig): LdapServerOptions[] {
  const password = readSecretFile(config.passwordFile);
  const ca = config.tls.caFile === undefined ? undefined : readCa(config.tls.caFile);
  return config.servers.map((url) => ({
    url,
    startTls: config.startTls,
    ca,
    serverName: config.tls.serverName,
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

/** Opens a session with the first server that works and holds the partition; throws the error of the first server when none does. */
export async function openSession(
  config: AdConnectorConfig,
  partition: string,
  signal: AbortSignal,
  limits: Pick<LdapServerOptions, 'pageSize'> = {},
): Promise<DirectorySession> {
  let first: unknown;
  for (const options of serverOptions(config)) {
    signal.throwIfAborted();
    try {
      return await openOn({ ...options, ...limits }, partition, config.readMode, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      first ??= error;
    }
  }
  throw first;
}

async function openOn(
  options: LdapServerOptions,
  partition: string,
  mode: AdConnectorConfig['readMode'],
  signal: AbortSignal,
): Promise<DirectorySession> {
  const bulk = await LdapConnection.open(options);
  let lookup: LdapConnection | undefined;
  try {
    const rootDse = await readRootDse(bulk, signal);
    if (!rootDse.namingContexts.some((dn) => sameDn(dn, partition))) {
      throw new SyncError('ADJ-IMP-1013', `The domain ${partition} is not held by ${bulk.server}.`);
    }
    const invocationId = await readInvocationId(bulk, rootDse, signal);
    lookup = await LdapConnection.open(options);
    const schema = await readSchema(bulk, rootDse.schemaNamingContext, signal);
    const objectSecurity = await needsObjectSecurity(lookup, partition, mode, signal);
    return sessionOf(bulk, lookup, { rootDse, schema, invocationId, objectSecurity });
  } catch (error) {
    await lookup?.close();
    await bulk.close();
    throw error;
  }
}

/** Only `auto` falls back: whoever asks for the right to replicate shall hear when it is missing. */
async function needsObjectSecurity(
  connection: LdapConnection,
  partition: string,
  mode: AdConnectorConfig['readMode'],
  signal: AbortSignal,
): Promise<boolean> {
  if (mode !== 'auto') return mode === 'dirsync-object-security';
  try {
    await dirSyncCookieNow(connection, { partition, flags: 0, attributes: ['objectGUID'] }, signal);
    return false;
  } catch (error) {
    if (toSyncError(error).code === 'ADJ-IMP-1004') return true;
    throw error;
  }
}

function sessionOf(
  bulk: LdapConnection,
  lookup: LdapConnection,
  facts: Pick<DirectorySession, 'rootDse' | 'schema' | 'invocationId' | 'objectSecurity'>,
): DirectorySession {
  return {
    bulk,
    lookup,
    ...facts,
    async isSameServer(signal) {
      for (const connection of [bulk, lookup]) {
        const now = await readRootDse(connection, signal);
        if (
          now.dsServiceName !== facts.rootDse.dsServiceName ||
          (await readInvocationId(connection, now, signal)) !== facts.invocationId
        )
          return false;
      }
      return true;
    },
    async close() {
      await Promise.all([bulk.close(), lookup.close()]);
    },
  };
}
