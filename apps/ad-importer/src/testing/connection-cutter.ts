import type { Carry, Chunk, TcpProxy } from '@adjoin/testing';

/** How a connection ends: in order, by a reset, or by an answer that never comes. */
export type Ending = 'end' | 'reset' | 'silence';

/** Where it ends: when a request arrives, before anything of its answer, or when half of the answer has gone on. */
export type Place = 'before' | 'within';

/**
 * A request of a read, by what is the same each time: the connections are opened one after the other, and each has one request on its way at a time.
 * Which of two connections asks first is chance.
 */
export interface Spot {
  /** A session is opened, or read with. */
  readonly phase: 'opening' | 'import';
  /** In the order in which the read opened them, from 0. */
  readonly connection: number;
  /** Within phase and connection, from 0. */
  readonly request: number;
}

interface Request extends Spot {
  /** Bytes of the answer until now. */
  answered: number;
}

/**
 * Ends the connections through a proxy at a chosen request. What is carried is encrypted, so a request is what a client sends until it is answered:
 * with LDAP one message, and each page of a search is a request of its own.
 */
export class ConnectionCutter {
  readonly #proxy: TcpProxy;
  #phase: Spot['phase'] = 'opening';
  /** Of the read that goes on or was the last. */
  #requests: Request[] = [];
  readonly #current = new Map<number, Request>();
  /** Of the read that was measured. */
  #usual: readonly Request[] = [];
  #isCut = false;
  /** Newest connection that there was, and that there was before the read. */
  #newest = 0;
  #before = 0;

  constructor(proxy: TcpProxy) {
    this.#proxy = proxy;
    this.mend();
  }

  /** True when the last cut was reached. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Watches a read that nothing disturbs; resolves to its requests that were answered. */
  async measure(read: () => Promise<void>): Promise<readonly Spot[]> {
    this.#start(() => 'all');
    await read();
    this.mend();
    // The last message of a connection says farewell and has no answer.
    this.#usual = this.#requests.filter(({ answered }) => answered > 0);
    return this.#usual;
  }

  /** The request of an import with the longest answer, in the read that was measured: a page of objects. */
  get longestAnswer(): Spot {
    const imports = this.#usual.filter(({ phase }) => phase === 'import');
    return imports.reduce((longest, one) => (one.answered > longest.answered ? one : longest));
  }

  /** The session of the read is open, with everything answered: the import begins. */
  opened(): void {
    this.#phase = 'import';
  }

  /** The connections end at this request of what is read next, once. An answer of less than half of the usual length ends them, too. */
  cutAt(spot: Spot, place: Place, then: Ending): void {
    const half = Math.max(1, Math.floor((this.#usual.find((one) => isSame(one, spot))?.answered ?? 0) / 2));
    let wasMet = false;
    this.#start((chunk, request, answeredBefore) => {
      if (this.#isCut) return 'all';
      const isHere = isSame(request, spot);
      if (wasMet && !isHere && request.connection === spot.connection && chunk.from === 'client')
        return this.#cut(0, then);
      if (!isHere) return 'all';
      wasMet = true;
      if (place === 'before') return this.#cut(0, then);
      const left = half - answeredBefore;
      return chunk.from === 'server' && chunk.bytes.length >= left ? this.#cut(left, then) : 'all';
    });
  }

  /** From now on everything is carried again. */
  mend(): void {
    this.#proxy.watch = ({ connection }) => {
      this.#newest = Math.max(this.#newest, connection);
      return 'all';
    };
    this.#proxy.silent = false;
  }

  #start(watch: (chunk: Chunk, request: Request, answeredBefore: number) => Carry): void {
    this.#requests = [];
    this.#current.clear();
    this.#phase = 'opening';
    this.#isCut = false;
    // Of the read before, the last bytes may still be on their way.
    this.#before = this.#newest;
    this.#proxy.watch = (chunk) => {
      this.#newest = Math.max(this.#newest, chunk.connection);
      if (chunk.connection <= this.#before) return 'all';
      const request = this.#requestOf(chunk);
      const answeredBefore = request.answered;
      if (chunk.from === 'server') request.answered += chunk.bytes.length;
      return watch(chunk, request, answeredBefore);
    };
  }

  #cut(carry: number, then: Ending): Carry {
    this.#isCut = true;
    return { carry, then };
  }

  /** The request that the chunk belongs to, or is a part of the answer to. A long one comes in several chunks. */
  #requestOf({ from, connection: number }: Chunk): Request {
    const [phase, connection] = [this.#phase, number - this.#before - 1];
    const current = this.#current.get(connection);
    if (current !== undefined && (from === 'server' || (current.answered === 0 && current.phase === phase)))
      return current;
    const before = this.#requests.filter((one) => one.phase === phase && one.connection === connection);
    const next = { phase, connection, request: before.length, answered: 0 };
    this.#requests.push(next);
    this.#current.set(connection, next);
    return next;
  }
}

const isSame = (one: Spot, other: Spot): boolean =>
  one.phase === other.phase && one.connection === other.connection && one.request === other.request;
