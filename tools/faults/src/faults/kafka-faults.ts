import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { changesTopic, EXPORT_LANES, exportsTopic, resultsTopic } from '@adjoin/contracts';
import { CONNECTOR, TARGET, type FaultLab } from '../lab/fault-lab.js';
import type { Fault, Stream } from '../schedule/fault.js';
import { pauseOf, type FaultContext } from './apply-fault.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;
type Admin = ReturnType<FaultLab['kafka']['admin']>;

/** A message as it was read, to be published again. */
interface Recorded {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, Buffer | string | (Buffer | string)[] | undefined>;
}

const READ_MS = 8000;

const topicsOf = (stream: Stream): readonly string[] =>
  ({
    changes: [changesTopic(CONNECTOR)],
    confirmations: [changesTopic(TARGET)],
    exports: EXPORT_LANES.map((lane) => exportsTopic(TARGET, lane)),
    results: [resultsTopic(TARGET)],
  })[stream];

/** Publishes messages of the past again, in any order, behind what is newer. */
export async function replay({ stream, messages }: Of<'kafka-replay'>, { lab, random }: FaultContext): Promise<void> {
  await lab.supervisor.ready('kafka');
  const recorded = await record(lab, topicsOf(stream));
  const chosen = random.shuffled(recorded).slice(0, messages);
  const producer = lab.kafka.producer();
  await producer.connect();
  try {
    for (const { topic, ...message } of chosen) await producer.send({ topic, messages: [message] });
  } finally {
    await producer.disconnect();
  }
}

/** Everything that topics hold now. */
async function record(lab: FaultLab, topics: readonly string[]): Promise<readonly Recorded[]> {
  const ends = await withAdmin(lab, (admin) => endsOf(admin, topics));
  const open = new Map(ends.filter(({ low, high }) => low < high).map(({ id, high }) => [id, high]));
  const found: Recorded[] = [];
  if (open.size === 0) return found;
  const consumer = lab.kafka.consumer({ groupId: `faults-${randomUUID()}` });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ topic, partition, message }) => {
        const { key, value, headers = {}, offset } = message;
        const id = `${topic}:${partition}`;
        const end = open.get(id);
        if (end === undefined) return Promise.resolve();
        found.push({ topic, partition, key, value, headers });
        if (Number(offset) + 1 >= end) open.delete(id);
        return Promise.resolve();
      },
    });
    for (const until = performance.now() + READ_MS; open.size > 0 && performance.now() < until;) await sleep(50);
  } finally {
    await consumer.disconnect();
  }
  // Consumers of several partitions finish in any order: a seed shall choose the same ones again.
  return found.sort((a, b) => `${a.topic}:${a.partition}`.localeCompare(`${b.topic}:${b.partition}`));
}

interface PartitionEnd {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

async function endsOf(admin: Admin, topics: readonly string[]): Promise<readonly PartitionEnd[]> {
  const all = await Promise.all(
    topics.map(async (topic) => {
      const offsets = await admin.fetchTopicOffsets(topic);
      return offsets.map(({ partition, low, high }) => ({
        id: `${topic}:${partition}`,
        topic,
        partition,
        low: Number(low),
        high: Number(high),
      }));
    }),
  );
  return all.flat();
}

/** Consumer groups begin with this. */
const GROUPS = { 'sync-engine': 'adjoin-sync-engine', 'entra-exporter': 'entra-exporter.' } as const;

/** Stops a process, sets what it has read back, and starts it: it gets messages again that it has worked on. */
export async function rewind({ process, messages }: Of<'kafka-rewind'>, { lab }: FaultContext): Promise<void> {
  const { supervisor } = lab;
  await supervisor.ready('kafka');
  await supervisor.ready(process);
  supervisor.expectEnd(process);
  await supervisor.service(process).stop();
  try {
    await withAdmin(lab, async (admin) => {
      const { groups } = await admin.listGroups();
      for (const { groupId } of groups)
        if (groupId.startsWith(GROUPS[process])) await rewindGroup(admin, groupId, messages);
    });
  } finally {
    supervisor.begin(process);
  }
}

async function rewindGroup(admin: Admin, groupId: string, messages: number): Promise<void> {
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
    const ends = await endsOf(admin, [topic]);
    const earlier = partitions.flatMap(({ partition, offset }) => {
      const low = ends.find((one) => one.partition === partition)?.low ?? 0;
      return Number(offset) < 0 ? [] : [{ partition, offset: String(Math.max(low, Number(offset) - messages)) }];
    });
    if (earlier.length > 0) await admin.setOffsets({ groupId, topic, partitions: earlier });
  }
}

/** While the engine is down, what the importers published falls out of retention. */
export async function dropChanges({ afterMs }: Of<'kafka-drop'>, context: FaultContext): Promise<void> {
  const { lab } = context;
  const { supervisor } = lab;
  await supervisor.ready('kafka');
  await supervisor.ready('sync-engine');
  supervisor.expectEnd('sync-engine');
  await supervisor.service('sync-engine').stop();
  try {
    await pauseOf(afterMs, context);
    await withAdmin(lab, async (admin) => {
      const topic = changesTopic(CONNECTOR);
      const ends = await endsOf(admin, [topic]);
      const gone = ends
        .filter(({ low, high }) => low < high)
        .map(({ partition, high }) => ({ partition, offset: String(high) }));
      if (gone.length > 0) await admin.deleteTopicRecords({ topic, partitions: gone });
    });
  } finally {
    supervisor.begin('sync-engine');
  }
}

/** Messages each consumer group of ours has not read, and what lies in the dead-letter topics. */
export async function queues(lab: FaultLab): Promise<{
  readonly lags: Readonly<Record<string, number>>;
  readonly deadLetters: Readonly<Record<string, number>>;
}> {
  return withAdmin(lab, async (admin) => {
    const lags: Record<string, number> = {};
    const { groups } = await admin.listGroups();
    for (const { groupId } of groups.filter((one) => !one.groupId.startsWith('faults-')))
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
        const ends = await endsOf(admin, [topic]);
        for (const { partition, offset } of partitions) {
          const high = ends.find((one) => one.partition === partition)?.high ?? 0;
          if (Number(offset) >= 0)
            lags[`${groupId} ${topic}`] = (lags[`${groupId} ${topic}`] ?? 0) + Math.max(0, high - Number(offset));
        }
      }
    const letters = (await admin.listTopics()).filter((topic) => topic.endsWith('.dlq'));
    const ends = await endsOf(admin, letters);
    const deadLetters = Object.fromEntries(ends.map(({ id, low, high }) => [id, high - low]));
    return { lags, deadLetters };
  });
}

async function withAdmin<T>(lab: FaultLab, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = lab.kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
