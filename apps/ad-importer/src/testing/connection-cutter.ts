import type { Carry, Chunk, TcpProxy } from '@adjoin/testing';

/** How a connection ends: in order, by a reset, or by an answer that never comes. */
export type Ending = 'end' | 'reset' | 'silence';

/** Where it ends: when a request arrives, before anything of its answer, or when half of the answer has gone on. */
export type Place = 'before' | 'within';

/**
 * Ends the connections through a proxy at a chosen request. What is carried is encrypted, so a request is what a client sends at once:
 * with LDAP one message, and each page of a search is a request of its own.
 */
export class ConnectionCutter {
  readonly #proxy: TcpProxy;
  /** Bytes of the answers by request, of the read that is watched. */
  #answered: number[] = [];
  readonly #requestOf = new Map<number, number>();
  #usual: readonly number[] = [];
  #isCut = false;
  #newest = 0;

  constructor(proxy: TcpProxy) {
    this.#proxy = proxy;
  }

  /** True when the last cut was reached. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Requests of the current read until now. */
  get requests(): number {
    return this.#answered.length;
  }

  /** Watches a read that nothing disturbs; resolves to the number of its requests. */
  async measure(read: () => Promise<void>): Promise<number> {
    this.#start((chunk) => {
      this.#count(chunk);
      return 'all';
    });
    await read();
    this.#proxy.watch = undefined;
    this.#usual = this.#answered;
    return this.#usual.length;
  }

  /** The connections end at this request (from 0) of what is read next, once. */
  cutAt(request: number, place: Place, then: Ending): void {
    const half = Math.floor((this.#usual[request] ?? 0) / 2);
    this.#start((chunk) => {
      const answeredBefore = this.#answered[request] ?? 0;
      const current = this.#count(chunk);
      if (this.#isCut || current !== request) return 'all';
      if (place === 'before') return this.#cut(0, then);
      const left = half - answeredBefore;
      return chunk.from === 'server' && chunk.bytes.length >= left ? this.#cut(Math.max(left, 0), then) : 'all';
    });
  }

  /** From now on everything is carried again. */
  mend(): void {
    this.#proxy.watch = undefined;
    this.#proxy.silent = false;
  }

  #start(watch: (chunk: Chunk) => Carry): void {
    this.#answered = [];
    this.#isCut = false;
    // Of the read before, the last bytes may still be on their way.
    const before = this.#newest;
    this.#proxy.watch = (chunk) => {
      this.#newest = Math.max(this.#newest, chunk.connection);
      return chunk.connection > before ? watch(chunk) : 'all';
    };
  }

  #cut(carry: number, then: Ending): Carry {
    this.#isCut = true;
    return { carry, then };
  }

  /** Returns the request that the chunk is, or is part of the answer to. */
  #count({ from, connection, bytes }: Chunk): number {
    if (from === 'client') {
      this.#requestOf.set(connection, this.#answered.length);
      this.#answered.push(0);
    }
    const request = this.#requestOf.get(connection) ?? 0;
    if (from === 'server') this.#answered[request] = (this.#answered[request] ?? 0) + bytes.length;
    return request;
  }
}
