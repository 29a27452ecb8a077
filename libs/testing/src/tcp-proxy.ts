import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Bytes on their way through the proxy. */
export interface Chunk {
  readonly from: 'client' | 'server';
  /** Number of the connection, from 1 in the order in which they were opened. */
  readonly connection: number;
  readonly bytes: Buffer;
}

/**
 * What becomes of a chunk: all of it goes on; or its first `carry` bytes do, and then all connections end in order (FIN) or by a
 * reset (RST), or nothing more is carried (`silence`).
 */
export type Carry = 'all' | { readonly carry: number; readonly then: 'end' | 'reset' | 'silence' };

interface Pair {
  readonly number: number;
  readonly client: Socket;
  readonly upstream: Socket;
}

/** A TCP proxy whose connections can be cut, silenced and refused, also at a certain byte. Neither side knows of it. */
export class TcpProxy {
  /** Looks at every chunk and says what becomes of it. */
  watch: ((chunk: Chunk) => Carry) | undefined;
  readonly #listen: Address;
  readonly #target: Address;
  readonly #pairs = new Set<Pair>();
  #opened = 0;
  #server: Server | undefined;
  #silent = false;

  /** Port 0 takes a free one: {@link port}. */
  constructor(listen: Address, target: Address) {
    this.#listen = listen;
    this.#target = target;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Port that takes connections while the proxy is open. */
  get port(): number {
    return (this.#server?.address() as AddressInfo | null | undefined)?.port ?? this.#listen.port;
  }

  /** Takes connections. Does nothing when it does already. */
  async open(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((client) => this.#join(client));
    this.#server = server;
    server.listen(this.#listen.port, this.#listen.host);
    await once(server, 'listening');
  }

  /** Ends all connections and refuses new ones until {@link open}. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = server === undefined ? undefined : new Promise((settle) => server.close(settle));
    this.cut();
    await closed;
  }

  /** Ends all connections by a reset, in the middle of whatever they carry. */
  cut(): void {
    for (const { client, upstream } of this.#pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
    this.#pairs.clear();
  }

  /** Ends all connections as a server does that stops: what was carried still arrives. */
  end(): void {
    for (const { client, upstream } of this.#pairs) {
      client.end(() => client.destroy());
      upstream.end(() => upstream.destroy());
    }
    this.#pairs.clear();
  }

  /** While silent, connections are taken and kept, and carry nothing in either direction. */
  set silent(value: boolean) {
    this.#silent = value;
    for (const { client, upstream } of this.#pairs)
      for (const socket of [client, upstream])
        if (value) socket.pause();
        else socket.resume();
  }

  #join(client: Socket): void {
    const upstream = connect({ ...this.#target });
    this.#opened += 1;
    const pair = { number: this.#opened, client, upstream };
    this.#pairs.add(pair);
    const finish = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.setNoDelay();
      from.on('data', (bytes) => this.#carry(pair, from, to, bytes));
      to.on('drain', () => {
        if (!this.#silent) from.resume();
      });
      from.on('error', finish);
      from.on('close', finish);
    }
    // A listener for data makes a socket flow.
    for (const socket of [client, upstream]) if (this.#silent) socket.pause();
    if (!this.#silent) client.resume();
  }

  #carry(pair: Pair, from: Socket, to: Socket, bytes: Buffer): void {
    if (!this.#pairs.has(pair)) return;
    const chunk = { from: from === pair.client ? 'client' : 'server', connection: pair.number, bytes } as const;
    const verdict = this.watch?.(chunk) ?? 'all';
    const carried = verdict === 'all' ? bytes : bytes.subarray(0, verdict.carry);
    if (carried.length > 0 && !to.write(carried)) from.pause();
    if (verdict === 'all') return;
    if (verdict.then === 'silence') this.silent = true;
    else if (verdict.then === 'end') this.end();
    else this.cut();
  }
}
