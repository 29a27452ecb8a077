import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseOperations, sumOf } from './database-operations.js';

const url = new URL(process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0');
url.pathname = `/operations-${randomUUID().slice(0, 8)}`;

describe('operations of the database', () => {
  const client = new mongoose.mongo.MongoClient(url.toString());
  const operations = new DatabaseOperations(url.toString());
  const edges = client.db().collection<{ _id: number; n: number }>('sourceEdges');
  beforeAll(() => edges.insertMany([1, 2, 3, 4].map((n) => ({ _id: n, n }))));
  afterAll(async () => {
    await client.db().dropDatabase();
    await Promise.all([client.close(), operations.close()]);
  });

  it('are counted in the spaces and nowhere else, those of a transaction too, each time from nothing', async () => {
    const work = (): Promise<void> =>
      client.withSession((session) =>
        session.withTransaction(async () => {
          await edges.updateOne({ _id: 1 }, { $inc: { n: 10 } }, { session });
          await edges.deleteOne({ _id: 77 }, { session });
          await client.db().collection('leases').insertOne({}, { session });
        }),
      );
    const first = await operations.of(work);
    expect(first).toMatchObject({ writes: 2, documents: 1 });
    expect(await operations.of(work)).toEqual(first);
    const looked = await operations.of(async () => void (await edges.find({ n: { $gt: 0 } }).toArray()));
    expect(looked).toEqual({ writes: 0, documents: 0, examined: 4 });
  });

  it('add up over records', () => {
    expect(
      sumOf([
        { op: 'insert', ninserted: 3 },
        { op: 'update', nModified: 2, docsExamined: 5 },
        { op: 'query', docsExamined: 7 },
      ]),
    ).toEqual({ writes: 2, documents: 5, examined: 12 });
  });
});
