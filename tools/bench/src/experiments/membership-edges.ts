// ADR 0002: three ways to store two million memberships. Run: node tools/bench/dist/experiments/membership-edges.js [thousands of edges] [string|binary|buckets]
import mongoose from 'mongoose';
import { machine, ownCpu, serverCpu, timed, withScratchMongo, type Db } from './scratch-mongo.js';

const THOUSANDS = Number(process.argv[2] ?? 2000);
const EDGES = THOUSANDS * 1000;
const BIG_GROUP = EDGES / 8;
const USER_GROUPS = 3000;
const BUCKET = 256;
const BATCH = 5000;
const { Binary } = mongoose.mongo;

interface Edge {
  readonly group: number;
  readonly user: number;
}
interface Layout {
  readonly name: string;
  readonly indexes: readonly Record<string, 1>[];
  readonly insert: (edges: readonly Edge[]) => Promise<void>;
  readonly add: (edge: Edge) => Promise<void>;
  readonly remove: (edge: Edge) => Promise<void>;
  readonly readGroup: (group: number) => Promise<number>;
  readonly deleteUser: (user: number) => Promise<number>;
}

const text = (n: number): string => `corp|0000${n.toString(16).padStart(8, '0')}-4a5b-4c6d-8e7f-0123456789ab`;
/** 12 bytes stand for a GUID each; both ends in one `_id`, the group first so that a group is one range. */
function binary(group: number, user: number): mongoose.mongo.Binary {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32BE(group, 0);
  bytes.writeUInt32BE(user, 12);
  return new Binary(bytes);
}
const end = (n: number): mongoose.mongo.Binary => new Binary(binary(n, 0).buffer.subarray(0, 12));
const bucketOf = (user: number, buckets: number): number => ((user * 2654435761) >>> 0) % buckets;
const bucketsOf = (group: number): number => Math.max(1, Math.ceil(sizeOf(group) / BUCKET));
const sizeOf = (group: number): number => (group === 0 ? BIG_GROUP : Math.round((EDGES - BIG_GROUP) / SMALL_GROUPS));
const SMALL_GROUPS = Math.max(USER_GROUPS + 1, Math.round(EDGES / 200));

/** Group 0 is the big one; user 7 is in 3,000 groups; everybody else by turns. */
function* edges(): Generator<Edge> {
  for (let n = 0; n < BIG_GROUP; n++) yield { group: 0, user: n + 100 };
  for (let group = 1; group <= SMALL_GROUPS; group++) {
    const size = sizeOf(group);
    for (let n = 0; n < size; n++)
      yield { group, user: n === 0 && group <= USER_GROUPS ? 7 : 100 + ((group * 131 + n * 977) % BIG_GROUP) };
  }
}

function stringLayout(db: Db): Layout {
  const collection = db.collection<{ _id: string; g: string; a: string; t: string; e: number; q: number }>(
    'stringEdges',
  );
  const document = ({ group, user }: Edge) => ({
    _id: `${text(group)}>member>${text(user)}`,
    g: text(group),
    a: 'member',
    t: text(user),
    e: 1,
    q: 1,
  });
  return {
    name: 'string _id',
    indexes: [{ g: 1, a: 1 }, { t: 1 }],
    insert: async (batch) => void (await collection.insertMany(batch.map(document), { ordered: false })),
    add: async (edge) => void (await collection.insertOne(document(edge))),
    remove: async (edge) => void (await collection.deleteOne({ _id: document(edge)._id })),
    readGroup: async (group) =>
      (
        await collection
          .find({ g: text(group), a: 'member' })
          .project({ t: 1 })
          .toArray()
      ).length,
    deleteUser: async (user) => (await collection.deleteMany({ t: text(user) })).deletedCount,
  };
}

function binaryLayout(db: Db): Layout {
  const collection = db.collection<{ _id: mongoose.mongo.Binary; t: mongoose.mongo.Binary; e: number; q: number }>(
    'binaryEdges',
  );
  const document = ({ group, user }: Edge) => ({ _id: binary(group, user), t: end(user), e: 1, q: 1 });
  return {
    name: 'binary _id',
    indexes: [{ t: 1 }],
    insert: async (batch) => void (await collection.insertMany(batch.map(document), { ordered: false })),
    add: async (edge) => void (await collection.insertOne(document(edge))),
    remove: async (edge) => void (await collection.deleteOne({ _id: binary(edge.group, edge.user) })),
    readGroup: async (group) =>
      (
        await collection
          .find({ _id: { $gte: binary(group, 0), $lt: binary(group + 1, 0) } })
          .project({ _id: 1 })
          .toArray()
      ).length,
    deleteUser: async (user) => (await collection.deleteMany({ t: end(user) })).deletedCount,
  };
}

