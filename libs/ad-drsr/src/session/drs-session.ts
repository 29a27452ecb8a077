import { SyncError } from '@adjoin/contracts';
import { malformed, win32Error } from '../drs-error.js';
import type { RpcConnection } from '../dcerpc/rpc-connection.js';
import { ATTRIBUTE_OIDS, attributeSet } from '../drsuapi/attribute-set.js';
import {
  decodeCrackNamesReply,
  encodeCrackNamesRequest,
  NAME_FORMATS,
  type CrackedName,
  type NameFormat,
} from '../drsuapi/crack-names.js';
import {
  decodeDomainControllerInfoReply,
  encodeDomainControllerInfoRequest,
  type DomainController,
} from '../drsuapi/domain-controller-info.js';
import { CLIENT_GUID, DRS_OPERATIONS, encodeDrsUnbindRequest } from '../drsuapi/drs-bind.js';
import type { DsName } from '../drsuapi/ds-name.js';
import {
  decodeGetChangesReply,
  EXTENDED_ACCESS_DENIED,
  EXTENDED_SUCCESS,
  type GetChangesReply,
} from '../drsuapi/get-changes-reply.js';
import {
  DRS_OPTIONS,
  encodeGetChangesRequest,
  EXTENDED_OPERATIONS,
  type GetChangesRequest,
  type GetChangesVersion,
} from '../drsuapi/get-changes-request.js';
import { NULL_GUID } from '../names/guid.js';
import { NO_USN } from '../drsuapi/usn-vector.js';
import { deliverObjects, type Delivery } from './deliver-objects.js';
import type { HashTransform, PasswordOutcome } from './password-reader.js';
import type { ReplicatedObject } from './replicated-object.js';
import { fromWatermark, toWatermark, type CyclePosition, type Watermark } from './watermark.js';

const ATTRIBUTES = attributeSet(Object.values(ATTRIBUTE_OIDS));
const BASE_OPTIONS = DRS_OPTIONS.initialSync | DRS_OPTIONS.writableReplica;
const NO_SID = Buffer.alloc(0);
/** A page is decided by the server; these are caps. */
const PAGE_OBJECTS = 1000;
const PAGE_BYTES = 8 * 1024 * 1024;

export interface ReplicateOptions<T> extends Delivery<T> {
  /** DN of the naming context, `DC=corp,DC=test`. */
  readonly namingContext: string;
  /** Undefined = everything. */
  readonly from: Watermark | undefined;
  /** Called after all objects of a page were delivered; what it gets may be stored and continued from. */
  readonly onPage?: ((watermark: Watermark, objects: number) => Promise<void>) | undefined;
  /** End after so many pages, with `more` telling whether the cycle goes on. Default: to the end. */
  readonly maxPages?: number | undefined;
  /** Objects in a page at most. Default 1000; the server may send fewer. */
  readonly pageObjects?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ReplicateObjectOptions<T> {
  readonly transform: HashTransform<T>;
  readonly signal?: AbortSignal | undefined;
}

export interface SingleObject<T> {
  readonly object: ReplicatedObject;
  readonly password: PasswordOutcome<T>;
}

export interface SessionParts {
  readonly rpc: RpcConnection;
  readonly handle: Buffer;
  /** Opens another handle on the same connection. */
  readonly bindAgain: (signal: AbortSignal | undefined) => Promise<Buffer>;
  readonly requestVersion: GetChangesVersion;
  /** Domain whose controllers are asked for, NetBIOS or DNS name. */
  readonly domain: string;
}

/**
 * An authenticated session with one domain controller. Operations may be started at the same time; they run one after the
 * other. After a lost connection every operation fails: connect again and go on from the last watermark.
 */
export class DrsSession {
  readonly #rpc: RpcConnection;
  readonly #handle: Buffer;
  readonly #bindAgain: SessionParts['bindAgain'];
  readonly #version: GetChangesVersion;
  readonly #domain: string;
  #dsaGuid: string | undefined;
  #objectHandle: Buffer | undefined;
  #inCycle = false;

  /** Made by `connectDrs`. */
  constructor(parts: SessionParts) {
    this.#rpc = parts.rpc;
    this.#handle = parts.handle;
    this.#bindAgain = parts.bindAgain;
    this.#version = parts.requestVersion;
    this.#domain = parts.domain;
  }

