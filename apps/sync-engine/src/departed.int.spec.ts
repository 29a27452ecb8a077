import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

/** User 1 is synchronized, deleted and forgotten; gives the message that reported the user first. */
async function deletedUser() {
  const first = engine.user(1);
  await engine.deliver([first, engine.user(2)]);
  await engine.baseline();
  await engine.settle();
  await engine.deliver([engine.object({ anchor: guid(1), op: 'delete', reason: 'tombstone' })]);
  await engine.sync();
  await engine.endRun('corp', 'delta-import');
  await engine.settle();
  expect(await engine.store.mv.countDocuments()).toBe(1);
  return first;
}

describe('an object that was deleted and forgotten', () => {
  it('does not come back by an old message about it', async () => {
    const first = await deletedUser();
    await engine.deliver([first]);
    expect(await engine.settle()).toEqual([]);
    expect(await engine.store.mv.countDocuments()).toBe(1);
  });

  it('does not come back by what a former holder of the lease still had in hand', async () => {
    await deletedUser();
    const late = engine.user(1);
    await engine.deliver([{ ...late, version: { epoch: 0, seq: late.version.seq } }]);
    expect(await engine.settle()).toEqual([]);
  });

  it('comes back when the directory has it again', async () => {
    await deletedUser();
    await engine.deliver([engine.user(1)]);
    expect((await engine.settle()).map(({ operation }) => operation)).toEqual(['add']);
  });

  it('is taken from another domain, whose versions are of another kind', async () => {
    const first = await deletedUser();
    await engine.deliver([{ ...first, partition: 'DC=child,DC=corp,DC=test' }]);
    expect(await engine.store.cs.countDocuments({ connector: 'corp', anchor: guid(1) })).toBe(1);
  });
});
