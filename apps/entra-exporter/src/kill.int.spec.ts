import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMongo, type MongoHandle } from '@adjoin/shared';
import { AppliedStore } from './state/applied.store.js';
import { IntentStore } from './state/intent.store.js';
import { ShadowStore } from './state/shadow.store.js';
import { EngineStub, aGroupExport, aUserExport } from './testing/engine-stub.js';
import type { KillPoint } from './testing/exporter-process.js';
import { aWorld, seeded, type World } from './testing/world.js';

const uri = process.env['ADJOIN_TEST_MONGO'];
const KILLS = 200;
/** How long the directory hides a new object; the exporter's window is 30 s. */
const EVENTUAL_MS = 20_000;
const CREATE = /"method":"POST","url":"\/(users|groups)"/;

let mongo: MongoHandle;
let world: World;

describe.skipIf(uri === undefined)('an exporter that is killed between a create and its recording', () => {
  beforeAll(async () => {
    const own = new URL(uri ?? '');
    own.pathname = `/exporter-kill-${randomBytes(4).toString('hex')}`;
    mongo = await connectMongo(own.href);
    const intents = new IntentStore(mongo.db);
    const applied = new AppliedStore(mongo.db);
    await Promise.all([intents.ensureIndexes(), applied.ensureIndexes()]);
    const state = { intents, applied, shadows: new ShadowStore(mongo.db) };
    world = await aWorld({ state, simulator: { eventualMs: EVENTUAL_MS } });
  });
  afterAll(async () => {
    await world.close();
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  it(`${KILLS} times leaves no object twice and none out`, { timeout: 600_000 }, async () => {
    const random = seeded(3);
    const points = new Map<string, number>();
    let armed: 'answer' | 'record' | 'tell' | undefined;
    const kill: KillPoint = (what, detail) => {
      if (what !== armed || (what === 'answer' && !CREATE.test(detail))) return false;
      points.set(what, (points.get(what) ?? 0) + 1);
      armed = undefined;
      return true;
    };
    const engine = new EngineStub(world, { random, kill });
    for (let round = 0; round < KILLS; round++) {
      armed = random() < 0.6 ? 'answer' : random() < 0.5 ? 'record' : 'tell';
      await engine.settle([aUserExport(), aGroupExport(), aUserExport(), aGroupExport()]);
    }

    expect(engine.kills).toBe(KILLS);
    expect([...points.keys()].sort()).toEqual(['answer', 'record', 'tell']);
    const stats = (await world.admin('GET', '/stats')) as {
      objects: { users: number; groups: number };
      duplicateAnchors: unknown[];
    };
    expect(stats.duplicateAnchors).toEqual([]);
    expect([stats.objects.users, stats.objects.groups]).toEqual([2 * KILLS, 2 * KILLS]);
    expect([...engine.outcomes.values()].filter(({ outcome }) => outcome !== 'applied')).toEqual([]);
    expect(await mongo.db.collection('exportIntents').countDocuments()).toBe(0);
  });
});
