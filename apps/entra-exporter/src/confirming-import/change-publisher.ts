import { partitionForKey, type ChangeMessage, type ObjectChange, type RunMarker, type RunRef } from '@adjoin/contracts';
import type { MessageProducer, OutgoingMessage } from '@adjoin/shared';
import { TENANT_PARTITION } from './import-cursor.store.js';

const BATCH = 500;
const BATCH_REFERENCES = 20_000;
const ANCHORS_PER_CHUNK = 5000;

export type ChangeBody = Omit<ObjectChange, 'kind' | 'connector' | 'partition' | 'version' | 'run'>;
export interface PublisherTarget {
  readonly producer: MessageProducer;
  readonly topic: string;
  readonly kafkaPartitions: number;
  readonly connector: string;
}
export type RunEnd = Pick<RunMarker, 'complete' | 'startedAt' | 'endedAt' | 'failure'>;

/** Hands out versions of one epoch; they never go back. */
export class Sequence {
  #last = 0;
  constructor(readonly epoch: number) {}
  next(): { epoch: number; seq: number } {
    return { epoch: this.epoch, seq: ++this.#last };
  }
}

/** Sends the changes of one run attempt and counts them by Kafka partition, so that the markers state exactly what was sent. */
export class ChangePublisher {
  readonly #target: PublisherTarget;
  readonly #sequence: Sequence;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #sent: number[];
  readonly run: RunRef;
  #waiting: OutgoingMessage[] = [];
  #references = 0;
  #sending: Promise<void> = Promise.resolve();
  objects = 0;

  constructor(target: PublisherTarget, sequence: Sequence, run: RunRef, headers: Readonly<Record<string, string>>) {
    this.#target = target;
    this.#sequence = sequence;
    this.#headers = headers;
    this.run = run;
    this.#sent = Array.from({ length: target.kafkaPartitions }, () => 0);
  }

  /** Messages queued or sent so far. */
  get messages(): number {
    return this.#waiting.length + this.#sent.reduce((sum, count) => sum + count, 0);
  }

  /** @param further more about an object that was already reported in this attempt. */
  async change(body: ChangeBody, further = false): Promise<void> {
    if (!further) this.objects++;
    const { connector, kafkaPartitions } = this.#target;
    const value = {
      kind: 'object',
      connector,
      partition: TENANT_PARTITION,
      version: this.#sequence.next(),
      run: this.run,
      ...body,
    } satisfies ObjectChange;
    this.#waiting.push({
      key: body.anchor,
      value,
      partition: partitionForKey(body.anchor, kafkaPartitions),
      headers: this.#headers,
    });
    for (const reference of Object.values(body.references ?? {})) {
      this.#references +=
        reference.mode === 'set' ? reference.values.length : reference.add.length + reference.remove.length;
    }
    if (this.#waiting.length >= BATCH || this.#references >= BATCH_REFERENCES) await this.flush();
  }

  /** Anchors of a complete full read, on Kafka partition 0. */
  async seen(anchors: readonly string[]): Promise<void> {
    await this.flush();
    const { connector, producer, topic } = this.#target;
    const chunks = Math.max(1, Math.ceil(anchors.length / ANCHORS_PER_CHUNK));
    for (let index = 0; index < chunks; index++) {
      const slice = anchors.slice(index * ANCHORS_PER_CHUNK, (index + 1) * ANCHORS_PER_CHUNK);
      const value = {
        kind: 'seen',
        connector,
        partition: TENANT_PARTITION,
        run: this.run,
        index,
        last: index === chunks - 1,
        anchors: slice,
      } satisfies ChangeMessage;
      await producer.send(topic, [{ key: this.run.id, value, partition: 0, headers: this.#headers }]);
      this.#sent[0] = (this.#sent[0] ?? 0) + 1;
    }
  }

  /** Ends the attempt: one marker on every Kafka partition. */
  async markers(end: RunEnd): Promise<void> {
    await this.flush();
    const { connector, producer, topic, kafkaPartitions } = this.#target;
    const messages = this.#sent.map((sent, kafkaPartition): OutgoingMessage => {
      const ids = { connector, partition: TENANT_PARTITION, run: this.run, epoch: this.#sequence.epoch };
      const marker = {
        kind: 'marker',
        ...ids,
        kafkaPartition,
        kafkaPartitions,
        sent,
        objects: this.objects,
        ...end,
      } satisfies RunMarker;
      return { key: this.run.id, value: marker, partition: kafkaPartition, headers: this.#headers };
    });
    await producer.send(topic, messages);
  }

  /** Resolves when Kafka has acknowledged everything queued so far. Sends follow each other, so that versions arrive in order. */
  flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#references = 0;
    this.#sending = this.#sending.then(async () => {
      if (batch.length === 0) return;
      await this.#target.producer.send(this.#target.topic, batch);
      for (const { partition } of batch)
        if (partition !== undefined) this.#sent[partition] = (this.#sent[partition] ?? 0) + 1;
    });
    return this.#sending;
  }
}
