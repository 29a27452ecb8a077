import { Agent, request } from 'node:https';
import { SyncError } from '@adjoin/contracts';

export interface BinaryCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}
export interface BinaryReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}
/** Posts bytes. Rejects with ADJ-EXP-3001 or ADJ-EXP-3004. */
export interface BinaryTransport {
  post(call: BinaryCall): Promise<BinaryReply>;
  close(): void;
}

/** A page of a read-back is some megabytes; more than this is not an answer of the service. */
const MAX_REPLY = 128 * 1024 * 1024;
const CERTIFICATE = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
]);

export interface BinaryTransportOptions {
  readonly ca?: string | undefined;
  readonly serverName?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** HTTPS with kept-alive connections. */
export class HttpsBinaryTransport implements BinaryTransport {
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  constructor(options: BinaryTransportOptions = {}) {
    this.#timeoutMs = options.timeoutMs ?? 120_000;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 8,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    });
  }

  post({ url, headers, body, signal }: BinaryCall): Promise<BinaryReply> {
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void => reject(transportError(cause, url));
      const outgoing = request(
        url,
        {
          method: 'POST',
          headers: { ...headers, 'Content-Length': String(body.length) },
          agent: this.#agent,
          timeout: this.#timeoutMs,
          ...(signal === undefined ? {} : { signal }),
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > MAX_REPLY) outgoing.destroy(new Error(`the answer is larger than ${MAX_REPLY} bytes`));
            else chunks.push(chunk);
          });
          incoming.on('error', fail);
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${this.#timeoutMs / 1000} s`)));
      outgoing.on('error', fail);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A failure below HTTP; whether the call was executed is unknown. */
function transportError(cause: unknown, url: string): SyncError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const reason = code === '' ? (cause instanceof Error ? cause.message : String(cause)) : code;
  const { host } = new URL(url);
  return CERTIFICATE.has(code)
    ? new SyncError('ADJ-EXP-3004', `The certificate of ${host} is not trusted (${reason}).`, { cause })
    : new SyncError('ADJ-EXP-3001', `No answer from ${host} (${reason}).`, {
        cause,
        hint: 'Check network and proxy; it is tried again by itself.',
      });
}
