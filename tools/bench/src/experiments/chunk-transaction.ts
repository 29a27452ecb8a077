// ADR 0001: one transaction a chunk, with join locks, one to four workers. Run: node tools/bench/dist/experiments/chunk-transaction.js [workers]
import mongoose from 'mongoose';
import { machine, ownCpu, serverCpu, timed, withScratchMongo, type ClientSession, type Db } from './scratch-mongo.js';

const TOTAL = 8000;
/** Of 50 objects one has a partner somewhere else in the run with the same join key, as a person in two forests has. */
const PARTNER_EVERY = 50;
const partners = pairAtRandom(TOTAL / PARTNER_EVERY);

interface Numbered {
  _id: string;
  [field: string]: unknown;
}
interface Measure {
  commits: number;
  conflicts: number;
  failures: number;
  milliseconds: number;
  /** Processor milliseconds of client and server. */
  cpu: number;
}

const payload = Object.fromEntries(
  Array.from({ length: 25 }, (_, index) => [`attribute${index}`, `value ${index} of a typical object`]),
);

/** The number of the pair each object belongs to; the same at every run. */
function pairAtRandom(count: number): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  let seed = 1;
  for (let last = count - 1; last > 0; last--) {
    seed = (seed * 48271) % 2147483647;
    const other = seed % (last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  const pairs = new Array<number>(count);
  order.forEach((index, position) => (pairs[index] = Math.floor(position / 2)));
  return pairs;
}

function isConflict(error: unknown): boolean {
  if (!(error instanceof mongoose.mongo.MongoServerError)) return false;
  return error.hasErrorLabel('TransientTransactionError') || error.code === 11000 || error.code === 112;
}

/** Ten writes an object: source, metaverse and target object, two locks, an outbox record, four edges. */
async function commitChunk(
  db: Db,
  session: ClientSession,
  chunk: readonly number[],
  run: string,
  locks: boolean,
): Promise<void> {
  const lockIds = chunk.flatMap((n) => {
    const person = n % PARTNER_EVERY === 0 ? `pair-${partners[n / PARTNER_EVERY]}` : `own-${n}`;
    return [`${run}|mail|${person}`, `${run}|anchor|${n}`];
  });
  if (locks) {
    const upserts = lockIds
      .sort()
      .map((_id) => ({ updateOne: { filter: { _id }, update: { $inc: { n: 1 } }, upsert: true } }));
    await db.collection<{ _id: string; n: number }>('joinLocks').bulkWrite(upserts, { ordered: false, session });
  }
  const object = (kind: string, n: number): Numbered => ({
    _id: `${run}|${kind}|${n}`,
    kind,
    attributes: payload,
    joinKeys: [`mail:${n}`],
  });
  await db
    .collection<Numbered>('connectorObjects')
    .insertMany([...chunk.map((n) => object('source', n)), ...chunk.map((n) => object('target', n))], { session });
  await db.collection<Numbered>('metaverseObjects').insertMany(
    chunk.map((n) => object('mv', n)),
    { session },
  );
  await db.collection<Numbered>('outbox').insertMany(
    chunk.map((n) => object('export', n)),
    { session },
  );
  const edges = chunk.flatMap((n) => [0, 1, 2, 3].map((m) => ({ _id: `${run}|${n}>member>${m}`, g: n, m })));
  await db.collection<Numbered>('sourceEdges').insertMany(edges, { session });
}

async function worker(
  client: mongoose.mongo.MongoClient,
  db: Db,
  queue: number[][],
  run: string,
  locks: boolean,
  measure: Measure,
): Promise<void> {
  for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) {
    for (let attempt = 1; ; attempt++) {
      const session = client.startSession();
      try {
        session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
        await commitChunk(db, session, chunk, run, locks);
        await session.commitTransaction();
        measure.commits++;
        break;
      } catch (error) {
        await session.abortTransaction().catch(() => undefined); // the server has ended it already
        if (!isConflict(error)) throw error;
        measure.conflicts++;
        if (attempt === 20) {
          measure.failures++;
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 5 * attempt));
      } finally {
        await session.endSession();
      }
    }
  }
}

async function measureRun(
  client: mongoose.mongo.MongoClient,
  db: Db,
  size: number,
  workers: number,
  locks: boolean,
): Promise<Measure> {
  const measure: Measure = { commits: 0, conflicts: 0, failures: 0, milliseconds: 0, cpu: 0 };
  const queue = Array.from({ length: Math.ceil(TOTAL / size) }, (_, index) =>
    Array.from({ length: Math.min(size, TOTAL - index * size) }, (_, n) => index * size + n),
  );
  const run = `${size}-${workers}-${String(locks)}`;
  const before = ownCpu() + (await serverCpu(db));
  const [milliseconds] = await timed(() =>
    Promise.all(Array.from({ length: workers }, () => worker(client, db, queue, run, locks, measure))),
  );
  return { ...measure, milliseconds, cpu: ownCpu() + (await serverCpu(db)) - before };
}

await withScratchMongo(async (client, db) => {
  console.log(`${machine()}; ${TOTAL} objects a run, 10 writes an object`);
  for (const name of ['joinLocks', 'connectorObjects', 'metaverseObjects', 'outbox', 'sourceEdges'])
    await db.createCollection(name);
  await db.collection('metaverseObjects').createIndex({ joinKeys: 1 });
  await db.collection('sourceEdges').createIndex({ m: 1 });
  await measureRun(client, db, 500, 1, true); // warms files and connections; not printed
  for (const name of ['joinLocks', 'connectorObjects', 'metaverseObjects', 'outbox', 'sourceEdges'])
    await db.collection(name).deleteMany({});
  const only = process.argv[2] === undefined ? undefined : Number(process.argv[2]);
  const runs = [
    ...[100, 250, 500, 1000].map((size) => ({ size, workers: 1, locks: true })),
    { size: 500, workers: 1, locks: false },
    ...[2, 4].flatMap((workers) => [100, 500].map((size) => ({ size, workers, locks: true }))),
  ].filter(({ workers }) => only === undefined || workers === only);
  console.log(
    'chunk | workers | locks | objects/s | ms a chunk | cpu-ms an object | conflicts | attempts lost | given up',
  );
  for (const { size, workers, locks } of runs) {
    const { commits, conflicts, failures, milliseconds, cpu } = await measureRun(client, db, size, workers, locks);
    const lost = ((100 * conflicts) / (commits + conflicts)).toFixed(0);
    const rate = Math.round(((commits * size) / milliseconds) * 1000);
    console.log(
      [
        size,
        workers,
        locks,
        rate,
        Math.round((milliseconds * workers) / commits),
        (cpu / TOTAL).toFixed(2),
        conflicts,
        `${lost} %`,
        failures,
      ].join(' | '),
    );
    for (const name of ['joinLocks', 'connectorObjects', 'metaverseObjects', 'outbox', 'sourceEdges'])
      await db.collection(name).deleteMany({});
  }
});
