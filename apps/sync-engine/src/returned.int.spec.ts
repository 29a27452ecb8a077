import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
  await engine.deliver([engine.user(1), engine.user(2)]);
  await engine.baseline();
  await engine.settle();
});
afterEach(() => engine.close());

describe('an object that was deleted and is back', () => {
  it('is not deleted in the target while its rules fail', async () => {
    await engine.deliver([engine.object({ anchor: guid(1), op: 'delete', reason: 'tombstone' })]);
    await engine.sync();
    const failing = engine.user(1, { userPrincipalName: null, sAMAccountName: null });
    await engine.deliver([failing]);
    await engine.endRun('corp', 'delta-import');
    expect(await engine.settle()).toEqual([]);
    const stored = await engine.store.cs.findOne({ connector: 'corp', anchor: guid(1) });
    expect(stored?.error).toBeDefined();

    await engine.deliver([engine.user(1)]);
    await engine.endRun('corp', 'delta-import');
    expect((await engine.settle()).map(({ operation }) => operation)).not.toContain('delete');

    await engine.deliver([engine.object({ anchor: guid(2), op: 'delete', reason: 'tombstone' })]);
    await engine.sync();
    await engine.endRun('corp', 'delta-import');
    expect((await engine.settle()).map(({ operation }) => operation)).toEqual(['delete']);
  });
});
