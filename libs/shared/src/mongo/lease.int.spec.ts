import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMongo, type MongoHandle } from './connection.js';
import { holdLease } from './lease.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';

describe('a lease', () => {
  let mongo: MongoHandle;
  beforeAll(async () => {
    const url = new URL(uri);
    url.pathname = `/lease-${randomUUID().slice(0, 8)}`;
    mongo = await connectMongo(url.toString());
  });
  afterAll(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  it('that somebody else holds makes a standby, who is told so and takes over when it is free', async () => {
    const { signal } = new AbortController();
    const first = await holdLease(mongo.db, { name: 'work', owner: 'a' }, signal);
    const told = Promise.withResolvers<void>();
    const second = holdLease(mongo.db, { name: 'work', owner: 'b', retryMs: 10, standby: told.resolve }, signal);
    await told.promise;
    await first?.release();
    const taken = await second;
    expect(taken?.epoch).toBe((first?.epoch ?? 0) + 1);
    await taken?.release();
  });

  it('that is free makes nobody a standby', async () => {
    const { signal } = new AbortController();
    const told: string[] = [];
    const standby = (): void => void told.push('standby');
    const lease = await holdLease(mongo.db, { name: 'free', owner: 'a', standby }, signal);
    await lease?.release();
    expect(told).toEqual([]);
  });
});
