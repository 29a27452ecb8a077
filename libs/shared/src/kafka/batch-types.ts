import type { Kafka } from 'kafkajs';
import type { Logger } from '../logging/logger.js';

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
/** Takes messages of several partitions together, in order within each; no partition twice. */
export type MergedHandler = (batches: readonly IncomingBatch[], context: BatchContext) => Promise<void>;

export interface ConsumerTuning {
  readonly log: Logger;
  /** Calls of the handler at the same time, each with partitions of its own; default 2. */
  readonly concurrency?: number | undefined;
  /** Most messages in one call of the handler; default 500. */
  readonly batchSize?: number | undefined;
  readonly maxBytesPerPartition?: number | undefined;
  readonly maxWaitMs?: number | undefined;
  /**
   * What comes within this time of the last fetch is fetched together: under flow fewer and larger batches, while the first message after a pause is
   * handled at once. ms, default 0; a function is asked after each fetch.
   */
  readonly gatherMs?: number | (() => number) | undefined;
}
export type Handling = { readonly onBatch: BatchHandler } | { readonly onBatches: MergedHandler };
export type BatchConsumerOptions = ConsumerTuning &
  Handling & { readonly kafka: Kafka; readonly groupId: string; readonly topics: readonly string[] };
