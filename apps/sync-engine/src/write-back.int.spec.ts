import type { ObjectChange } from '@adjoin/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineHarness, guid, guidBytes } from './testing/engine-harness.js';

const mongo = process.env['ADJOIN_TEST_MONGO'];
const ANCHOR = 'ms-DS-ConsistencyGuid';
const RULES = { options: { sourceAnchor: ANCHOR } };
const ON = { writeBack: ['consistency-guid'] };
let engine: EngineHarness;
afterEach(() => engine.close());

/** A forest of one user, whose tenant holds what it should; gives what is to be written to the forest. */
async function start(ad: object, attributes: Record<string, { $binary: string }> = {}) {
  engine = await EngineHarness.open(mongo ?? '', ad, RULES);
  const sid = {
    $binary: Buffer.from('010500000000000515000000010000000200000003000000e9030000', 'hex').toString('base64'),
  };
  await engine.deliver([withAttributes(engine.user(1), { objectSid: sid, ...attributes })]);
  await engine.baseline();
  await engine.settle();
  return engine.release(engine.writeBack);
}

const withAttributes = (change: ObjectChange, attributes: object): ObjectChange => ({
  ...change,
  attributes: { ...change.attributes, ...(attributes as NonNullable<ObjectChange['attributes']>) },
});

const stored = () => engine.store.cs.findOne({ connector: 'corp', anchor: guid(1) });

describe.skipIf(mongo === undefined)('the source anchor that is written back', () => {
  it('is one export of one attribute; the next import confirms it, and nothing follows', async () => {
    const exports = await start(ON);
    expect(exports).toMatchObject([
      { target: 'corp', operation: 'update', objectType: 'user', cloudId: guid(1), version: 1 },
    ]);
    expect(exports[0]?.attributes).toEqual({ [ANCHOR]: { $binary: guidBytes(guid(1)) } });
    expect(await engine.release(engine.writeBack)).toEqual([]);
    await engine.acknowledge(exports);
    expect(await stored()).toMatchObject({ unconfirmed: { operation: 'update' } });
    const seen = engine.object({
      anchor: guid(1),
      op: 'delta',
      attributes: { [ANCHOR]: { $binary: guidBytes(guid(1)) } },
    });
    await engine.deliver([seen]);
    expect(await engine.settle()).toEqual([]);
    expect(await engine.release(engine.writeBack)).toEqual([]);
    const object = await stored();
    expect(object?.unconfirmed).toBeUndefined();
    expect(object?.pendingExport).toBeUndefined();
    expect(object?.exp).toBeUndefined();
  });

  it('is seen by the import before the answer comes, too', async () => {
    const exports = await start(ON);
    await engine.deliver([
      engine.object({ anchor: guid(1), op: 'delta', attributes: { [ANCHOR]: { $binary: guidBytes(guid(1)) } } }),
    ]);
    await engine.acknowledge(exports);
    expect(await engine.settle()).toEqual([]);
    expect(await engine.release(engine.writeBack)).toEqual([]);
    expect((await stored())?.unconfirmed).toBeUndefined();
  });

  it('is left alone where the user has one', async () => {
    expect(await start(ON, { [ANCHOR]: { $binary: guidBytes(guid(77)) } })).toEqual([]);
  });

  it('is not written without the setting', async () => {
    expect(await start({})).toEqual([]);
    expect((await stored())?.exp).toBeUndefined();
  });

  it('waits while staging mode is on', async () => {
    engine = await EngineHarness.open(mongo ?? '', ON, RULES);
    await engine.set('staging', 'on');
    await engine.deliver([engine.user(1, {})]);
    await engine.baseline();
    await engine.sync();
    expect(await engine.release(engine.writeBack)).toEqual([]);
    await engine.set('staging', 'off');
    expect(await engine.release(engine.writeBack)).toHaveLength(1);
  });

  it('shows why it was refused, and is tried again later', async () => {
    const [message] = await start(ON);
    if (message === undefined) throw new Error('There is no export.');
    const { objectId, version, operation } = message;
    const refused = { code: 'ADJ-EXP-3202', message: 'The right is lacking.', at: new Date().toISOString() };
    await engine.answer([{ target: 'corp', objectId, version, operation, outcome: 'failed', ...refused }]);
    await engine.sync();
    expect(await stored()).toMatchObject({ exp: { state: 'failed', code: 'ADJ-EXP-3202' }, importedDelete: false });
    expect(await engine.release(engine.writeBack)).toEqual([]);
  });
});
