import { SyncError, toSyncError } from '@adjoin/contracts';
import { malformed } from '../drs-error.js';
import type { ByteChannel } from '../transport/byte-channel.js';
import type { Authenticator, SecurityContext } from './authenticator.js';
import { decodeBindAck } from './bind-ack-pdu.js';
import { encodeBind } from './bind-pdu.js';
import { boundedWait } from './bounded-wait.js';
import { CALL_PREFIX_LENGTH, decodeFault } from './call-pdu.js';
import { faultError } from './fault.js';
import { FragmentReader, type Fragment } from './fragment-reader.js';
import { encodeHeader, HEADER_LENGTH, PDU_TYPES, PFC_FIRST_FRAGMENT, PFC_LAST_FRAGMENT } from './pdu-header.js';
import { requestFragments } from './request-fragments.js';
import { authenticatedParts, encodeSecurityTrailer, PACKET_PRIVACY } from './security-trailer.js';
import type { SyntaxId } from './syntax-id.js';

/** [MS-RPCE] 3.3.1.5.3: what Windows and Samba use over TCP. */
const MAX_FRAGMENT = 5840;
/** A reply larger than this is refused rather than collected. A page of 1,000 objects is about 2 MB. */
const MAX_REPLY = 256 * 1024 * 1024;
const PRESENTATION_CONTEXT = 0;
const SECURITY_CONTEXT = 1;

export interface RpcOptions {
  readonly interface: SyntaxId;
  /** Without one, nothing is signed or encrypted: only for the endpoint mapper. */
  readonly authenticator?: Authenticator | undefined;
  /** Milliseconds to wait for each fragment. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Name of the server for messages. */
  readonly server: string;
}

/**
 * One association with one interface of a server. Calls run one after the other in the order they were made. After any
 * error below the level of a call's own result the connection is closed and every further call fails.
 */
