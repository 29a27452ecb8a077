import { randomUUID } from 'node:crypto';
import type { ClientSession, MessageProducer, Runnable } from '@adjoin/shared';
import { sleep } from '@adjoin/shared';
import type { OutboxDocument, Store } from '../store.js';

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
    const documents: OutboxDocument[] = [];
    for (const [topic, group] of Map.groupBy(records, (record) => record.topic)) {
      for (const part of parts(group)) {
        // Ids sort in commit order: time, then a counter within this process.
        const _id = `${at.getTime().toString(36).padStart(9, '0')}-${(this.#sequence++).toString(36).padStart(8, '0')}-${randomUUID().slice(0, 8)}`;
        documents.push({ _id, at, topic, records: part });
      }
    }
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
    const documents = await this.#store.outbox.find({}).sort({ _id: 1 }).limit(4).toArray();
    for (const { _id, topic, records } of documents) {
      await this.#producer.send(
        topic,
        // The text of null is a tombstone: no message has it as content.
        records.map(({ key, json, headers }) => ({ key, value: json === 'null' ? null : Buffer.from(json), headers })),
      );
      await this.#store.outbox.deleteOne({ _id });
    }
    return documents.length;
  }
}

/** Characters of one document: far below the 16 MB that MongoDB takes, and a portion that Kafka takes at once. */
const MAX_PART = 2_000_000;

/** Records with their content as text, in documents of bounded size. */
function* parts(records: readonly OutgoingRecord[]): Generator<OutboxDocument['records']> {
  let part: OutboxDocument['records'][number][] = [];
  let size = 0;
  for (const { key, value, headers } of records) {
    const json = JSON.stringify(value);
    if (part.length > 0 && size + json.length > MAX_PART) {
      yield part;
      part = [];
      size = 0;
    }
    part.push({ key, json, ...(headers === undefined ? {} : { headers }) });
    size += json.length;
  }
  yield part;
}
