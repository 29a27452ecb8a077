import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import { SyncError } from '@adjoin/contracts';
import { graphFailure, toGraphError } from './errors/graph-failure.js';
import {
  CarriedError,
  RetryMiddleware,
  TokenMiddleware,
  TransportMiddleware,
  type RetryClock,
} from './http/middleware.js';
import { HttpsTransport, type Transport, type TransportOptions } from './http/https-transport.js';
import { TokenProvider, type ClientCredential } from './token/token-provider.js';

export interface GraphConnection {
  /** e.g. `https://graph.microsoft.com`; https only. */
  readonly graphUrl: string;
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: ClientCredential;
  readonly tls?: Pick<TransportOptions, 'ca' | 'serverName'> | undefined;
  /** Longest time a read is repeated, ms; default 60,000. */
  readonly giveUpMs?: number | undefined;
  readonly transport?: Transport | undefined;
  /** Time and pauses of repeated reads; the system's when absent. */
  readonly clock?: RetryClock | undefined;
}
export interface GraphReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
export interface GraphCallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Microsoft Graph v1.0 for one application in one tenant. */
export class GraphApi {
  readonly tokens: TokenProvider;
  /** Base of `@odata.id` links, e.g. `https://graph.microsoft.com/v1.0`. */
  readonly baseUrl: string;
  readonly #client: Client;
  readonly #transport: Transport;

  constructor(connection: GraphConnection) {
    const graph = new URL(connection.graphUrl);
    if (graph.protocol !== 'https:')
      throw new SyncError('ADJ-CFG-0001', `graphUrl must begin with https:// (is ${connection.graphUrl}).`);
    if (new URL(connection.authority).protocol !== 'https:')
      throw new SyncError('ADJ-CFG-0001', `authority must begin with https:// (is ${connection.authority}).`);
    this.#transport = connection.transport ?? new HttpsTransport(connection.tls);
    this.baseUrl = `${graph.origin}/v1.0`;
    this.tokens = new TokenProvider({
      transport: this.#transport,
      authority: connection.authority,
      tenantId: connection.tenantId,
      clientId: connection.clientId,
      credential: connection.credential,
      resource: graph.origin,
    });
    this.#client = Client.initWithMiddleware({
      baseUrl: `${graph.origin}/`,
      defaultVersion: 'v1.0',
      customHosts: new Set([graph.hostname]),
      middleware: [
        new TokenMiddleware(this.tokens, graph.origin),
        new RetryMiddleware(connection.giveUpMs ?? 60_000, connection.clock),
        new TransportMiddleware(this.#transport),
      ],
    });
  }

  /** One request; any HTTP status is an answer. Rejects only with transport and token errors (ADJ-EXP-3001, 3002, 3004). */
  async call(
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    options: GraphCallOptions = {},
  ): Promise<GraphReply> {
    const request = this.#client.api(path).responseType(ResponseType.RAW);
    request.headers({
      Accept: 'application/json',
      ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...options.headers,
    });
    if (options.signal !== undefined) request.option('signal', options.signal);
    const response = await this.#send(request, method, options.body);
    const text = await response.text();
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: text === '' ? undefined : parse(text, response.status),
    };
  }

  /** Like {@link call}, for reads and settings: an HTTP status of 400 or more rejects with a coded error. `what` names the call. */
  async must(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    what: string,
    options: GraphCallOptions = {},
  ): Promise<unknown> {
    const reply = await this.call(method, path, options);
    if (reply.status >= 400) throw toGraphError(graphFailure(reply.status, reply.body), what);
    return reply.body;
  }

  close(): void {
    if (this.#transport instanceof HttpsTransport) this.#transport.close();
  }

  async #send(request: ReturnType<Client['api']>, method: string, body: unknown): Promise<Response> {
    try {
      if (method === 'GET') return (await request.get()) as Response;
      if (method === 'DELETE') return (await request.delete()) as Response;
      if (method === 'POST') return (await request.post(body)) as Response;
      if (method === 'PUT') return (await request.put(body)) as Response;
      return (await request.patch(body)) as Response;
    } catch (cause) {
      throw coded(cause);
    }
  }
}

function coded(cause: unknown): unknown {
  if (cause instanceof CarriedError) return cause.error;
  return cause instanceof SyncError
    ? cause
    : new SyncError('ADJ-EXP-3001', cause instanceof Error ? cause.message : String(cause), { cause });
}

function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (status >= 400) return undefined;
    throw new SyncError('ADJ-EXP-3001', 'The service sent an answer that is not JSON.', { cause });
  }
}
