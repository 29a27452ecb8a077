import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { connectMongo, type MongoHandle } from '@adjoin/shared';
import { AppliedStore, type Applied } from './applied.store.js';
import { IntentStore, type Intent } from './intent.store.js';
import { RateBudgetStore } from './rate-budget.store.js';
import { ShadowStore } from './shadow.store.js';

const uri = process.env['ADJOIN_TEST_MONGO'];
let mongo: MongoHandle;

describe.skipIf(uri === undefined)('state of the exporter in MongoDB', () => {
  beforeAll(async () => {
    const own = new URL(uri ?? '');
    own.pathname = `/exporter-state-${randomBytes(4).toString('hex')}`;
    mongo = await connectMongo(own.href);
  });
  beforeEach(async () => {
    await mongo.db.dropDatabase();
  });
  afterAll(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  const intent = (id: string): Intent => ({
    id,
    version: 1,
    anchor: `anchor of ${id}`,
    type: 'user',
    startedAt: new Date(1000),
  });
  const groups = () => mongo.db.collection('exportIntents').countDocuments();
  async function intentStore(): Promise<IntentStore> {
    const store = new IntentStore(mongo.db);
    await store.ensureIndexes();
    return store;
  }

  describe('intents', () => {
    it('are there for whoever handles the objects after a crash', async () => {
      await (await intentStore()).begin([intent('a'), intent('b')]);
      const found = await new IntentStore(mongo.db).load(['b', 'c']);
      expect([...found.values()]).toEqual([intent('b')]);
    });

    it('go when every create of the batch is settled', async () => {
      const store = await intentStore();
      const begun = await store.begin([intent('a'), intent('b')]);
      await begun.settle(new Set(['a', 'b']), new Map());
      expect([await groups(), (await store.load(['a', 'b'])).size]).toEqual([0, 0]);
    });

    it('stay for the creates that are still open', async () => {
      const store = await intentStore();
      const begun = await store.begin([intent('a'), intent('b')]);
      await begun.settle(new Set(['a']), new Map());
      expect([...(await store.load(['a', 'b'])).keys()]).toEqual(['b']);
    });

    it('of earlier batches go one by one, and the batch with the last of them', async () => {
      const store = await intentStore();
      await store.begin([intent('a'), intent('b')]);
      await store.begin([intent('c')]);
      const later = await store.begin([]);
      await later.settle(new Set(['a', 'c']), await store.load(['a', 'b', 'c']));
      expect([await groups(), [...(await store.load(['a', 'b', 'c'])).keys()]]).toEqual([1, ['b']]);
      await later.settle(new Set(['b']), await store.load(['b']));
      expect(await groups()).toBe(0);
    });

    it('are refused when another process has begun one of the creates', async () => {
      const store = await intentStore();
      await store.begin([intent('a')]);
      await expect(store.begin([intent('b'), intent('a')])).rejects.toMatchObject({ code: 'ADJ-GEN-0001' });
      expect((await store.load(['b'])).size).toBe(0);
    });
  });

  it('records what was applied, also when another process recorded some of it meanwhile', async () => {
    const store = new AppliedStore(mongo.db);
    await store.ensureIndexes();
    const applied = (id: string, version: number): Applied => ({
      _id: id,
      version,
      releasedAt: 't',
      at: new Date(0),
      cloudId: `cloud of ${id}`,
    });
    await store.record([applied('a', 1)], new Map());
    await store.record([applied('a', 2), applied('b', 1)], new Map());
    await store.record([applied('a', 3)], new Map([['a', true]]));
    const found = await store.load(['a', 'b']);
    expect([found.get('a')?.version, found.get('b')?.version]).toEqual([3, 1]);
  });

  it('notes updates beside what was created, also of objects it did not create, until they are deleted', async () => {
    const store = new AppliedStore(mongo.db);
    const created: Applied = { _id: 'a', version: 1, releasedAt: 't1', at: new Date(1000), cloudId: 'cloud of a' };
    const update = (objectId: string, version: number) => ({
      objectId,
      version,
      releasedAt: `t${version}`,
      cloudId: `cloud of ${objectId}`,
    });
    await store.record([created], new Map());
    await store.noteUpdates([update('a', 2), update('b', 5)]);
    await store.noteUpdates([update('a', 3)]);
    const found = await store.load(['a', 'b']);
    expect(found.get('a')).toEqual({ ...created, update: { version: 3, releasedAt: 't3' } });
    expect(found.get('b')).toMatchObject({
      version: 0,
      cloudId: 'cloud of b',
      update: { version: 5, releasedAt: 't5' },
    });
    await store.record([{ ...created, version: 4, cloudId: null }], found);
    expect((await store.load(['a'])).get('a')?.update).toBeUndefined();
  });

  it('keeps what was sent differently from what was asked, until it is sent as asked', async () => {
    const store = new ShadowStore(mongo.db);
    const alias = { asked: null, sent: 'kim' };
    await store.apply([
      { cloudId: '1', set: { alias }, unset: [], fresh: true },
      { cloudId: '2', set: { alias }, unset: [], fresh: true },
    ]);
    await store.apply([
      { cloudId: '1', set: {}, unset: ['alias'], fresh: false },
      { cloudId: '2', set: { displayName: alias }, unset: [], fresh: true },
    ]);
    expect(Object.fromEntries(await store.load(['1', '2']))).toEqual({ '1': {}, '2': { alias, displayName: alias } });
  });

  it('finds the values that may be applied later', async () => {
    const store = new ShadowStore(mongo.db);
    const of = (cloudId: string, name: string, asked: string | null) => ({
      cloudId,
      set: { [name]: { asked, sent: null } },
      unset: [],
      fresh: true,
    });
    await store.apply([of('1', 'mail', 'kim@corp.test'), of('2', 'alias', 'kim'), of('3', 'userPrincipalName', null)]);
    const held: string[] = [];
    for await (const id of store.held()) held.push(id);
    expect(held).toEqual(['1']);
  });

  describe('the budget of writes', () => {
    const store = () => new RateBudgetStore(mongo.db, 'entra', { capacity: 3000, perSecond: 20 });

    it('limits nothing before the service speaks of a limit', async () => {
      expect(await store().draw(20)).toEqual({ level: undefined, granted: 20, waitMs: 0 });
    });

    it('is one bucket for all replicas: what one takes another does not get', async () => {
      await store().observe(50, 10);
      const draws = await Promise.all([store().draw(20), store().draw(20), store().draw(20)]);
      expect(draws.map(({ granted }) => granted).sort()).toEqual([0, 20, 20]);
      expect(draws.find(({ granted }) => granted === 0)?.waitMs).toBeGreaterThan(0);
      expect((await store().read()).level?.tokens).toBeLessThan(20);
    });

    it('fills on the clock of the database and forgets a limit without signs', async () => {
      await store().observe(0, 0);
      const budgets = mongo.db.collection<{ _id: string }>('rateBudget');
      const seconds = (ago: number): Date => new Date(Date.now() - ago * 1000);
      await budgets.updateOne({ _id: 'entra' }, { $set: { at: seconds(60) } });
      expect((await store().read()).level?.tokens).toBeGreaterThanOrEqual(1200);
      await budgets.updateOne({ _id: 'entra' }, { $set: { signAt: seconds(1000) } });
      expect(await store().draw(20)).toMatchObject({ level: undefined, granted: 20 });
      await store().observe(100, 0, 5);
      expect((await store().read()).level?.perSecond).toBeCloseTo(5, 1);
      expect((await store().read()).level?.tokens).toBeCloseTo(100, -1);
    });
  });
});
