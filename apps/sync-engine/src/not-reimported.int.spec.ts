import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportMessage } from '@adjoin/contracts';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

/** A later read shows something else than what was sent last. */
async function contradict(created: ExportMessage, cloudId: string): Promise<readonly ExportMessage[]> {
  const attributes = {
    ...created.attributes,
    sourceAnchor: created.sourceAnchor,
    cloudAnchor: `User_${cloudId}`,
    cloudMastered: false,
    department: 'As the cloud wants',
  };
  const readStartedAt = new Date(Date.now() + 3_600_000).toISOString();
  await engine.deliver([
    engine.object({ connector: 'entra', anchor: cloudId, objectType: 'user', attributes, readStartedAt }),
  ]);
  return engine.settle();
}

describe('a value that the target takes and does not keep (exported-change-not-reimported)', () => {
  it('is sent once more at once, then after a pause, with a code; other changes go meanwhile', async () => {
    await engine.deliver([engine.user(1)]);
    await engine.baseline();
    const [created] = await engine.settle();
    if (created === undefined) throw new Error('nothing was released');
    const { objectId } = created;
    const { anchor: cloudId = '' } = (await engine.store.cs.findOne({ _id: objectId })) ?? {};
    await engine.deliver([engine.object({ anchor: guid(1), op: 'delta', attributes: { department: 'Sales' } })]);
    expect(await engine.settle()).toMatchObject([{ operation: 'update', attributes: { department: 'Sales' } }]);

    expect(await contradict(created, cloudId)).toMatchObject([
      { operation: 'update', attributes: { department: 'Sales' } },
    ]);
    expect(await contradict(created, cloudId)).toEqual([]);
    const waiting = await engine.store.cs.findOne({ _id: objectId });
    expect(waiting?.exp).toMatchObject({ state: 'pending', code: 'ADJ-EXP-3018' });
    expect(waiting?.exp?.nextAt.getTime()).toBeGreaterThan(Date.now() + 30_000);

    await engine.deliver([engine.object({ anchor: guid(1), op: 'delta', attributes: { title: 'Clerk' } })]);
    expect(await engine.settle()).toMatchObject([{ attributes: { title: 'Clerk' } }]);
  });
});