function bucketLayout(db: Db): Layout {
  const collection = db.collection<{ _id: string; t: mongoose.mongo.Binary[] }>('bucketEdges');
  const bucket = ({ group, user }: Edge): string => `${group}|${bucketOf(user, bucketsOf(group))}`;
  return {
    name: 'buckets of 256',
    indexes: [{ t: 1 }],
    insert: async (batch) => {
      const byBucket = new Map<string, mongoose.mongo.Binary[]>();
      for (const edge of batch) byBucket.set(bucket(edge), [...(byBucket.get(bucket(edge)) ?? []), end(edge.user)]);
      const pushes = [...byBucket].map(([_id, users]) => ({
        updateOne: { filter: { _id }, update: { $push: { t: { $each: users } } }, upsert: true },
      }));
      await collection.bulkWrite(pushes, { ordered: false });
    },
    add: async (edge) =>
      void (await collection.updateOne({ _id: bucket(edge) }, { $addToSet: { t: end(edge.user) } }, { upsert: true })),
    remove: async (edge) => void (await collection.updateOne({ _id: bucket(edge) }, { $pull: { t: end(edge.user) } })),
    readGroup: async (group) => {
      const ids = Array.from({ length: bucketsOf(group) }, (_, n) => `${group}|${n}`);
      let members = 0;
      for await (const { t } of collection.find({ _id: { $in: ids } })) members += t.length;
      return members;
    },
    deleteUser: async (user) =>
      (await collection.updateMany({ t: end(user) }, { $pull: { t: end(user) } })).modifiedCount,
  };
}

async function insertAll(layout: Layout): Promise<number> {
  const seen = new Set<number>();
  let batch: Edge[] = [];
  let inserted = 0;
  let group = -1;
  for (const edge of edges()) {
    if (edge.group !== group) {
      group = edge.group;
      seen.clear();
    }
    if (seen.has(edge.user)) continue;
    seen.add(edge.user);
    batch.push(edge);
    inserted++;
    if (batch.length === BATCH) {
      await layout.insert(batch);
      batch = [];
    }
  }
  if (batch.length > 0) await layout.insert(batch);
  return inserted;
}

async function measure(db: Db, layout: Layout, collectionName: string): Promise<void> {
  await db.createCollection(collectionName);
  for (const index of layout.indexes) await db.collection(collectionName).createIndex(index);
  const cpuBefore = ownCpu() + (await serverCpu(db));
  const [insertMs, inserted] = await timed(() => insertAll(layout));
  const cpu = ownCpu() + (await serverCpu(db)) - cpuBefore;
  const [addMs] = await timed(async () => {
    for (let n = 0; n < 200; n++) await layout.add({ group: 0, user: 3_000_000 + n });
  });
  const [removeMs] = await timed(async () => {
    for (let n = 0; n < 200; n++) await layout.remove({ group: 0, user: 3_000_000 + n });
  });
  const [readMs, members] = await timed(() => layout.readGroup(0));
  const [deleteMs, deleted] = await timed(() => layout.deleteUser(7));
  await db.admin().command({ fsync: 1 }); // sizes are those on disk
  const stats = await db.command({ collStats: collectionName, scale: 1_048_576 });
  const row = [
    layout.name,
    Math.round((inserted / insertMs) * 1000),
    Math.round((cpu / inserted) * 1000),
    `${String(stats['size'])} / ${String(stats['storageSize'])} / ${String(stats['totalIndexSize'])}`,
    `${(addMs / 200).toFixed(2)} / ${(removeMs / 200).toFixed(2)}`,
    `${Math.round(readMs)} (${members})`,
    `${Math.round(deleteMs)} (${deleted})`,
  ];
  console.log(row.join(' | '));
  await db.collection(collectionName).drop();
}

await withScratchMongo(async (_client, db) => {
  console.log(`${machine()}; ${EDGES} edges, a group of ${BIG_GROUP}, a user in ${USER_GROUPS} groups`);
  console.log(
    'layout | edges/s | cpu-us an edge | MB data / stored / indexes | ms add / remove one | ms read the group | ms delete the user',
  );
  const only = process.argv[3];
  if (only === undefined || only === 'string') await measure(db, stringLayout(db), 'stringEdges');
  if (only === undefined || only === 'binary') await measure(db, binaryLayout(db), 'binaryEdges');
  if (only === undefined || only === 'buckets') await measure(db, bucketLayout(db), 'bucketEdges');
});
