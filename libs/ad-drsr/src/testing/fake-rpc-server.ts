import type { SecurityContext } from '../dcerpc/authenticator.js';
import { encodeBindAck } from '../dcerpc/bind-ack-pdu.js';
import { CALL_PREFIX_LENGTH, decodeRequestPrefix, encodeFault, encodeResponsePrefix } from '../dcerpc/call-pdu.js';
import { decodeHeader, encodeHeader, HEADER_LENGTH, PDU_TYPES, PFC_LAST_FRAGMENT } from '../dcerpc/pdu-header.js';
import { authenticatedParts, encodeSecurityTrailer, PACKET_PRIVACY } from '../dcerpc/security-trailer.js';
import { NDR_SYNTAX } from '../dcerpc/syntax-id.js';
import { FakeNtlmServer, type FakeAccount } from './fake-ntlm-server.js';
import { MemoryChannel } from './memory-channel.js';

/** Stub data of the answer, or the status of a fault, or nothing at all. */
export type FakeAnswer = Buffer | number | undefined;
export type FakeOperation = (stub: Buffer, sessionKey: Buffer) => FakeAnswer;

export interface FakeRpcOptions {
  /** Undefined: anonymous. */
  readonly account?: FakeAccount | undefined;
  readonly operations: (operation: number) => FakeOperation | undefined;
  /** Bytes of stub data in a fragment. */
  readonly fragmentBytes?: number | undefined;
  /** The last chance to spoil what goes to the client; undefined = close instead. */
  readonly outgoing?: ((pdu: Buffer, type: number) => Buffer | undefined) | undefined;
  readonly bindAnswer?: 'nak' | 'refused' | undefined;
}

const PROTOCOL_ERROR = 0x1c01000b;
const OUT_OF_RANGE = 0x1c010002;

/** One connection of a server that answers by the book, unless it is told otherwise. */
export class FakeRpcServer {
  readonly channel: MemoryChannel;
  readonly #options: FakeRpcOptions;
  readonly #ntlm: FakeNtlmServer | undefined;
  #pending: Buffer = Buffer.alloc(0);
  #stub: Buffer[] = [];

  constructor(options: FakeRpcOptions) {
    this.#options = options;
    this.#ntlm = options.account && new FakeNtlmServer(options.account);
    this.channel = new MemoryChannel((bytes) => this.#receive(bytes));
  }

  #receive(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= HEADER_LENGTH) {
      const header = decodeHeader(this.#pending);
      if (this.#pending.length < header.fragmentLength) return;
      const pdu = Buffer.from(this.#pending.subarray(0, header.fragmentLength));
      this.#pending = this.#pending.subarray(header.fragmentLength);
      this.#handle(pdu);
    }
  }

  #handle(pdu: Buffer): void {
    const header = decodeHeader(pdu);
    const parts = authenticatedParts(pdu, header);
    if (header.type === PDU_TYPES.bind) this.#bind(header.callId, parts && pdu.subarray(parts.valueAt));
    else if (header.type === PDU_TYPES.auth3 && parts !== undefined) this.#ntlm?.finish(pdu.subarray(parts.valueAt));
    else if (header.type === PDU_TYPES.request) this.#request(pdu);
  }

  #bind(callId: number, token: Buffer | undefined): void {
    if (this.#options.bindAnswer === 'nak') {
      this.#send(PDU_TYPES.bindNak, callId, Buffer.from([4, 0, 1, 5, 0]), 3, undefined);
      return;
    }
    const result = this.#options.bindAnswer === 'refused' ? 2 : 0;
    const body = encodeBindAck({ maxTransmit: 5840, maxReceive: 5840, result, reason: 1, transferSyntax: NDR_SYNTAX });
    const challenge = token && this.#ntlm?.challenge(token);
    this.#send(
      PDU_TYPES.bindAck,
      callId,
      body,
      3,
      challenge && Buffer.concat([trailer(0), challenge]),
      challenge?.length,
    );
  }

  #request(pdu: Buffer): void {
    const header = decodeHeader(pdu);
    const from = HEADER_LENGTH + CALL_PREFIX_LENGTH;
    const { operation } = decodeRequestPrefix(pdu.subarray(HEADER_LENGTH));
    const parts = authenticatedParts(pdu, header);
    if (this.#ntlm !== undefined) {
      const { context } = this.#ntlm;
      const opened =
        context !== undefined &&
        parts !== undefined &&
        context.unseal(pdu.subarray(0, parts.valueAt), from, parts.bodyEnd, pdu.subarray(parts.valueAt));
      if (!opened) {
        this.#send(PDU_TYPES.fault, header.callId, encodeFault(PROTOCOL_ERROR), 3, undefined);
        return;
      }
    }
    this.#stub.push(pdu.subarray(from, (parts?.bodyEnd ?? pdu.length) - (parts?.trailer.padLength ?? 0)));
    if ((header.flags & PFC_LAST_FRAGMENT) === 0) return;
    const stub = Buffer.concat(this.#stub);
    this.#stub = [];
    const run = this.#options.operations(operation);
    this.#answer(
      header.callId,
      run === undefined ? OUT_OF_RANGE : run(stub, this.#ntlm?.sessionKey ?? Buffer.alloc(0)),
    );
  }

  #answer(callId: number, answer: FakeAnswer): void {
    if (answer === undefined) return;
    if (typeof answer === 'number') {
      this.#send(PDU_TYPES.fault, callId, encodeFault(answer), 3, undefined);
      return;
    }
    const size = this.#options.fragmentBytes ?? 5600;
    for (let from = 0; from === 0 || from < answer.length; from += size) {
      const flags = (from === 0 ? 1 : 0) | (from + size >= answer.length ? 2 : 0);
      this.#response(callId, answer.subarray(from, from + size), flags);
    }
  }

  #response(callId: number, part: Buffer, flags: number): void {
    const prefix = encodeResponsePrefix({ allocHint: part.length, contextId: 0 });
    const context = this.#ntlm?.context;
    if (context === undefined) {
      this.#send(PDU_TYPES.response, callId, Buffer.concat([prefix, part]), flags, undefined);
      return;
    }
    const padLength = (16 - (part.length % 16)) % 16;
    const body = Buffer.concat([prefix, part, Buffer.alloc(padLength)]);
    const tail = Buffer.concat([trailer(padLength), Buffer.alloc(context.signatureLength)]);
    this.#send(PDU_TYPES.response, callId, body, flags, tail, context.signatureLength, context);
  }

  #send(
    type: number,
    callId: number,
    body: Buffer,
    flags: number,
    tail: Buffer | undefined,
    authLength = 0,
    seal?: SecurityContext,
  ): void {
    const fragmentLength = HEADER_LENGTH + body.length + (tail?.length ?? 0);
    const pdu = Buffer.concat([
      encodeHeader({ type, flags, fragmentLength, authLength, callId }),
      body,
      tail ?? Buffer.alloc(0),
    ]);
    if (seal !== undefined) {
      const signed = pdu.subarray(0, pdu.length - authLength);
      seal
        .seal(signed, HEADER_LENGTH + CALL_PREFIX_LENGTH, HEADER_LENGTH + body.length)
        .copy(pdu, pdu.length - authLength);
    }
    this.channel.push(this.#options.outgoing === undefined ? pdu : this.#options.outgoing(pdu, type));
  }
}

function trailer(padLength: number): Buffer {
  return encodeSecurityTrailer({ authType: 10, authLevel: PACKET_PRIVACY, padLength, contextId: 1 });
}