export class RpcConnection {
  readonly #channel: ByteChannel;
  readonly #fragments: FragmentReader;
  readonly #options: RpcOptions;
  #security: SecurityContext | undefined;
  #maxTransmit = MAX_FRAGMENT;
  #callId = 1;
  #answered = false;
  #failure: unknown;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(channel: ByteChannel, options: RpcOptions) {
    this.#channel = channel;
    this.#fragments = new FragmentReader(channel);
    this.#options = options;
  }

  /** Binds to the interface and logs in. The channel belongs to the connection from now on, also when this throws. */
  static async open(channel: ByteChannel, options: RpcOptions): Promise<RpcConnection> {
    const connection = new RpcConnection(channel, options);
    await connection.#orClose(() => connection.#bind());
    return connection;
  }

  /** The session key of the login; fails without one, and after the connection failed. */
  sessionKey(): Buffer {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#security === undefined) throw new Error('an anonymous connection has no session key');
    return this.#security.sessionKey();
  }

  /** Calls an operation; returns the stub data of the reply. */
  call(operation: number, stub: Buffer, signal?: AbortSignal): Promise<Buffer> {
    const run = async (): Promise<Buffer> => {
      signal?.throwIfAborted();
      return this.#orClose(() => this.#exchange(operation, stub, signal));
    };
    const result = this.#tail.then(run, run);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Closes at once and zeroes the keys. */
  close(): void {
    this.#failure ??= new SyncError('ADJ-PHS-7006', `The connection to ${this.#options.server} is closed.`);
    this.#channel.close();
    this.#security?.destroy();
  }

  async #bind(): Promise<void> {
    const { authenticator } = this.#options;
    const body = encodeBind({
      maxTransmit: MAX_FRAGMENT,
      maxReceive: MAX_FRAGMENT,
      contextId: PRESENTATION_CONTEXT,
      interface: this.#options.interface,
    });
    this.#channel.write(this.#loginPdu(PDU_TYPES.bind, body, authenticator?.start()));
    const answer = await this.#next(this.#options.signal);
    this.#acceptBind(answer);
    if (authenticator === undefined) return;
    const parts = authenticatedParts(answer.bytes, answer.header);
    if (parts === undefined) throw new SyncError('ADJ-PHS-7014', 'The domain controller skipped the login.');
    const { token, context } = authenticator.finish(answer.bytes.subarray(parts.valueAt));
    this.#security = context;
    this.#channel.write(this.#loginPdu(PDU_TYPES.auth3, Buffer.alloc(4), token));
  }

  #acceptBind({ header, bytes }: Fragment): void {
    const body = bytes.subarray(HEADER_LENGTH);
    if (header.type === PDU_TYPES.bindNak) {
      const reason = body.length < 2 ? 'unknown' : String(body.readUInt16LE(0));
      throw new SyncError('ADJ-PHS-7014', `${this.#options.server} refused the login (bind_nak, reason ${reason}).`);
    }
    if (header.type === PDU_TYPES.fault) throw faultError(decodeFault(body), true);
    if (header.type !== PDU_TYPES.bindAck) throw malformed(`PDU type ${String(header.type)} as answer to a bind`);
    const ack = decodeBindAck(body);
    if (ack.result !== 0) {
      throw new SyncError(
        'ADJ-PHS-7013',
        `${this.#options.server} does not offer the interface (${String(ack.reason)}).`,
      );
    }
    // The server's own limit for receiving is ours for sending; nonsense values do not shrink fragments to nothing.
    this.#maxTransmit = Math.min(MAX_FRAGMENT, Math.max(ack.maxReceive, 1432));
  }

  #loginPdu(type: number, body: Buffer, token: Buffer | undefined): Buffer {
    const { authenticator } = this.#options;
    const trailer =
      token === undefined || authenticator === undefined
        ? Buffer.alloc(0)
        : encodeSecurityTrailer({
            authType: authenticator.authType,
            authLevel: PACKET_PRIVACY,
            padLength: 0,
            contextId: SECURITY_CONTEXT,
          });
    const value = token ?? Buffer.alloc(0);
    const header = encodeHeader({
      type,
      flags: PFC_FIRST_FRAGMENT | PFC_LAST_FRAGMENT,
      fragmentLength: HEADER_LENGTH + body.length + trailer.length + value.length,
      authLength: value.length,
      callId: this.#callId,
    });
    return Buffer.concat([header, body, trailer, value]);
  }

  async #exchange(operation: number, stub: Buffer, signal: AbortSignal | undefined): Promise<Buffer> {
    this.#callId += 1;
    const request = { callId: this.#callId, contextId: PRESENTATION_CONTEXT, operation, stub };
    const security = this.#security && {
      context: this.#security,
      authType: this.#options.authenticator?.authType ?? 0,
      contextId: SECURITY_CONTEXT,
    };
    for (const fragment of requestFragments(request, this.#maxTransmit, security)) this.#channel.write(fragment);
    return this.#collect(signal);
  }

  async #collect(signal: AbortSignal | undefined): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      const fragment = await this.#next(signal);
      const { type, flags, callId } = fragment.header;
      const body = fragment.bytes.subarray(HEADER_LENGTH);
      if (type === PDU_TYPES.fault) throw faultError(decodeFault(body), !this.#answered);
      if (type !== PDU_TYPES.response) throw malformed(`PDU type ${String(type)} as answer to a call`);
      if (callId !== this.#callId) throw malformed('an answer to another call');
      if (((flags & PFC_FIRST_FRAGMENT) !== 0) !== (parts.length === 0)) throw malformed('fragments out of order');
      const stub = this.#openFragment(fragment);
      this.#answered = true;
      length += stub.length;
      if (length > MAX_REPLY) throw malformed('an answer without end');
      parts.push(stub);
      if ((flags & PFC_LAST_FRAGMENT) !== 0) return Buffer.concat(parts);
    }
  }

  /** The stub data of one fragment, decrypted and verified. */
  #openFragment({ header, bytes }: Fragment): Buffer {
    const from = HEADER_LENGTH + CALL_PREFIX_LENGTH;
    const parts = authenticatedParts(bytes, header);
    if (this.#security === undefined) return bytes.subarray(from, parts?.bodyEnd ?? bytes.length);
    if (parts === undefined || parts.trailer.authLevel !== PACKET_PRIVACY || parts.bodyEnd < from) {
      throw new SyncError('ADJ-PHS-7008', 'A reply of the domain controller is not encrypted.');
    }
    const signature = bytes.subarray(parts.valueAt);
    if (!this.#security.unseal(bytes.subarray(0, parts.valueAt), from, parts.bodyEnd, signature)) {
      throw new SyncError('ADJ-PHS-7008', 'The signature of a reply of the domain controller is wrong.');
    }
    if (parts.trailer.padLength > parts.bodyEnd - from) throw malformed('more padding than data');
    return bytes.subarray(from, parts.bodyEnd - parts.trailer.padLength);
  }

  #next(signal: AbortSignal | undefined): Promise<Fragment> {
    const limit = { timeout: this.#options.timeout, signal, what: `answer of ${this.#options.server}` };
    return boundedWait(limit, this.#fragments.next(), () => this.#channel.close());
  }

  async #orClose<T>(work: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await work();
    } catch (error) {
      this.#failure ??= error instanceof SyncError ? error : toSyncError(error, 'ADJ-PHS-7006');
      this.close();
      throw error;
    }
  }
}
