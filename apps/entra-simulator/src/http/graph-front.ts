import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { serveBatch } from '../batch/batch.js';
import { faultError } from '../faults/fault-injector.js';
import { badRequest, GraphError } from '../graph/graph-error.js';
import type { GraphService, Served, ServiceParts } from '../graph/graph-service.js';
import type { Json } from '../json.js';
import type { TokenService } from '../token/token-service.js';
import type { Recorder } from '../record/recorder.js';
import type { GraphReply } from './graph-message.js';
import type { SyncServiceEndpoint } from '../sync-service/endpoint.js';
import { headersOf, readBody } from './read-body.js';

/** Largest request the service reads. */
const BODY_LIMIT = 4_194_304;
const VERSION = '/v1.0';
const TOKEN = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;
const CONFIGURATION = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/;
const KEYS = /^\/([^/]+)\/discovery\/v2\.0\/keys$/;

const plain = (reply: GraphReply): Served => ({ reply, delayMs: 0, drop: false });

/** The HTTPS side: sign-in addresses, Graph and the provisioning web service, as three hosts of the service share one here. */
export class GraphFront {
  readonly #service: GraphService;
  readonly #tokens: () => TokenService;
  readonly #parts: () => ServiceParts;
  readonly #sync: SyncServiceEndpoint;
  readonly #recorder: Recorder;

  constructor(
    service: GraphService,
    tokens: () => TokenService,
    parts: () => ServiceParts,
    sync: SyncServiceEndpoint,
    recorder: Recorder,
  ) {
    this.#service = service;
    this.#tokens = tokens;
    this.#parts = parts;
    this.#sync = sync;
    this.#recorder = recorder;
  }

  /** Serves one HTTP request; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await this.#sync.handle(request, response)) return;
    const served = await this.#serve(request).catch((error: unknown) => this.#failure(error, request));
    if (served.delayMs > 0) await sleep(served.delayMs);
    if (served.drop) {
      request.socket.destroy();
      return;
    }
    send(response, served.reply);
  }

  async #serve(request: IncomingMessage): Promise<Served> {
    const url = new URL(request.url ?? '/', 'https://simulator.invalid');
    const text = await readBody(request, BODY_LIMIT);
    const method = request.method ?? 'GET';
    const signIn = this.#signIn(method, url, text);
    if (signIn !== undefined) return signIn;
    if (!url.pathname.startsWith(`${VERSION}/`)) {
      throw new GraphError(400, 'BadRequest', `Invalid version: only ${VERSION} is served, not '${url.pathname}'.`);
    }
    const caller = this.#tokens().authenticate(request.headers.authorization);
    const path = url.pathname.slice(VERSION.length).replace(/\/+$/, '');
    const headers = headersOf(request);
    const body = readJson(text, headers['content-type']);
    this.#recorder.write({ method, path, body });
    if (path === '/$batch') {
      if (method !== 'POST') throw new GraphError(405, 'BadRequest', 'Only POST is allowed for $batch.');
      this.#parts().stats.batches += 1;
      return this.#batch(body, caller);
    }
    return this.#service.serve({ method, path, query: url.searchParams, headers, body, caller });
  }

  /** Fault rules see the envelope too, as the path `/$batch`. */
  #batch(body: Json | undefined, caller: Parameters<typeof serveBatch>[2]): Served {
    const { faults, stats } = this.#parts();
    const rule = faults.pick('POST', '/$batch');
    if (rule === undefined) return serveBatch(this.#service, body, caller);
    stats.faults += 1;
    const error = faultError(rule);
    const stop = rule.when === 'before' && (rule.drop || error !== undefined);
    const served = stop ? plain({ status: 503 }) : serveBatch(this.#service, body, caller);
    const reply = error === undefined ? served.reply : this.#errorReply(error, undefined);
    return { reply, delayMs: Math.max(served.delayMs, rule.delayMs), drop: served.drop || rule.drop };
  }

  #signIn(method: string, url: URL, text: string): Served | undefined {
    const tokens = this.#tokens();
    const tenant = TOKEN.exec(url.pathname)?.[1];
    if (tenant !== undefined && method === 'POST') return this.#token(tenant, url.pathname, text);
    const configured = CONFIGURATION.exec(url.pathname)?.[1];
    if (configured !== undefined && method === 'GET') return plain(tokens.configuration(configured));
    if (KEYS.test(url.pathname) && method === 'GET') return plain(tokens.keys());
    return undefined;
  }

  #token(tenant: string, path: string, text: string): Served {
    const { faults, stats } = this.#parts();
    stats.tokens += 1;
    const rule = faults.pick('POST', path);
    if (rule === undefined) return plain(this.#tokens().token(tenant, new URLSearchParams(text)));
    stats.faults += 1;
    const error = faultError(rule);
    const reply =
      error === undefined
        ? this.#tokens().token(tenant, new URLSearchParams(text))
        : {
            status: error.status,
            headers: error.headers,
            body: { error: 'temporarily_unavailable', error_description: error.message },
          };
    return { reply, delayMs: rule.delayMs, drop: rule.drop };
  }

  #errorReply(error: GraphError, clientRequestId: string | undefined): GraphReply {
    const id = randomUUID();
    return error.toReply(new Date(this.#parts().tenant.directory.now()), id, clientRequestId ?? id);
  }

  #failure(error: unknown, request: IncomingMessage): Served {
    const known =
      error instanceof GraphError
        ? error
        : new GraphError(500, 'Service_InternalServerError', `The simulator failed: ${String(error)}`);
    this.#parts().stats.count('refused before routing', known.status);
    const id = z.string().optional().parse(request.headers['client-request-id']);
    return plain(this.#errorReply(known, id));
  }
}

function readJson(text: string, contentType: string | undefined): Json | undefined {
  if (text === '' || contentType?.toLowerCase().startsWith('application/json') !== true) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw Object.assign(badRequest('Unable to read JSON request payload.'), { cause });
  }
}

function send(response: ServerResponse, { status, headers, body }: GraphReply): void {
  const isText = headers?.['content-type'] === 'text/plain';
  const text = body === undefined ? '' : isText ? String(body) : JSON.stringify(body);
  const type = body === undefined ? {} : { 'content-type': 'application/json;odata.metadata=minimal;charset=utf-8' };
  response.writeHead(status, { ...type, ...headers, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
