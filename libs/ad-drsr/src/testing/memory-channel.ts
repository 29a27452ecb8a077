import type { ByteChannel } from '../transport/byte-channel.js';

/** A channel within the process: what the client writes goes to `receive`, what it reads was pushed. */
export class MemoryChannel implements ByteChannel {
  readonly #receive: (bytes: Buffer) => void;
  readonly #chunks: (Buffer | undefined)[] = [];
  #reader: ((chunk: Buffer | undefined) => void) | undefined;
  closed = false;

  constructor(receive: (bytes: Buffer, channel: MemoryChannel) => void) {
    this.#receive = (bytes) => receive(bytes, this);
  }

  /** Bytes for the client; undefined = the server closes. */
  push(chunk: Buffer | undefined): void {
    if (this.#reader === undefined) {
      this.#chunks.push(chunk);
      return;
    }
    const read = this.#reader;
    this.#reader = undefined;
    read(chunk);
  }

  write(bytes: Buffer): void {
    if (!this.closed) this.#receive(Buffer.from(bytes));
  }

  read(): Promise<Buffer | undefined> {
    if (this.closed || this.#chunks.length > 0) return Promise.resolve(this.#chunks.shift());
    return new Promise((resolve) => (this.#reader = resolve));
  }

  close(): void {
    this.closed = true;
    this.push(undefined);
  }
}
