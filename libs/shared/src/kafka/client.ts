import type { ConnectionOptions } from 'node:tls';
import kafkajs from 'kafkajs';
import type { Kafka, logLevel as LogLevel, SASLOptions } from 'kafkajs';
import { SyncError } from '@adjoin/contracts';
import { sleep } from '../async/async.js';
import type { Logger } from '../logging/logger.js';
import type { KafkaAccess } from './access.js';
import './request-queue.js';
import { compress, decompress } from './zstd.js';

const { CompressionTypes, CompressionCodecs, Kafka: KafkaClass, logLevel } = kafkajs;
/** kafkajs has no zstd of its own; Node's zlib has. */
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: (encoder: { buffer: Buffer }) => compress(encoder.buffer),
  decompress: (buffer: Buffer) => decompress(buffer),
});

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly compacted?: boolean | undefined;
}

export interface KafkaClientOptions {
  readonly access: KafkaAccess;
  readonly clientId: string;
  readonly log: Logger;
}

/** Kafka client with our logging: kafkajs reports ordinary start-up races as errors, which is debug noise here. */
export function createKafka({ access, clientId, log }: KafkaClientOptions): Kafka {
  return new KafkaClass({
    clientId,
    brokers: [...access.brokers],
    ...(access.ssl === undefined ? {} : { ssl: access.ssl as ConnectionOptions }),
    ...(access.sasl === undefined ? {} : { sasl: access.sasl as SASLOptions }),
    connectionTimeout: 3000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 50, maxRetryTime: 3000, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry: { level: LogLevel; namespace: string; log: { message: string } }) => {
      log.debug({ event: 'kafka.client', namespace: entry.namespace, text: entry.log.message });
    },
  });
}

/**
 * Creates the topics that are missing and waits until every one has its leaders; existing ones are left as they are. Other processes may do the
 * same at the same time, and Kafka may still be starting: it is tried again until `attempts` are used up, then ADJ-KFK-0001.
 */
export async function ensureTopics(
  kafka: Kafka,
  specs: readonly TopicSpec[],
  { replicationFactor = -1, attempts = 60 } = {},
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const failure = await tryEnsure(kafka, specs, replicationFactor).catch(
      (error: unknown) => error ?? new Error('unknown'),
    );
    if (failure === undefined) return;
    if (attempt >= attempts)
      throw new SyncError('ADJ-KFK-0001', 'Kafka did not create the topics.', { cause: failure });
    await sleep(Math.min(2000, 150 * attempt));
  }
}

async function tryEnsure(kafka: Kafka, specs: readonly TopicSpec[], replicationFactor: number): Promise<unknown> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const missing = specs.filter((spec) => !existing.has(spec.topic));
    if (missing.length > 0) {
      await admin.createTopics({
        topics: missing.map((spec) => ({
          topic: spec.topic,
          numPartitions: spec.partitions,
          replicationFactor,
          configEntries: spec.compacted === true ? [{ name: 'cleanup.policy', value: 'compact' }] : [],
        })),
      });
    }
    const { topics } = await admin.fetchTopicMetadata({ topics: specs.map((spec) => spec.topic) });
    return topics.some(
      (topic) => topic.partitions.length === 0 || topic.partitions.some((partition) => partition.leader < 0),
    )
      ? new Error('no leader yet')
      : undefined;
  } finally {
    await admin.disconnect().catch(() => undefined); // the outcome is known already
  }
}

/** Number of partitions of a topic. */
export async function partitionCount(kafka: Kafka, topic: string): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.length ?? 0;
  } finally {
    await admin.disconnect();
  }
}
