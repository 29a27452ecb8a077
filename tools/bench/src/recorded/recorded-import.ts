import { randomUUID } from 'node:crypto';
import { ChangePublisher, SequenceSource, type ChangeBody } from '@adjoin/ad-importer';
import { changesTopic } from '@adjoin/contracts';
import { createKafka, createLogger, createProducer, partitionCount, type MessageProducer } from '@adjoin/shared';
import type { ForestDescription, Stack } from '@adjoin/stack';

/** Later than the lease of any importer: its messages are the newer ones. */
const EPOCH = 1_000_000;

/** Sends recorded changes to the engine in place of an importer, by the importer's own publisher. */
export class RecordedImport {
  readonly #producer: MessageProducer;
  readonly #forest: ForestDescription;
  readonly #kafkaPartitions: number;
  readonly #sequence = new SequenceSource(EPOCH);

  private constructor(producer: MessageProducer, forest: ForestDescription, kafkaPartitions: number) {
    this.#producer = producer;
    this.#forest = forest;
    this.#kafkaPartitions = kafkaPartitions;
  }

  /** Stops the importer of the stack and takes its place. */
  static async takeOver(stack: Stack): Promise<RecordedImport> {
    const forest = stack.forests[0]?.forest;
    if (forest === undefined) throw new Error('The stack has no forest.');
    await stack.service(`ad-importer-${forest.name}`).stop();
    const log = createLogger('bench', 'silent');
    const kafka = createKafka({ access: { brokers: [stack.kafka.bootstrap] }, clientId: 'bench', log });
    const partitions = await partitionCount(kafka, changesTopic(forest.name));
    return new RecordedImport(await createProducer(kafka), forest, partitions);
  }

  /** One delta import that reports these changes. Resolves when Kafka has all of it. */
  async send(changes: Iterable<ChangeBody>): Promise<void> {
    const { name, baseDn } = this.#forest;
    const startedAt = new Date().toISOString();
    const publisher = new ChangePublisher(
      {
        producer: this.#producer,
        topic: changesTopic(name),
        kafkaPartitions: this.#kafkaPartitions,
        connector: name,
        partition: baseDn,
        epoch: EPOCH,
      },
      this.#sequence,
      { id: randomUUID(), attempt: 1, profile: 'delta-import' },
    );
    for (const body of changes) await publisher.change(body);
    await publisher.markers({ complete: true, startedAt, endedAt: new Date().toISOString() });
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }
}
