import { SyncError } from '@adjoin/contracts';
import { graphFailure, toGraphError } from '../errors/graph-failure.js';
import type { GraphApi } from '../graph-api.js';

/** One object of a delta answer, as the service sent it. */
export interface DeltaItem {
  readonly id: string;
  readonly '@removed'?: { readonly reason?: string } | undefined;
  readonly 'members@delta'?: readonly DeltaMember[] | undefined;
  readonly 'manager@delta'?: readonly DeltaMember[] | undefined;
  readonly [property: string]: unknown;
}
export interface DeltaMember {
  readonly id: string;
  readonly '@odata.type'?: string | undefined;
  readonly '@removed'?: { readonly reason?: string } | undefined;
}
export interface DeltaPage {
  readonly items: readonly DeltaItem[];
  /** Present on the last page: where the next read begins. Keep it only when everything before it is safe. */
  readonly deltaLink?: string | undefined;
}

/**
 * Reads `/<resource>/delta` to its end, page by page (operations/graph-export.md section 7). Objects may come several times, in any order
 * and with members spread over pages; every replay is idempotent.
 * @param from `deltaLink` of an earlier read, or the first path with `$select`.
 * @throws ADJ-EXP-3009 when the token is too old (410): begin anew with a full read.
 */
export async function* readDelta(api: GraphApi, from: string, signal: AbortSignal): AsyncGenerator<DeltaPage> {
  for (let link: string | undefined = from; link !== undefined;) {
    const reply = await api.call('GET', link, { signal, headers: { Prefer: 'return=minimal' } });
    if (reply.status !== 200) throw deltaError(reply.status, reply.body);
    const body = reply.body as { value?: unknown; '@odata.nextLink'?: unknown; '@odata.deltaLink'?: unknown };
    if (!Array.isArray(body.value))
      throw new SyncError('ADJ-IMP-1010', 'A page of a delta read has no list of objects.');
    const next = body['@odata.nextLink'];
    const end = body['@odata.deltaLink'];
    if (typeof next !== 'string' && typeof end !== 'string')
      throw new SyncError('ADJ-IMP-1010', 'A page of a delta read has neither a next page nor an end.');
    yield { items: body.value as readonly DeltaItem[], ...(typeof end === 'string' ? { deltaLink: end } : {}) };
    link = typeof next === 'string' ? next : undefined;
  }
}

function deltaError(status: number, body: unknown): SyncError {
  const failure = graphFailure(status, body);
  const expired =
    status === 410 ||
    ['syncStateNotFound', 'syncStateInvalid', 'resyncRequired'].some(
      (code) => code.toLowerCase() === failure.code.toLowerCase(),
    );
  return expired
    ? new SyncError('ADJ-EXP-3009', 'The delta token is not accepted any more.')
    : toGraphError(failure, 'Reading changes');
}
