import { setTimeout as sleep } from 'node:timers/promises';
import { changeMessage, changesTopic } from '@adjoin/contracts';
import { loadRules } from '@adjoin/rule-files';
import { connectMongo, createKafka, createLogger, ensureTopics, loadAdjoinConfig } from '@adjoin/shared';
import type { Stack } from '@adjoin/stack';

const POLL_MS = 20;
/** Users whose DN is kept, to be changed later. */
const KEPT_USERS = 2_000;
const PARTITIONS = 6;

/** What an importer publishes, with the time at which a consumer had it. The importer is told to read what the default rules read. */
export class PublishedChanges {
  /** DNs of users in the order in which they were published. */
  readonly users: string[] = [];
  readonly #seen = new Map<string, number>();
  #markers = 0;
  readonly close: () => Promise<void>;

  private constructor(close: () => Promise<void>) {
    this.close = close;
  }

  static async open(stack: Stack, connector: string): Promise<PublishedChanges> {
    const log = createLogger('bench', 'silent');
    const { inclusion, hash } = await loadRules(loadAdjoinConfig(stack.connectorFile), undefined);
    const mongo = await connectMongo(stack.mongoUri, { log });
    const active = { _id: 'active', inclusion, hash };
    await mongo.db.collection<{ _id: string }>('ruleSets').insertOne(active);
    await mongo.close();
    const kafka = createKafka({ access: { brokers: [stack.kafka.bootstrap] }, clientId: 'bench', log });
    const topic = changesTopic(connector);
    await ensureTopics(kafka, [{ topic, partitions: PARTITIONS }]);
    const consumer = kafka.consumer({ groupId: 'bench-import', maxWaitTimeInMs: 100 });
    const published = new PublishedChanges(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ eachMessage: ({ message }) => Promise.resolve(published.#take(message.value)) });
    return published;
  }

  /** Resolves when the markers of a full import have come on every partition of the topic. */
  async fullImport(signal: AbortSignal): Promise<void> {
    while (this.#markers < PARTITIONS) await sleep(POLL_MS, undefined, { signal });
  }

  /** Times (ms since 1970) at which users with these titles were published, in this order. */
  async titles(titles: readonly string[], signal: AbortSignal): Promise<readonly number[]> {
    while (!titles.every((title) => this.#seen.has(title))) await sleep(POLL_MS, undefined, { signal });
    return titles.map((title) => this.#seen.get(title) ?? 0);
  }

  #take(value: Buffer | null): void {
    const message = changeMessage.parse(JSON.parse(value?.toString('utf8') ?? 'null'));
    if (message.kind === 'marker' && message.run.profile === 'full-import') this.#markers += 1;
    if (message.kind !== 'object') return;
    const title = message.attributes?.['title'];
    if (typeof title === 'string' && !this.#seen.has(title)) this.#seen.set(title, Date.now());
    if (
      message.op === 'whole' &&
      message.objectType === 'user' &&
      message.dn !== undefined &&
      this.users.length < KEPT_USERS
    )
      this.users.push(message.dn);
  }
}
