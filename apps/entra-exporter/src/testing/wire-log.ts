import { HttpsTransport, type HttpsReply, type HttpsRequest, type Transport } from '@adjoin/graph';
import { WriteCheck } from '@adjoin/testing';

interface Batch {
  readonly requests: readonly { readonly method: string; readonly url: string; readonly body?: unknown }[];
}

/** Records what an exporter sends and what came back. */
export class WireLog {
  readonly #writes = new WriteCheck();
  /** Items answered with 429, with 503, and items of requests without an answer. */
  readonly counts = { throttled: 0, unavailable: 0, lost: 0 };

  /** What in the writes the metadata of Graph does not allow. */
  get violations(): readonly string[] {
    return this.#writes.violations;
  }

  /** Writes that were checked. */
  get checked(): number {
    return this.#writes.checked;
  }

  sent({ method, url, body }: HttpsRequest): void {
    const path = url.split('/v1.0')[1];
    if (path === undefined) return;
    this.#writes.take({ method, path, body: body === undefined ? undefined : JSON.parse(body) });
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

/** HTTPS to the simulator that sends nothing the metadata of Graph does not allow. */
export class CheckedTransport implements Transport {
  readonly log = new WireLog();
  readonly #transport: HttpsTransport;

  constructor(ca: string) {
    this.#transport = new HttpsTransport({ ca });
  }

  send(request: HttpsRequest): Promise<HttpsReply> {
    this.log.sent(request);
    const [violation] = this.log.violations;
    return violation === undefined ? this.#transport.send(request) : Promise.reject(new Error(violation));
  }

  close(): void {
    this.#transport.close();
  }
}
