import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
}

/** A TCP proxy whose connections can be cut, silenced and refused. Neither side knows of it. */
export class TcpProxy {
  readonly #listen: Address;
  readonly #target: Address;
  readonly #pairs = new Set<Pair>();
  #server: Server | undefined;
  #silent = false;

  constructor(listen: Address, target: Address) {
    this.#listen = listen;
    this.#target = target;
  }

  get connections(): number {
    return this.#pairs.size;
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

  /** Ends all connections, in the middle of whatever they carry. */
  cut(): void {
    for (const { client, upstream } of this.#pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
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
    const pair = { client, upstream };
    this.#pairs.add(pair);
    client.setNoDelay();
    upstream.setNoDelay();
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (data) => {
        if (!to.write(data)) from.pause();
      });
      to.on('drain', () => {
        if (!this.#silent) from.resume();
      });
      from.on('error', end);
      from.on('close', end);
    }
    // A listener for data makes a socket flow.
    for (const socket of [client, upstream]) if (this.#silent) socket.pause();
    if (!this.#silent) client.resume();
  }
}
