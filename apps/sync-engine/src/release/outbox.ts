import { randomUUID } from 'node:crypto';
import type { ClientSession, MessageProducer, Runnable } from '@adjoin/shared';
import { sleep } from '@adjoin/shared';
import type { OutboxRecord, Store } from '../store.js';

export interface OutgoingRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: unknown;
  readonly headers?: Record<string, string> | undefined;
}

/**
 * Messages written in the same transaction as the state they follow from, and sent to Kafka afterwards in commit order. A crash between the two
 * sends them again; every consumer keeps the highest object version, so that does no harm.
 */
export class Outbox implements Runnable {
  readonly name = 'outbox relay';
  readonly #store: Store;
  readonly #producer: MessageProducer;
  #sequence = 0;
  #wake: () => void = () => undefined;

  constructor(store: Store, producer: MessageProducer) {
    this.#store = store;
    this.#producer = producer;
  }

  async append(session: ClientSession, records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    const at = new Date();
    const documents: OutboxRecord[] = records.map((record) => ({
      // Ids sort in commit order: time, then a counter within this process.
      _id: `${at.getTime().toString(36).padStart(9, '0')}-${(this.#sequence++).toString(36).padStart(8, '0')}-${randomUUID().slice(0, 8)}`,
      at,
      topic: record.topic,
      key: record.key,
      value: record.value,
      ...(record.headers === undefined ? {} : { headers: record.headers }),
    }));
    await this.#store.outbox.insertMany(documents, { session });
  }

  /** To be called after the transaction committed. */
  notify(): void {
    this.#wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const sent = await this.#drain();
      if (sent > 0) continue;
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      await Promise.race([woken, sleep(500, signal)]);
    }
  }

  async #drain(): Promise<number> {
    const records = await this.#store.outbox.find({}).sort({ _id: 1 }).limit(1000).toArray();
    const byTopic = Map.groupBy(records, (record) => record.topic);
    for (const [topic, group] of byTopic) {
      await this.#producer.send(
        topic,
        group.map(({ key, value, headers }) => ({ key, value, headers })),
      );
      await this.#store.outbox.deleteMany({ _id: { $in: group.map((record) => record._id) } });
    }
    return records.length;
  }
}
