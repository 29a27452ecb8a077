import { confirmRequest, confirmTopic, SyncError, type ConfirmRequest } from '@adjoin/contracts';
import { BatchConsumer, deadLetter, type IncomingBatch, type Logger, type MessageProducer } from '@adjoin/shared';

type ConsumerOptions = ConstructorParameters<typeof BatchConsumer>[0];
interface Job {
  readonly request: ConfirmRequest;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Candidates for absence that the engine wants confirmed. They are answered by the partition's own loop, between its reads: a read by
 * GUID beside a delta could publish an older state with a later version.
 */
export class ConfirmationQueue {
  readonly #jobs: Job[] = [];
  #wake: () => void = () => undefined;

  /** Called when a request arrives. */
  onArrival(wake: () => void): void {
    this.#wake = wake;
  }

  /** Resolves when the request has been answered, rejects when this process stops answering. */
  ask(request: ConfirmRequest): Promise<void> {
    return new Promise((done, failed) => {
      this.#jobs.push({ request, done, failed });
      this.#wake();
    });
  }

  get waiting(): number {
    return this.#jobs.length;
  }

  /** Answers everything that waits; a failed answer stays unacknowledged and comes again. */
  async answerAll(answer: (request: ConfirmRequest) => Promise<void>): Promise<void> {
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      try {
        await answer(job.request);
        job.done();
      } catch (error) {
        job.failed(error);
        throw error;
      }
    }
  }

  rejectAll(): void {
    for (const job of this.#jobs.splice(0))
      job.failed(new SyncError('ADJ-IMP-1001', 'the import of this domain was interrupted'));
  }
}

/** Consumer of the requests for one partition; runs only where its lease is held, in a consumer group of its own. */
export function confirmationConsumer(options: {
  readonly kafka: ConsumerOptions['kafka'];
  readonly connector: string;
  readonly partition: string;
  readonly queue: ConfirmationQueue;
  readonly producer: MessageProducer;
  readonly log: Logger;
}): BatchConsumer {
  const { kafka, connector, partition, queue, producer, log } = options;
  const topic = confirmTopic(connector);
  return new BatchConsumer({
    kafka,
    groupId: `ad-importer.${connector}.${partition.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    topics: [topic],
    log,
    concurrency: 1,
    onBatch: async (batch: IncomingBatch, { heartbeat }) => {
      for (const message of batch.messages) {
        const request = parseRequest(message.value);
        if (request === undefined) await deadLetter(producer, topic, message, 'ADJ-KFK-0003');
        else if (request.partition.toLowerCase() === partition.toLowerCase()) await queue.ask(request);
        await heartbeat();
      }
    },
  });
}

function parseRequest(value: Buffer | null): ConfirmRequest | undefined {
  try {
    return confirmRequest.parse(JSON.parse(value?.toString('utf8') ?? ''));
  } catch {
    return undefined; // goes to the dead-letter topic
  }
}
