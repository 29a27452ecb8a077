import { PASSWORD_SCOPE_TOPIC, type PasswordScope } from '@adjoin/contracts';
import type { MessageProducer } from '@adjoin/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from '../release/outbox.js';
import { EngineHarness, guid } from '../testing/engine-harness.js';
import { PasswordScopePublisher } from './password-scope.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
const NOBODY: MessageProducer = { send: () => Promise.resolve(), close: () => Promise.resolve() };
let engine: EngineHarness;
let stop: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  engine = await EngineHarness.open(uri);
  start();
});
afterEach(async () => {
  await end();
  await engine.close();
});

function start(): void {
  stop = new AbortController();
  const publisher = new PasswordScopePublisher({
    store: engine.store,
    outbox: new Outbox(engine.store, NOBODY),
    plan: () => engine.rules.plan,
    sources: new Set(['corp']),
    isTarget: (name) => name === 'entra',
  });
  running = publisher.run(stop.signal);
}

async function end(): Promise<void> {
  stop.abort();
  await running;
}

/** Records in the order they were written. */
async function records(): Promise<{ key: string; value: PasswordScope | null }[]> {
  const documents = await engine.store.outbox.find({ topic: PASSWORD_SCOPE_TOPIC }).sort({ _id: 1 }).toArray();
  return documents.flatMap(({ records: part }) =>
    part.map(({ key, json }) => ({ key, value: JSON.parse(json) as PasswordScope | null })),
  );
}

/** The compacted topic: the last record of each key. */
const compacted = async () => new Map((await records()).map(({ key, value }) => [key, value]));

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const passed = await check().then(
      () => true,
      () => false,
    );
    if (passed) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await check();
}

const key = (n: number): string => `corp/${guid(n)}`;

describe('the password scope', () => {
  it('names whose password goes where, and the target id once it is known', async () => {
    await engine.deliver([engine.user(1), engine.user(2)]);
    await engine.baseline();
    await engine.sync();
    await eventually(async () => expect([...(await compacted()).keys()].sort()).toEqual([key(1), key(2)]));
    expect((await compacted()).get(key(1))).toMatchObject({ objectGuid: guid(1), target: 'entra', version: 1 });
    await engine.settle();
    await eventually(async () =>
      expect((await compacted()).get(key(1))?.cloudId).toEqual(expect.stringContaining('cloud-')),
    );
  });

  it('ends with a tombstone when a user is disabled or deleted, and begins again when it is enabled', async () => {
    await engine.deliver([engine.user(1), engine.user(2)]);
    await engine.baseline();
    await engine.settle();
    await eventually(async () => expect((await compacted()).size).toBe(2));
    await engine.deliver([
      engine.user(1, { userAccountControl: 514 }),
      engine.object({ anchor: guid(2), op: 'delete' }),
    ]);
    await engine.settle();
    await eventually(async () => expect([...(await compacted()).values()]).toEqual([null, null]));
    await engine.deliver([engine.user(1)]);
    await engine.settle();
    await eventually(async () => expect((await compacted()).get(key(1))?.version).toBeGreaterThan(2));
  });

  it('says nothing anew after a restart, and what changed meanwhile', async () => {
    await engine.deliver([engine.user(1)]);
    await engine.baseline();
    await engine.settle();
    await eventually(async () => expect((await compacted()).get(key(1))?.cloudId).toBeDefined());
    await end();
    const before = (await records()).length;
    await engine.deliver([engine.user(2)]);
    await engine.sync();
    start();
    await eventually(async () => expect((await records()).length).toBe(before + 1));
    expect((await records()).at(-1)?.key).toBe(key(2));
  });

  it('is compared as a whole when the position in the log of the database is lost', async () => {
    await engine.deliver([engine.user(1)]);
    await engine.baseline();
    await engine.settle();
    await eventually(async () => expect((await compacted()).get(key(1))?.cloudId).toBeDefined());
    await end();
    await engine.deliver([engine.user(2)]);
    await engine.sync();
    await engine.store.state.updateOne({ _id: 'password-scope' }, { $set: { token: { _data: '00' } } });
    start();
    await eventually(async () => expect([...(await compacted()).keys()].sort()).toEqual([key(1), key(2)]));
  });
});
