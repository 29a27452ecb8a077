import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportMessage } from '@adjoin/contracts';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
let engine: EngineHarness;
let group: string;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
  await engine.deliver([engine.user(1), engine.user(2), engine.group(50, [1, 2])]);
  await engine.baseline();
  await engine.settle();
  group = (await engine.store.cs.findOne({ connector: 'entra', type: 'group' }))?.anchor ?? '';
});
afterEach(() => engine.close());

/** The user leaves the scope, still a member, and the target deletes it. */
async function leave(): Promise<void> {
  await engine.deliver([engine.object({ anchor: guid(1), op: 'delete', reason: 'left-scope' })]);
  await engine.sync();
  await engine.endRun('corp', 'delta-import');
  const exports = await engine.settle();
  expect(exports.map(({ operation }) => operation)).toEqual(['delete']);
}

/** The user is back; the target takes it out of its recycle bin, with the memberships it had. Gives what is exported afterwards. */
async function comeBack(memberOf: readonly string[]): Promise<readonly ExportMessage[]> {
  await engine.deliver([engine.user(1)]);
  await engine.sync();
  const exports = await engine.release();
  expect(exports.map(({ operation }) => operation)).toEqual(['add']);
  await engine.answer(
    exports.map(({ objectId, version, operation }) => ({
      target: 'entra',
      objectId,
      version,
      operation,
      outcome: 'applied',
      cloudId: 'restored',
      at: new Date().toISOString(),
      restored: { memberOf: [...memberOf], members: [] },
    })),
  );
  return engine.settle();
}

const members = (exports: readonly ExportMessage[]) =>
  exports.flatMap(({ references }) => {
    const { add = [], remove = [] } = references?.['member'] ?? {};
    return [...add.map(({ cloudId }) => `+${cloudId}`), ...remove.map(({ cloudId }) => `-${cloudId}`)];
  });

describe('a membership that a restore brought back', () => {
  it('is removed when it ended meanwhile', async () => {
    await leave();
    await engine.deliver([engine.group(50, [2], 's2')]);
    expect(members(await comeBack([group]))).toEqual(['-restored']);
    expect(await engine.store.targetEdges.countDocuments()).toBe(1);
  });

  it('is not sent again when it is still wanted, and is removed when it ends later', async () => {
    await leave();
    expect(members(await comeBack([group]))).toEqual([]);
    await engine.deliver([engine.group(50, [2], 's2')]);
    expect(members(await engine.settle())).toEqual(['-restored']);
  });

  it('is left alone in a group that is not synchronized', async () => {
    await leave();
    await engine.deliver([engine.group(50, [2], 's2')]);
    expect(members(await comeBack(['a group of the cloud']))).toEqual([]);
  });
});
