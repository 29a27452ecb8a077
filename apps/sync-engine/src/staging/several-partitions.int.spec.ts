import type { ChangeMessage } from '@adjoin/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineHarness } from '../testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';

let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

/** Messages of a Kafka partition from an offset on. */
const batch = (partition: number, from: number, messages: readonly ChangeMessage[]) => ({
  topic: 'adjoin.changes.corp',
  partition,
  messages: messages.map((message, index) => ({
    key: '',
    value: Buffer.from(JSON.stringify(message)),
    offset: String(from + index),
    headers: {},
  })),
});

describe('partitions that are staged together', () => {
  it('go on each from where it was, and nothing is staged twice', async () => {
    const [one, two, three] = [engine.user(1), engine.user(2), engine.user(3)];
    expect(await engine.staging.stage([batch(0, 0, [one]), batch(1, 0, [two])])).toMatchObject({ staged: 2, due: 2 });
    expect(await engine.staging.stage([batch(0, 0, [one]), batch(1, 0, [two, three])])).toMatchObject({ staged: 1 });
    expect(await engine.staging.stage([batch(0, 0, [one]), batch(1, 0, [two, three])])).toMatchObject({ staged: 0 });
    expect(await engine.store.cs.countDocuments({ connector: 'corp', type: 'user' })).toBe(3);
    const offset = async (partition: number) =>
      (await engine.store.state.findOne({ _id: `offset:adjoin.changes.corp:${partition}` }))?.['offset'];
    expect([await offset(0), await offset(1)]).toEqual([0, 1]);
  });

  it('count for their run each with its own messages', async () => {
    const ofRun = (n: number): ChangeMessage => ({
      ...engine.user(n),
      run: { id: 'full', attempt: 1, profile: 'full-import' },
    });
    const staged = await engine.staging.stage([batch(0, 0, [ofRun(1), ofRun(2)]), batch(1, 0, [ofRun(3)])]);
    expect(staged.filling).toBe(true);
    const run = await engine.store.state.findOne({ _id: { $regex: '^run:full:1:' } });
    expect(run).toMatchObject({ seen: { 0: 2, 1: 1 } });
  });

  it('are not a full import that goes on when somebody changed something meanwhile', async () => {
    const full: ChangeMessage = { ...engine.user(1), run: { id: 'full', attempt: 1, profile: 'full-import' } };
    const staged = await engine.staging.stage([batch(0, 0, [full]), batch(1, 0, [engine.user(2)])]);
    expect(staged.filling).toBe(false);
  });
});