  /** The domain controllers of a domain, NetBIOS or DNS name (default: that of the login). */
  async domainControllerInfo(domain = this.#domain, signal?: AbortSignal): Promise<readonly DomainController[]> {
    const request = encodeDomainControllerInfoRequest(this.#handle, domain);
    const stub = await this.#rpc.call(DRS_OPERATIONS.domainControllerInfo, request, signal);
    const status = statusOf(stub);
    if (status !== 0) throw win32Error(`Listing the domain controllers of ${domain}`, status);
    return decodeDomainControllerInfoReply(stub).controllers;
  }

  /** Translates names, in the order given; a name that is not found has a status other than 0. */
  async crackNames(
    names: readonly string[],
    offered: NameFormat,
    desired: NameFormat,
    signal?: AbortSignal,
  ): Promise<readonly CrackedName[]> {
    const formats = { offered: NAME_FORMATS[offered], desired: NAME_FORMATS[desired] };
    const request = encodeCrackNamesRequest(this.#handle, { ...formats, names });
    const stub = await this.#rpc.call(DRS_OPERATIONS.crackNames, request, signal);
    const status = statusOf(stub);
    if (status !== 0) throw win32Error('Resolving names', status);
    const reply = decodeCrackNamesReply(stub);
    if (reply.names.length !== names.length) throw malformed('the number of resolved names');
    return reply.names;
  }

  /**
   * Reads what changed in a naming context since a watermark, page by page, and delivers each object in the order of the
   * server. Objects arrive at least once: after an interruption those behind the last stored watermark come again. A
   * watermark from within a cycle is best continued in the same session: in another one Samba begins the cycle again.
   * One cycle at a time; {@link replicateObject} may be used meanwhile.
   */
  async replicate<T>(options: ReplicateOptions<T>): Promise<Watermark & { readonly more: boolean }> {
    if (this.#inCycle) throw new Error('a session reads one naming context at a time');
    this.#inCycle = true;
    try {
      return await this.#cycle(options);
    } finally {
      this.#inCycle = false;
    }
  }

  async #cycle<T>(options: ReplicateOptions<T>): Promise<Watermark & { readonly more: boolean }> {
    let position = fromWatermark(options.from);
    let pending = this.#ask(position, options);
    for (let page = 1; ; page++) {
      const reply = await pending;
      const next = nextPosition(position, reply);
      requireProgress(position, next, reply);
      const ends = !reply.more || page >= (options.maxPages ?? Infinity);
      // The server works on the next page while the hashes of this one are transformed.
      if (!ends) pending = this.#ask(next, options);
      await deliverObjects(reply, this.#rpc.sessionKey(), options);
      position = next;
      const watermark = toWatermark(position);
      await options.onPage?.(watermark, reply.objects.length);
      if (ends) return { ...watermark, more: reply.more };
    }
  }

  /**
   * Reads one object with all its attributes (EXOP_REPL_OBJ). Undefined when it does not exist. `guid` is its objectGUID.
   */
  async replicateObject<T>(guid: string, options: ReplicateObjectOptions<T>): Promise<SingleObject<T> | undefined> {
    const request = await this.#objectRequest({ guid, sid: NO_SID, dn: '' }, options.signal);
    // Samba keeps the state of a cycle with the handle, and a request for something else would begin it again.
    this.#objectHandle ??= await this.#bindAgain(options.signal);
    const reply = await this.#changes(this.#objectHandle, request, options.signal).catch(missingObject);
    if (reply === undefined) return undefined;
    requireExtendedSuccess(reply.extendedResult, guid);
    let found: SingleObject<T> | undefined;
    await deliverObjects(reply, this.#rpc.sessionKey(), {
      transform: options.transform,
      onObject: (object, password) => {
        if (object.guid === guid.toLowerCase()) found = { object, password };
        return Promise.resolve();
      },
    });
    return found;
  }

  /** Takes leave of the server, closes the connection and zeroes the keys. Never throws. */
  async close(): Promise<void> {
    // The server drops the handle with the connection anyway: whether it answers is of no interest.
    await this.#rpc.call(DRS_OPERATIONS.unbind, encodeDrsUnbindRequest(this.#handle)).catch(() => undefined);
    this.#rpc.close();
  }

  /** Closes at once; pending operations fail. */
  destroy(): void {
    this.#rpc.close();
  }

  /** Asks for a page ahead of time. Whoever awaits it gets the failure; it does no harm when nobody does. */
  #ask<T>(position: CyclePosition, options: ReplicateOptions<T>): Promise<GetChangesReply> {
    const asked = this.#cycleRequest(position, options).then((request) =>
      this.#changes(this.#handle, request, options.signal),
    );
    asked.catch(() => undefined);
    return asked;
  }

