import { changesTopic } from '@adjoin/contracts';
import type { createKafka, ClientSession, Logger } from '@adjoin/shared';
import type { Store } from '../store.js';

/**
 * Messages that Kafka no longer has cannot be made up for: every partition of the connector then needs a new complete full import before anything
 * is released again. Never a silent reset (DESIGN §2).
 */
export async function armBaseline(
  store: Store,
  connector: string,
  message: string,
  session?: ClientSession,
): Promise<void> {
  await store.state.updateMany(
    { _id: { $regex: `^baseline:${connector}:` } },
    { $set: { armed: 'ADJ-KFK-0002', message: `${message} Run: adjoin run start ${connector} --profile full-import` } },
    session === undefined ? {} : { session },
  );
}

/** At start: a stored offset beyond the end of its Kafka partition means that Kafka was emptied or replaced. */
export async function checkOffsets(
  store: Store,
  kafka: ReturnType<typeof createKafka>,
  connectors: readonly string[],
  log: Logger,
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (const connector of connectors) {
      const topic = changesTopic(connector);
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        const _id = `offset:${topic}:${partition}`;
        const stored = await store.state.findOne({ _id });
        if (typeof stored?.['offset'] !== 'number' || stored['offset'] < Number(high)) continue;
        log.error(
          { event: 'kafka.replaced', code: 'ADJ-KFK-0002', topic, partition, stored: stored['offset'], high },
          'Kafka no longer has messages that were read.',
        );
        await store.state.deleteOne({ _id });
        await armBaseline(store, connector, 'Kafka was emptied or replaced.');
      }
    }
  } finally {
    await admin.disconnect();
  }
}
