import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { SyncError, toSyncError } from '@adjoin/contracts';
import type { Logger } from '../logging/logger.js';
import type { Runnable } from '../lifecycle/runnable.js';
import { backoff, sleep } from '../async/async.js';

export interface IncomingMessage {
  readonly key: string;
  readonly value: Buffer | null;
  readonly offset: string;
  readonly headers: Readonly<Record<string, string>>;
}
export interface IncomingBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly IncomingMessage[];
}
export interface BatchContext {
  readonly signal: AbortSignal;
  /** Keeps the group membership alive during long work. */
  heartbeat(): Promise<void>;
}
export type BatchHandler = (batch: IncomingBatch, context: BatchContext) => Promise<void>;

export interface BatchConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly onBatch: BatchHandler;
  readonly log: Logger;
  /** Partitions handled at the same time; default 2. */
  readonly concurrency?: number | undefined;
  /** Most messages in one call of the handler; default 500. */
  readonly batchSize?: number | undefined;
  readonly maxBytesPerPartition?: number | undefined;
  readonly maxWaitMs?: number | undefined;
}

/**
 * Consumes topics in batches, at-least-once. An offset is committed only after the handler resolved; a handler that rejects gets the same
 * batch again after a pause, for ever: bad messages are the handler's business, a rejection means that the infrastructure is down.
 */
export class BatchConsumer implements Runnable {
  readonly name: string;
  readonly #options: BatchConsumerOptions;

  constructor(options: BatchConsumerOptions) {
    this.#options = options;
    this.name = `consumer ${options.groupId}`;
  }

  async run(signal: AbortSignal, working?: () => void): Promise<void> {
    const { kafka, groupId, topics, concurrency = 2 } = this.#options;
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: 30_000,
      heartbeatInterval: 3000,
      rebalanceTimeout: 30_000,
      // Kafka answers at once when there is something; this only says how often an idle consumer asks.
      maxWaitTimeInMs: this.#options.maxWaitMs ?? 1000,
      minBytes: 1,
      maxBytesPerPartition: this.#options.maxBytesPerPartition ?? 1_048_576,
      retry: { initialRetryTime: 100, maxRetryTime: 5000, retries: 8 },
    });
    const crashed = new Promise<never>((_resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(new SyncError('ADJ-KFK-0001', `The consumer ${groupId} stopped: ${payload.error.message}`, { cause: payload.error }));
      });
    });
    consumer.on(consumer.events.GROUP_JOIN, () => working?.());
    crashed.catch(() => undefined); // observed below; must not be an unhandled rejection when nobody waits any more
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: concurrency,
        eachBatch: (payload) => this.#eachBatch(consumer, payload, signal),
      });
      await Promise.race([crashed, new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))]);
    } catch (cause) {
      throw toSyncError(cause, 'ADJ-KFK-0001');
    } finally {
      await consumer.disconnect().catch(() => undefined); // going away either way
    }
  }

  async #eachBatch(consumer: Consumer, payload: EachBatchPayload, signal: AbortSignal): Promise<void> {
    const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
    const size = this.#options.batchSize ?? 500;
    for (let start = 0; start < batch.messages.length; start += size) {
      if (signal.aborted || !isRunning() || isStale()) return;
      const slice = batch.messages.slice(start, start + size);
      const messages = slice.map((message) => ({
        key: message.key?.toString() ?? '',
        value: message.value,
        offset: message.offset,
        headers: Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)])),
      }));
      const handled = await this.#handle({ topic: batch.topic, partition: batch.partition, messages }, heartbeat, signal, () => !isRunning() || isStale());
      const last = messages.at(-1);
      if (!handled || last === undefined) return;
      resolveOffset(last.offset);
      await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset: String(BigInt(last.offset) + 1n) }]);
      await heartbeat();
    }
  }

  async #handle(batch: IncomingBatch, heartbeat: () => Promise<void>, signal: AbortSignal, revoked: () => boolean): Promise<boolean> {
    let reported = false;
    for (let attempt = 0; ; attempt++) {
      if (signal.aborted || revoked()) return false;
      try {
        await this.#options.onBatch(batch, { signal, heartbeat });
        return true;
      } catch (cause) {
        const error = toSyncError(cause);
        if (!reported) this.#options.log.error({ event: 'batch.retry', topic: batch.topic, partition: batch.partition, code: error.code, err: cause }, error.message);
        reported = true;
      }
      await sleep(backoff(attempt, { maxMs: 3000 }), signal);
      await heartbeat();
    }
  }
}
