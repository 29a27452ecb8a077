import type { HttpsReply, HttpsRequest } from '@adjoin/graph';

/** A write as it was sent, alone or as an item of a batch. */
export interface SentWrite {
  readonly method: string;
  /** Path and query after the version. */
  readonly url: string;
  readonly body: unknown;
}
interface Batch {
  readonly requests: readonly { readonly method: string; readonly url: string; readonly body?: unknown }[];
}

/** Records what an exporter sends and what came back. */
export class WireLog {
  readonly writes: SentWrite[] = [];
  /** Items answered with 429, with 503, and items of requests without an answer. */
  readonly counts = { throttled: 0, unavailable: 0, lost: 0 };

  sent({ method, url, body }: HttpsRequest): void {
    const path = url.split('/v1.0')[1];
    if (path === undefined || method === 'GET' || body === undefined) return;
    const parsed: unknown = JSON.parse(body);
    if (path !== '/$batch') {
      this.writes.push({ method, url: path, body: parsed });
      return;
    }
    for (const item of (parsed as Batch).requests)
      if (item.method !== 'GET') this.writes.push({ method: item.method, url: item.url, body: item.body });
  }

  answered({ text }: HttpsReply): void {
    if (!text.startsWith('{"responses"')) return;
    for (const { status } of (JSON.parse(text) as { responses: readonly { status: number }[] }).responses) {
      if (status === 429) this.counts.throttled++;
      if (status === 503) this.counts.unavailable++;
    }
  }

  lost({ url, body }: HttpsRequest): void {
    if (url.endsWith('/$batch') && body !== undefined) this.counts.lost += (JSON.parse(body) as Batch).requests.length;
  }
}
