import type { EachBatchPayload } from 'kafkajs';
import type { IncomingBatch, IncomingMessage } from './batch-types.js';

/** What one fetch brought from one partition, handed out in portions. */
export class PartitionWork {
  readonly payload: EachBatchPayload;
  /** Settles when everything was handled, given up or failed. */
  readonly done: Promise<void>;
  #next = 0;
  #end: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  constructor(payload: EachBatchPayload) {
    this.payload = payload;
    this.done = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
  }

  get left(): number {
    return this.payload.batch.messages.length - this.#next;
  }

  /** The partition was taken away, or the consumer stops. */
  get revoked(): boolean {
    return !this.payload.isRunning() || this.payload.isStale();
  }

  /** The next messages, `count` at most. */
  take(count: number): IncomingBatch {
    const { topic, partition, messages } = this.payload.batch;
    const slice = messages.slice(this.#next, this.#next + count);
    this.#next += slice.length;
    return { topic, partition, messages: slice.map(incoming) };
  }

  end(): void {
    this.#end();
  }

  fail(error: unknown): void {
    this.#fail(error);
  }
}

const NO_HEADERS = {};

function incoming(message: EachBatchPayload['batch']['messages'][number]): IncomingMessage {
  const { key, value, offset, headers } = message;
  return {
    key: key?.toString() ?? '',
    value,
    offset,
    headers:
      headers === undefined
        ? NO_HEADERS
        : Object.fromEntries(Object.entries(headers).map(([name, content]) => [name, String(content)])),
  };
}
