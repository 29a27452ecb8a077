import kafkajs from 'kafkajs';
import type { Kafka } from 'kafkajs';
import { SyncError } from '@adjoin/contracts';

const { CompressionTypes, Partitioners } = kafkajs;

export interface OutgoingMessage {
  readonly key: string;
  /** JSON-serializable content; a Buffer is sent as it is; null = tombstone. */
  readonly value: unknown;
  readonly partition?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
export interface MessageProducer {
  /** Resolves when all messages are acknowledged by all in-sync replicas. Rejects with ADJ-KFK-0001 (retry later) after its own retries. */
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** Fewer characters than this are sent as they are: compression would cost more than it saves, here and in the broker. */
const COMPRESS_FROM = 4096;

/** An idempotent producer (acks from all in-sync replicas, zstd for all but small sends). A producer that Kafka fenced or lost is replaced at the next send. */
export async function createProducer(kafka: Kafka): Promise<MessageProducer> {
  const open = async () => {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 50, maxRetryTime: 2000, retries: 8 },
    });
    await producer.connect();
    return producer;
  };
  let current = await open();
  return {
    async send(topic, messages) {
      if (messages.length === 0) return;
      const records = messages.map((message) => ({
        key: message.key,
        value: message.value === null || Buffer.isBuffer(message.value) ? message.value : JSON.stringify(message.value),
        ...(message.partition === undefined ? {} : { partition: message.partition }),
        ...(message.headers === undefined ? {} : { headers: message.headers }),
      }));
      const compression =
        records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0) < COMPRESS_FROM
          ? CompressionTypes.None
          : CompressionTypes.ZSTD;
      try {
        await current.send({ topic, acks: -1, compression, messages: records });
      } catch (cause) {
        await current.disconnect().catch(() => undefined); // broken anyway
        current = await open().catch(() => current);
        throw new SyncError('ADJ-KFK-0001', `Kafka did not take ${messages.length} messages for ${topic}.`, { cause });
      }
    },
    close: () => current.disconnect(),
  };
}
