import { randomBytes } from 'node:crypto';
import { SyncError } from '@adjoin/contracts';
import { win32Error } from '../drs-error.js';
import type { Authenticator } from '../dcerpc/authenticator.js';
import { boundedWait } from '../dcerpc/bounded-wait.js';
import { RpcConnection } from '../dcerpc/rpc-connection.js';
import { DRSUAPI_INTERFACE } from '../dcerpc/syntax-id.js';
import {
  CLIENT_GUID,
  decodeDrsBindReply,
  DRS_OPERATIONS,
  encodeDrsBindRequest,
  type DrsBindReply,
} from '../drsuapi/drs-bind.js';
import { DRS_EXTENSION_FLAGS, type DrsExtensions } from '../drsuapi/drs-extensions.js';
import { EPM_PORT, findDrsuapiPort } from '../epm/find-drsuapi-port.js';
import { NULL_GUID } from '../names/guid.js';
import { NtlmAuthenticator } from '../ntlm/ntlm-authenticator.js';
import type { ByteChannel, OpenChannel } from '../transport/byte-channel.js';
import { openTcpChannel } from '../transport/tcp-channel.js';
import { DrsSession } from './drs-session.js';

export interface DrsTimeouts {
  /** Milliseconds for a TCP connection. */
  readonly connect: number;
  /** Milliseconds of silence within an answer. */
  readonly answer: number;
}

const DEFAULT_TIMEOUTS: DrsTimeouts = { connect: 10_000, answer: 60_000 };

export interface DrsLogin {
  /** Name or address of the domain controller. */
  readonly host: string;
  /** Domain of the account and of the controllers, NetBIOS (`CORP`) or DNS name; empty with a user principal name. */
  readonly domain: string;
  /** sAMAccountName, or user principal name. */
  readonly user: string;
  readonly password: string;
}

export interface ConnectDrsOptions extends DrsLogin {
  readonly timeouts?: Partial<DrsTimeouts> | undefined;
  /** TCP port of drsuapi where the endpoint mapper shall not be asked. */
  readonly port?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: (() => number) | undefined;
  /** Default: the system's cryptographic source. */
  readonly random?: ((length: number) => Buffer) | undefined;
  /** Default: TCP. */
  readonly open?: OpenChannel | undefined;
  /** Default: NTLMv2 with the login above. */
  readonly authenticator?: Authenticator | undefined;
}

const OFFERED: DrsExtensions = {
  flags: Object.values(DRS_EXTENSION_FLAGS).reduce((all, flag) => (all | flag) >>> 0, 0),
  siteGuid: NULL_GUID,
  replicationEpoch: 0,
};

/**
 * Opens an encrypted replication session with a domain controller: endpoint mapper, login, IDL_DRSBind. Errors are
 * SyncErrors ADJ-PHS-70xx, or the signal's reason. The caller closes the session.
 */
export async function connectDrs(options: ConnectDrsOptions): Promise<DrsSession> {
  const timeouts = { connect: options.timeouts?.connect, answer: options.timeouts?.answer };
  const limits = {
    connect: timeouts.connect ?? DEFAULT_TIMEOUTS.connect,
    answer: timeouts.answer ?? DEFAULT_TIMEOUTS.answer,
  };
  const { host, signal } = options;
  const port =
    options.port ?? (await findDrsuapiPort(await openChannel(options, EPM_PORT, limits), host, limits.answer, signal));
  const sources = { now: options.now ?? Date.now, random: options.random ?? randomBytes };
  const authenticator = options.authenticator ?? new NtlmAuthenticator(options, sources);
  const channel = await openChannel(options, port, limits);
  const timeout = limits.answer;
  const rpc = await RpcConnection.open(channel, {
    ...{ interface: DRSUAPI_INTERFACE, authenticator, server: host, timeout, signal },
  });
  try {
    return await openSession(rpc, options);
  } catch (error) {
    rpc.close();
    throw error;
  }
}

async function openSession(rpc: RpcConnection, { host, domain, signal }: ConnectDrsOptions): Promise<DrsSession> {
  const first = await bind(rpc, host, 0, signal);
  // [MS-DRSR] 4.1.3: after a domain rename the epoch is not 0, and calls with another epoch are refused.
  const epoch = first.extensions?.replicationEpoch ?? 0;
  const { handle, extensions } = epoch === 0 ? first : await bind(rpc, host, epoch, signal);
  const flags = extensions?.flags ?? 0;
  const offers = (flag: number): boolean => (flags & flag) !== 0;
  const { getChangesReplyV6, getChangesRequestV8, getChangesRequestV10, strongEncryption } = DRS_EXTENSION_FLAGS;
  if (!offers(getChangesReplyV6) || !offers(getChangesRequestV8) || !offers(strongEncryption)) {
    const shown = `0x${flags.toString(16)}`;
    throw new SyncError(
      'ADJ-PHS-7009',
      `${host} lacks version 8 requests, version 6 replies or encryption (${shown}).`,
    );
  }
  return new DrsSession({
    ...{ rpc, handle, domain },
    bindAgain: async (again) => (await bind(rpc, host, epoch, again)).handle,
    requestVersion: offers(getChangesRequestV10) ? 10 : 8,
  });
}

async function bind(rpc: RpcConnection, host: string, epoch: number, signal?: AbortSignal): Promise<DrsBindReply> {
  const extensions = { ...OFFERED, replicationEpoch: epoch };
  const request = encodeDrsBindRequest({ client: CLIENT_GUID, extensions });
  const reply = decodeDrsBindReply(await rpc.call(DRS_OPERATIONS.bind, request, signal));
  if (reply.status !== 0) throw win32Error(`Opening a replication session with ${host}`, reply.status);
  return reply;
}

async function openChannel(options: ConnectDrsOptions, port: number, limits: DrsTimeouts): Promise<ByteChannel> {
  const giveUp = new AbortController();
  const where = `${options.host}:${String(port)}`;
  const limit = { timeout: limits.connect, signal: options.signal, what: `connection to ${where}` };
  const opening = (options.open ?? openTcpChannel)(options.host, port, giveUp.signal);
  return boundedWait(limit, opening, () => giveUp.abort());
}
