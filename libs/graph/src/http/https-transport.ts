import { Agent, request } from 'node:https';
import { SyncError } from '@adjoin/contracts';
import { transportError } from '../errors/transport-error.js';

export interface HttpsRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}
export interface HttpsReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}
/** Sends one request. Rejects with ADJ-EXP-3001 or ADJ-EXP-3004. */
export interface Transport {
  send(call: HttpsRequest): Promise<HttpsReply>;
}

export interface TransportOptions {
  /** PEM of the CA that signed the server's certificate; the system store when absent. */
  readonly ca?: string | undefined;
  /** Name the certificate must carry instead of the host of the URL. */
  readonly serverName?: string | undefined;
  readonly maxSockets?: number | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * HTTPS with kept-alive connections. node:https instead of fetch: a custom CA per connector needs no global setting there, and a request
 * costs about half the CPU time.
 */
export class HttpsTransport implements Transport {
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  constructor(options: TransportOptions = {}) {
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#agent = new Agent({
      keepAlive: true,
      keepAliveMsecs: 10_000,
      maxSockets: options.maxSockets ?? 16,
      scheduling: 'lifo',
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    });
  }

  send(call: HttpsRequest): Promise<HttpsReply> {
    if (!call.url.startsWith('https://'))
      return Promise.reject(new SyncError('ADJ-CFG-0001', `Only https is used for Microsoft Graph, not ${call.url}.`));
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void => reject(transportError(cause, call.url));
      const headers =
        call.body === undefined
          ? call.headers
          : { ...call.headers, 'Content-Length': String(Buffer.byteLength(call.body)) };
      const outgoing = request(
        call.url,
        {
          method: call.method,
          headers,
          agent: this.#agent,
          timeout: this.#timeoutMs,
          ...(call.signal === undefined ? {} : { signal: call.signal }),
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', fail);
          incoming.on('end', () => {
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers as Readonly<Record<string, string>>,
              text: Buffer.concat(chunks).toString('utf8'),
            });
          });
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${this.#timeoutMs / 1000} s`)));
      outgoing.on('error', fail);
      outgoing.end(call.body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
