import { changesTopic } from '@adjoin/contracts';
import type { createKafka, ClientSession, Logger } from '@adjoin/shared';
import type { ExpectedPartition } from '../release/gates.js';
import type { Store } from '../store.js';

/** Id of the state document with the last offset of a Kafka partition that was staged. */
export const offsetId = (topic: string, partition: number): string => `offset:${topic}:${partition}`;

/** What the person on duty has to do, as the last sentence of a gate's reason. */
export const askForFullImport = (connector: string): string =>
  `Run: adjoin run start ${connector} --profile full-import`;

/**
 * Messages that Kafka no longer has cannot be made up for: every partition of the connector then needs a new complete full import before anything
 * is released again, also one whose first full import is what was lost. Never a silent reset (DESIGN §2).
 */
export async function armBaseline(
  store: Store,
  expected: readonly ExpectedPartition[],
  lost: { readonly connector: string; readonly message: string },
  session?: ClientSession,
): Promise<void> {
  const { connector } = lost;
  const options = session === undefined ? {} : { session };
  const armed = { armed: 'ADJ-KFK-0002', message: `${lost.message} ${askForFullImport(connector)}` };
  // Partitions of a connector that is disabled are not expected: they are armed for the day it is enabled again.
  await store.state.updateMany({ _id: { $regex: `^baseline:${connector}:` } }, { $set: armed }, options);
  for (const { partition } of expected.filter((one) => one.connector === connector))
    await store.state.updateOne(
      { _id: `baseline:${connector}:${partition}` },
      { $set: { connector, partition, ...armed } },
      { ...options, upsert: true },
    );
}

export interface OffsetCheck {
  readonly store: Store;
  readonly kafka: Pick<ReturnType<typeof createKafka>, 'admin'>;
  readonly connectors: readonly string[];
  readonly expected: readonly ExpectedPartition[];
  readonly log: Logger;
}

/**
 * Before messages are read: a stored offset beyond the end of its Kafka partition means that Kafka was emptied, replaced or cut short, one before its
 * beginning that messages fell out of retention. Without this the first would never be noticed (what is published later at the same offsets would
 * pass for known) and the second with the next message only.
 */
export async function checkOffsets(check: OffsetCheck): Promise<void> {
  const admin = check.kafka.admin();
  await admin.connect();
  try {
    for (const connector of check.connectors) {
      const topic = changesTopic(connector);
      // Asked before Kafka is: what is stored was published then.
      const stored = await storedOffsets(check.store, topic);
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        await checkPartition(check, connector, {
          partition,
          stored: stored.get(offsetId(topic, partition)) ?? -1,
          low: Number(low),
          high: Number(high),
        });
    }
  } finally {
    await admin.disconnect();
  }
}

async function storedOffsets(store: Store, topic: string): Promise<ReadonlyMap<string, number>> {
  const documents = await store.state.find({ _id: { $gte: `offset:${topic}:`, $lt: `offset:${topic};` } }).toArray();
  return new Map(documents.flatMap(({ _id, offset }) => (typeof offset === 'number' ? [[_id, offset] as const] : [])));
}

interface PartitionOffsets {
  readonly partition: number;
  /** The last one that was read; -1 when none was. */
  readonly stored: number;
  readonly low: number;
  /** The next one that will be given. */
  readonly high: number;
}

async function checkPartition(
  { store, expected, log }: OffsetCheck,
  connector: string,
  offsets: PartitionOffsets,
): Promise<void> {
  const { partition, stored, low, high } = offsets;
  const topic = changesTopic(connector);
  const _id = offsetId(topic, partition);
  const details = { code: 'ADJ-KFK-0002', topic, ...offsets };
  if (stored >= high) {
    log.error({ event: 'kafka.replaced', ...details }, 'Kafka no longer has messages that were read.');
    await armBaseline(store, expected, { connector, message: 'Kafka was emptied or replaced.' });
    await store.state.deleteOne({ _id });
  } else if (low > stored + 1) {
    log.error({ event: 'kafka.lost', ...details }, LOST);
    await armBaseline(store, expected, { connector, message: LOST });
    await store.state.updateOne({ _id }, { $set: { offset: low - 1 } }, { upsert: true });
  }
}

/** Said of messages that are gone. */
export const LOST = 'Messages fell out of retention before they were read.';
