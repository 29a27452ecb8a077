import { z } from 'zod';
import { GraphError } from '../graph/graph-error.js';
import type { GraphService, Served } from '../graph/graph-service.js';
import type { Caller, GraphReply, GraphRequest } from '../http/graph-message.js';
import type { Json, JsonObject } from '../json.js';

/** Most requests of one batch (spec operations/graph-export.md section 4). */
export const BATCH_LIMIT = 20;

const itemSchema = z.object({
  id: z.string().min(1),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.string().min(1),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.json().optional(),
  dependsOn: z.array(z.string()).optional(),
});
const envelopeSchema = z.object({ requests: z.array(itemSchema).min(1) });
type BatchItem = z.infer<typeof itemSchema>;

/** Runs the items of a batch in order; the envelope is 200 whatever becomes of them. @throws GraphError for a bad envelope. */
export function serveBatch(service: GraphService, body: Json | undefined, caller: Caller): Served {
  const items = readEnvelope(body);
  const statuses = new Map<string, number>();
  const responses: JsonObject[] = [];
  let delayMs = 0;
  let drop = false;
  for (const item of items) {
    const failed = item.dependsOn?.find((id) => (statuses.get(id) ?? 0) >= 400);
    const served = failed === undefined ? service.serve(requestOf(item, caller)) : dependencyFailed(failed);
    statuses.set(item.id, served.reply.status);
    responses.push(responseOf(item.id, served.reply));
    delayMs = Math.max(delayMs, served.delayMs);
    drop ||= served.drop;
  }
  return { reply: { status: 200, body: { responses } }, delayMs, drop };
}

function readEnvelope(body: Json | undefined): readonly BatchItem[] {
  const parsed = envelopeSchema.safeParse(body);
  if (!parsed.success) throw invalidBatch(`Invalid batch payload format: ${z.prettifyError(parsed.error)}`);
  const { requests } = parsed.data;
  if (requests.length > BATCH_LIMIT) {
    throw new GraphError(
      400,
      'MaximumValueExceeded',
      `Number of batch request steps exceeds the maximum value of ${BATCH_LIMIT}.`,
    );
  }
  const seen = new Set<string>();
  for (const { id, dependsOn = [], url } of requests) {
    if (seen.has(id)) throw invalidBatch(`Request Ids must be unique: '${id}'.`);
    const missing = dependsOn.find((wanted) => !seen.has(wanted));
    if (missing !== undefined)
      throw invalidBatch(`dependsOn of '${id}' names '${missing}', which is not an earlier request.`);
    if (/^[a-z]+:\/\//i.test(url)) throw invalidBatch(`The url of '${id}' must be relative.`);
    seen.add(id);
  }
  return requests;
}

const invalidBatch = (message: string): GraphError => new GraphError(400, 'BadRequest', message);

function requestOf(item: BatchItem, caller: Caller): GraphRequest {
  const [path = '', query = ''] = item.url.split('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(item.headers ?? {})) headers[name.toLowerCase()] = value;
  const typed = headers['content-type']?.toLowerCase().startsWith('application/json') === true;
  return {
    method: item.method,
    path: `/${path.replace(/^\/+/, '').replace(/\/+$/, '')}`,
    query: new URLSearchParams(query),
    headers,
    // A body without its Content-Type header is not read (section 4); the request then fails as one without a body.
    body: typed ? item.body : undefined,
    caller,
  };
}

function dependencyFailed(id: string): Served {
  const message = `The request was not run because the request '${id}' it depends on failed.`;
  return { reply: { status: 424, body: { error: { code: 'FailedDependency', message } } }, delayMs: 0, drop: false };
}

function responseOf(id: string, { status, headers, body }: GraphReply): JsonObject {
  const typed = body === undefined ? {} : { 'content-type': 'application/json' };
  const named = Object.entries({ ...typed, ...headers }).map(([name, value]) => [titleCase(name), value]);
  return { id, status, headers: Object.fromEntries(named), ...(body === undefined ? {} : { body }) };
}

/** Header names of batch items come as `Retry-After`, those of the service as `x-ms-…`. */
const titleCase = (name: string): string =>
  /^(retry|content|location)/.test(name) ? name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()) : name;
