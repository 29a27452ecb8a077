import { MAX_REFERENCES_PER_MESSAGE, partitionForKey } from '@adjoin/contracts';
import type { ChangeMessage, ObjectChange, ReferenceTarget, RunMarker, RunRef } from '@adjoin/contracts';
import type { MessageProducer, OutgoingMessage } from '@adjoin/shared';

/** Messages in one send to Kafka. */
const BATCH = 500;
/** Reference values held back before a send: bounds memory when large groups follow each other. */
const BATCH_REFERENCES = 20_000;
const ANCHORS_PER_SEEN = 5_000;

export interface PublisherOptions {
  readonly producer: MessageProducer;
  readonly topic: string;
  readonly kafkaPartitions: number;
  readonly connector: string;
  /** Naming context. */
  readonly partition: string;
  readonly epoch: number;
}

/** What a run has to say about one object; connector, partition, version and run are added here. */
export type ChangeBody = Omit<ObjectChange, 'kind' | 'connector' | 'partition' | 'version' | 'run'>;

/** Result of a run attempt, for its markers. */
export interface RunOutcome {
  readonly complete: boolean;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}

/** Hands out versions for one partition and epoch; they never go back. */
export class SequenceSource {
  #last = 0;
  readonly epoch: number;
  constructor(epoch: number) {
    this.epoch = epoch;
  }
  next(): { epoch: number; seq: number } {
    this.#last += 1;
    return { epoch: this.epoch, seq: this.#last };
  }
}

/**
 * Sends the changes of one run attempt in batches and counts them per Kafka partition, so that the markers at the end state exactly
 * what was sent. After a failed send the attempt is over: its counts are no longer certain.
 */
export class ChangePublisher {
  readonly #options: PublisherOptions;
  readonly #sequence: SequenceSource;
  readonly #run: RunRef;
  readonly #sent: number[];
  readonly #traceHeaders: () => Record<string, string>;
  #waiting: OutgoingMessage[] = [];
  #waitingReferences = 0;
  #sending: Promise<void> = Promise.resolve();
  #objects = 0;
  #messages = 0;
  #sets = 0;

  constructor(
    options: PublisherOptions,
    sequence: SequenceSource,
    run: RunRef,
    traceHeaders: () => Record<string, string> = () => ({}),
  ) {
    this.#options = options;
    this.#sequence = sequence;
    this.#run = run;
    this.#traceHeaders = traceHeaders;
    this.#sent = Array.from({ length: options.kafkaPartitions }, () => 0);
  }

  /** Objects published so far. */
  get objects(): number {
    return this.#objects;
  }
  get messages(): number {
    return this.#messages;
  }

  /** Queues the change of one object; resolves at once unless a batch is full. */
  async change(body: ChangeBody): Promise<void> {
    this.#objects += 1;
    await this.#queueObject(body);
  }

  /** Id for a set of reference values of this attempt, unique in the topic. */
  newSetId(): string {
    this.#sets += 1;
    return `${this.#run.id}/${String(this.#run.attempt)}/${String(this.#sequence.epoch)}-${String(this.#sets)}`;
  }

  /** Further reference values of an object that was already reported. */
  async more(body: ChangeBody): Promise<void> {
    await this.#queueObject(body);
  }

  /** Anchors that a full read has seen; they go to Kafka partition 0. */
  async seen(anchors: readonly string[]): Promise<void> {
    await this.flush();
    const { connector, partition } = this.#options;
    const chunks = Math.max(1, Math.ceil(anchors.length / ANCHORS_PER_SEEN));
    for (let index = 0; index < chunks; index += 1) {
      const slice = anchors.slice(index * ANCHORS_PER_SEEN, (index + 1) * ANCHORS_PER_SEEN);
      const value = {
        kind: 'seen',
        connector,
        partition,
        run: this.#run,
        index,
        last: index === chunks - 1,
        anchors: slice,
      } satisfies ChangeMessage;
      await this.#options.producer.send(this.#options.topic, [
        { key: this.#run.id, value, partition: 0, headers: this.#traceHeaders() },
      ]);
      this.#sent[0] = (this.#sent[0] ?? 0) + 1;
    }
  }

  /** Ends the attempt: one marker on every Kafka partition. */
  async markers(outcome: RunOutcome): Promise<void> {
    await this.flush();
    const { connector, partition, epoch, kafkaPartitions } = this.#options;
    const messages = this.#sent.map((sent, kafkaPartition): OutgoingMessage => {
      const marker = {
        kind: 'marker',
        connector,
        partition,
        run: this.#run,
        epoch,
        kafkaPartition,
        kafkaPartitions,
        sent,
        objects: this.#objects,
        ...outcome,
      } satisfies RunMarker;
      return { key: this.#run.id, value: marker, partition: kafkaPartition, headers: this.#traceHeaders() };
    });
    await this.#options.producer.send(this.#options.topic, messages);
  }

  /** Resolves when Kafka has acknowledged everything queued. */
  async flush(): Promise<void> {
    await this.#sendWaiting();
    await this.#sending;
  }

  /** Sends what is queued after the batch before, of which it waits for the end only: one batch is under way while the next one is filled. */
  async #sendWaiting(): Promise<void> {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    this.#waitingReferences = 0;
    await this.#sending;
    this.#sending = this.#send(batch);
    this.#sending.catch(() => undefined); // the next send or flush throws it
  }

  async #send(batch: readonly OutgoingMessage[]): Promise<void> {
    await this.#options.producer.send(this.#options.topic, batch);
    for (const { partition } of batch)
      if (partition !== undefined) this.#sent[partition] = (this.#sent[partition] ?? 0) + 1;
    this.#messages += batch.length;
  }

  async #queueObject(body: ChangeBody): Promise<void> {
    const { connector, partition, kafkaPartitions } = this.#options;
    const value = {
      kind: 'object',
      connector,
      partition,
      version: this.#sequence.next(),
      run: this.#run,
      ...body,
    } satisfies ObjectChange;
    this.#waiting.push({
      key: body.anchor,
      value,
      partition: partitionForKey(body.anchor, kafkaPartitions),
      headers: this.#traceHeaders(),
    });
    this.#waitingReferences += referenceCount(body);
    if (this.#waiting.length >= BATCH || this.#waitingReferences >= BATCH_REFERENCES) await this.#sendWaiting();
  }
}

function referenceCount(body: ChangeBody): number {
  let count = 0;
  for (const change of Object.values(body.references ?? {}))
    count += change.mode === 'set' ? change.values.length : change.add.length + change.remove.length;
  return count;
}

/** Cuts reference values into lists that fit a message; at least one list. */
export function referenceChunks(values: readonly ReferenceTarget[]): ReferenceTarget[][] {
  const chunks: ReferenceTarget[][] = [];
  for (let start = 0; start === 0 || start < values.length; start += MAX_REFERENCES_PER_MESSAGE) {
    chunks.push(values.slice(start, start + MAX_REFERENCES_PER_MESSAGE));
  }
  return chunks;
}