  async #changes(handle: Buffer, request: GetChangesRequest, signal?: AbortSignal): Promise<GetChangesReply> {
    const stub = encodeGetChangesRequest(handle, this.#version, request);
    return decodeGetChangesReply(await this.#rpc.call(DRS_OPERATIONS.getNcChanges, stub, signal));
  }

  async #cycleRequest<T>(position: CyclePosition, options: ReplicateOptions<T>): Promise<GetChangesRequest> {
    const first = position.invocationId === NULL_GUID;
    return {
      destinationDsa: await this.#destinationDsa(options.signal),
      invocationId: position.invocationId,
      namingContext: { guid: NULL_GUID, sid: NO_SID, dn: options.namingContext },
      from: position.from,
      upToDate: position.upToDate.length === 0 ? undefined : position.upToDate,
      options: first ? BASE_OPTIONS | DRS_OPTIONS.neverSynced : BASE_OPTIONS,
      maxObjects: options.pageObjects ?? PAGE_OBJECTS,
      maxBytes: PAGE_BYTES,
      extendedOperation: EXTENDED_OPERATIONS.none,
      attributes: ATTRIBUTES,
    };
  }

  async #objectRequest(name: DsName, signal: AbortSignal | undefined): Promise<GetChangesRequest> {
    return {
      destinationDsa: await this.#destinationDsa(signal),
      invocationId: NULL_GUID,
      namingContext: name,
      from: NO_USN,
      upToDate: undefined,
      options: BASE_OPTIONS,
      maxObjects: 1,
      maxBytes: 0,
      extendedOperation: EXTENDED_OPERATIONS.replicateObject,
      attributes: ATTRIBUTES,
    };
  }

  /**
   * The DSA GUID of some DC of the domain: this client has none of its own. Without a domain (login by user principal
   * name) it names itself a client, which servers take too.
   */
  async #destinationDsa(signal: AbortSignal | undefined): Promise<string> {
    if (this.#domain === '') return CLIENT_GUID;
    if (this.#dsaGuid === undefined) {
      const controllers = await this.domainControllerInfo(this.#domain, signal);
      this.#dsaGuid = controllers.find(({ dsaGuid }) => dsaGuid !== NULL_GUID)?.dsaGuid ?? CLIENT_GUID;
    }
    return this.#dsaGuid;
  }
}

/** The return value of an IDL_DRS call: the last word, whatever precedes it when the call failed. */
function statusOf(stub: Buffer): number {
  if (stub.length < 4) throw malformed('a reply is cut off');
  return stub.readUInt32LE(stub.length - 4);
}

/** Only the last page of a cycle brings cursors; until then those of the last complete cycle stay in force. */
function nextPosition(position: CyclePosition, reply: GetChangesReply): CyclePosition {
  const upToDate = reply.more ? position.upToDate : (reply.upToDate ?? position.upToDate);
  return { invocationId: reply.invocationId, from: reply.to, upToDate };
}

function requireProgress(before: CyclePosition, after: CyclePosition, reply: GetChangesReply): void {
  const moved =
    before.from.highObjectUpdate !== after.from.highObjectUpdate || before.from.reserved !== after.from.reserved;
  if (reply.more && !moved && reply.objects.length === 0 && reply.linkValueCount === 0) {
    throw new SyncError('ADJ-PHS-7011', 'The domain controller says that there is more and sends nothing.');
  }
}

function requireExtendedSuccess(result: number, guid: string): void {
  if (result === EXTENDED_SUCCESS) return;
  const code = result === EXTENDED_ACCESS_DENIED ? 'ADJ-PHS-7003' : 'ADJ-PHS-7011';
  throw new SyncError(code, `Reading object ${guid} failed (extended result ${String(result)}).`, { object: guid });
}

function missingObject(error: unknown): undefined {
  if (error instanceof SyncError && error.code === 'ADJ-PHS-7012') return undefined;
  throw error;
}
