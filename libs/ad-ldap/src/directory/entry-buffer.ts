import type { RawEntry } from '../connection/raw-entry.js';

/** Bytes of entries that may wait; with the handling of one page the next one (1,000 objects of some KB) is read. */
const MAX_BYTES = 4_000_000;

/**
 * Entries that were read and wait for their handler, one after the other in the order of arrival. Adding one does not wait for its handler but, when
 * the buffer is full, for room. The first error of the handler ends it: it is thrown by the next call.
 */
export class EntryBuffer {
  readonly #handler: (entry: RawEntry) => void | Promise<void>;
  #waiting: RawEntry[] = [];
  #bytes = 0;
  #running: Promise<void> | undefined;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(handler: (entry: RawEntry) => void | Promise<void>) {
    this.#handler = handler;
  }

  add(entry: RawEntry): void | Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#waiting.push(entry);
    this.#bytes += entry.size;
    this.#running ??= this.#run();
    if (this.#bytes > MAX_BYTES) return this.#untilRoom();
  }

  /** Resolves when every entry was handled. */
  async drained(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Lets the handler at work end and forgets the entries after it. */
  async dropped(): Promise<void> {
    this.#waiting = [];
    this.#failure ??= { error: new Error('The read has ended.') };
    await this.#running;
  }

  async #untilRoom(): Promise<void> {
    this.#room ??= Promise.withResolvers<void>();
    await this.#room.promise;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(): Promise<void> {
    // What adds entries goes on first.
    await Promise.resolve();
    try {
      for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
        for (const entry of batch) {
          if (this.#failure !== undefined) return;
          const pending = this.#handler(entry);
          if (pending !== undefined) await pending;
          this.#bytes -= entry.size;
          if (this.#bytes < MAX_BYTES / 2) this.#giveRoom();
        }
      }
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#running = undefined;
      this.#giveRoom();
    }
  }

  #giveRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #take(): readonly RawEntry[] {
    const batch = this.#waiting;
    this.#waiting = [];
    return batch;
  }
}
