import type { z } from 'zod';
import {
  API,
  LOCAL_PORTS,
  problemBody,
  SyncError,
  type ApiOperation,
  type ErrorCode,
  ERROR_CODES,
} from '@adjoin/contracts';

type Answer<K extends ApiOperation> = z.output<(typeof API)[K]['answer']>;
type QueryValue = string | number | boolean | readonly string[] | undefined;

export interface CallOptions {
  /** Values of the `:names` in the path. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
}

/** The REST API of the control-plane, by operation. */
export interface ControlPlaneClient {
  readonly url: string;
  /** Calls one operation. Throws the coded error of the answer, or ADJ-API-4001 when nobody answers. */
  call<K extends ApiOperation>(operation: K, options?: CallOptions): Promise<Answer<K>>;
}

export interface ClientOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly operator: string;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

const LOCAL_URL = `http://127.0.0.1:${LOCAL_PORTS.controlPlane}`;
/** Searches are given up by the server after ten seconds. */
const TIMEOUT_MS = 30_000;

/** Client for the control-plane at `ADJOIN_URL`, with the token in `ADJOIN_TOKEN`. */
export function controlPlaneClient(options: ClientOptions): ControlPlaneClient {
  const base = (options.env['ADJOIN_URL'] || LOCAL_URL).replace(/\/+$/, '');
  return {
    url: base,
    async call(operation, call = {}) {
      const route = API[operation];
      const response = await send(options, addressOf(base, route.path, call), route.method, call.body);
      const answer = route.answer.safeParse(await bodyOf(response, base));
      if (answer.success) return answer.data as Answer<typeof operation>;
      throw new SyncError(
        'ADJ-API-4007',
        `The control-plane at ${base} gives an answer that this command line does not understand.`,
        { cause: answer.error },
      );
    },
  };
}

function addressOf(base: string, path: string, call: CallOptions): URL {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(call.path?.[name] ?? ''));
  let url: URL;
  try {
    url = new URL(base + filled);
  } catch (cause) {
    throw new SyncError('ADJ-CLI-6001', `ADJOIN_URL is not a URL: ${base}`, { cause });
  }
  for (const [name, value] of Object.entries(call.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) url.searchParams.append(name, String(one));
  }
  return url;
}

async function send(options: ClientOptions, url: URL, method: string, body: unknown): Promise<Response> {
  const token = options.env['ADJOIN_TOKEN'];
  const headers: Record<string, string> = { accept: 'application/json', 'x-adjoin-operator': options.operator };
  if (token) headers['authorization'] = `Bearer ${token}`;
  if (method !== 'get') headers['content-type'] = 'application/json';
  try {
    return await options.fetch(url, {
      method: method.toUpperCase(),
      headers,
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      ...(method === 'get' ? {} : { body: JSON.stringify(body ?? {}) }),
    });
  } catch (cause) {
    throw new SyncError('ADJ-API-4001', `The control-plane at ${url.origin} cannot be reached: ${reasonOf(cause)}.`, {
      cause,
      hint: 'Start the local stack with `npm run stack:up`, or set ADJOIN_URL to the address of the control-plane.',
    });
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  const inner = cause.cause;
  if (inner instanceof Error) return inner.message === '' && 'code' in inner ? String(inner.code) : inner.message;
  return cause.message;
}

async function bodyOf(response: Response, base: string): Promise<unknown> {
  const text = await response.text();
  const body = parse(text);
  if (response.ok) return body;
  const problem = problemBody.safeParse(body);
  if (!problem.success) {
    throw new SyncError('ADJ-API-4001', `What answers at ${base} is not a control-plane (HTTP ${response.status}).`, {
      hint: 'Set ADJOIN_URL to its address.',
    });
  }
  const { code, message, hint, retry, object } = problem.data.error;
  throw new SyncError(knownCode(code), message, { hint, retry, ...(object === undefined ? {} : { object }) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema check says so
  }
}

const knownCode = (code: string): ErrorCode => (code in ERROR_CODES ? (code as ErrorCode) : 'ADJ-GEN-0001');
