import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { z } from 'zod';
import { readBody } from '../http/read-body.js';
import type { Json } from '../json.js';
import type { AdminApi, AdminReply } from './admin-api.js';

/** A whole tenant may be sent in one request. */
const BODY_LIMIT = 2_000_000_000;

/** The HTTP server of the administration port. It must listen on a loopback address only: it has no sign-in. */
export function createAdminServer(api: AdminApi, signal: AbortSignal): Server {
  return createServer((request, response) => {
    const gone = new AbortController();
    // Closed also when all was sent; then nobody listens any more.
    response.once('close', () => {
      gone.abort();
    });
    void answer(api, request, AbortSignal.any([signal, gone.signal])).then((reply) => {
      send(response, reply);
    });
  });
}

async function answer(api: AdminApi, request: IncomingMessage, signal: AbortSignal): Promise<AdminReply> {
  try {
    const url = new URL(request.url ?? '/', 'http://simulator.invalid');
    const text = await readBody(request, BODY_LIMIT);
    const body = text === '' ? undefined : (JSON.parse(text) as Json);
    return await api.handle({
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body,
      signal,
    });
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return {
      status: error instanceof z.ZodError || error instanceof SyntaxError ? 400 : 500,
      body: { error: message },
    };
  }
}

function send(response: ServerResponse, { status, body }: AdminReply): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
