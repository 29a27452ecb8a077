import { SyncError, toSyncError } from '@adjoin/contracts';
import type { Runnable } from '../lifecycle/runnable.js';
import type { BatchConsumerOptions } from './batch-types.js';
import { Rounds } from './rounds.js';

export type {
  BatchConsumerOptions,
  BatchContext,
  BatchHandler,
  IncomingBatch,
  IncomingMessage,
  MergedHandler,
} from './batch-types.js';

/**
 * A consumer that was killed blocks its group for as long as its session lives, and with it whoever takes over: not much longer than the lease of an
 * active engine (6 s). Kafka's own least value is 6 s (`group.min.session.timeout.ms`). Heartbeats go on while a batch is handled (`rounds.ts`), so
 * that long batches do not end a session; what is stopped for longer comes back by joining again.
 */
const SESSION_MS = 10_000;
/** Three heartbeats may be lost. */
const HEARTBEAT_MS = 2500;

/**
 * Compressed bytes of a partition at a time, unless the consumer says otherwise. JSON of one shape is compressed to a tenth, and a backlog gives a full
 * portion of every partition at once: with Kafka's own 1 MiB the engine held 160 MB of them.
 */
const MAX_PARTITION_BYTES = 262_144;

/** Partitions whose messages can be in work or waiting to be merged at the same time. */
const MERGED_PARTITIONS = 64;

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
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: 30_000,
      // Kafka answers at once when there is something; this only says how often an idle consumer asks.
      maxWaitTimeInMs: this.#options.maxWaitMs ?? 1000,
      minBytes: 1,
      maxBytesPerPartition: this.#options.maxBytesPerPartition ?? MAX_PARTITION_BYTES,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 5000,
        retries: 8,
        // kafkajs cannot stop a consumer that it is starting again: it would live on, a member of its group that works on nothing.
        restartOnFailure: () => Promise.resolve(false),
      },
    });
    const crashed = new Promise<never>((_resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart)
          reject(
            new SyncError('ADJ-KFK-0001', `The consumer ${groupId} stopped: ${payload.error.message}`, {
              cause: payload.error,
            }),
          );
      });
    });
    consumer.on(consumer.events.GROUP_JOIN, () => working?.());
    crashed.catch(() => undefined); // observed below; must not be an unhandled rejection when nobody waits any more
    const rounds = new Rounds(this.#options, consumer, signal);
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 'onBatches' in this.#options ? MERGED_PARTITIONS : concurrency,
        eachBatch: (payload) => rounds.add(payload),
      });
      await Promise.race([crashed, aborted(signal)]);
    } catch (cause) {
      throw toSyncError(cause, 'ADJ-KFK-0001');
    } finally {
      await consumer.disconnect().catch(() => undefined); // going away either way
    }
  }
}

/** Resolves when the signal aborts, at once when it has: joining the group may have taken until after that. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
