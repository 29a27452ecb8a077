import type { ExportMessage } from '@adjoin/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LANE } from '@adjoin/spaces';
import { EngineHarness, guid } from '../testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

/** More than a round takes, so that some are left when the answers of the first round come. */
const FREE = 620;
const LED = 280;

/** New objects without a manager, and as many with one among the first 500 as `LED` says. */
async function load(): Promise<void> {
  const free = Array.from({ length: FREE }, (_, index) => engine.user(index + 1));
  const led = Array.from({ length: LED }, (_, index) =>
    engine.user(FREE + index + 1, { manager: { $ref: guid(index + 1) } }),
  );
  await engine.deliver([...free, ...led]);
  await engine.baseline();
  await engine.sync();
}

/** What has been released and not been read yet. */
async function outgoing(): Promise<readonly ExportMessage[]> {
  const records = await engine.store.outbox.find({ topic: /^adjoin\.exports\./ }).toArray();
  await engine.store.outbox.deleteMany({ topic: /^adjoin\.exports\./ });
  return records.flatMap(({ records: part }) => part.map(({ json }) => JSON.parse(json) as ExportMessage));
}

describe('objects that are released while answers are stored', () => {
  it('are not those that need an answered object; these follow with their reference, and nothing is sent twice', async () => {
    await load();
    await engine.releaser.tick();
    const first = await outgoing();
    expect(first).toHaveLength(500);
    const round = vi.spyOn(engine.releaser, 'alongside');
    await engine.acknowledge(first);
    expect(round).toHaveBeenCalledTimes(1);
    const second = await outgoing();
    expect(second.map(({ operation, attributes }) => ({ operation, manager: attributes['manager'] }))).toEqual(
      Array.from({ length: FREE - 500 }, () => ({ operation: 'add', manager: undefined })),
    );
    await engine.acknowledge(second);
    const third = [...(await outgoing()), ...(await engine.settle())];
    expect(third).toHaveLength(LED);
    expect(third.every(({ operation, attributes }) => operation === 'add' && attributes['manager'] != null)).toBe(true);
    expect(await engine.store.cs.countDocuments({ connector: 'entra', exp: { $exists: true } })).toBe(0);
  });

  it('are not put aside for an answered object: it arrives without their being told', async () => {
    await load();
    await engine.releaser.tick();
    const first = await outgoing();
    // As if their managers had been decided after them.
    const decided = { 'exp.state': 'pending' as const, 'exp.lane': LANE.addWithReferences, 'exp.nextAt': new Date() };
    const waiting = { connector: 'entra', 'exp.state': 'waiting' as const };
    await engine.store.cs.updateMany(waiting, { $set: decided, $unset: { 'exp.waitsFor': 1 } });
    await engine.acknowledge(first);
    expect(await engine.store.cs.countDocuments(waiting)).toBe(0);
    const rest = [...(await outgoing()), ...(await engine.settle())];
    expect(rest).toHaveLength(FREE + LED - 500);
    expect(rest.filter(({ attributes }) => attributes['manager'] != null)).toHaveLength(LED);
  });

  it('may fail: the answers are stored all the same, and the next round takes what was left', async () => {
    await load();
    await engine.releaser.tick();
    const first = await outgoing();
    const fenced = engine.store.fenced.bind(engine.store);
    vi.spyOn(engine.store, 'fenced').mockImplementation((fence, work) =>
      fence === 'release' ? Promise.reject(new Error('the database is away')) : fenced(fence, work),
    );
    await engine.acknowledge(first);
    vi.restoreAllMocks();
    expect(await engine.store.cs.countDocuments({ connector: 'entra', anchor: { $exists: true } })).toBe(500);
    expect(await engine.settle()).toHaveLength(FREE + LED - 500);
  });

  it('wait when a gate closed meanwhile', async () => {
    await load();
    await engine.releaser.tick();
    const first = await outgoing();
    await engine.set('staging', 'on');
    await engine.acknowledge(first);
    expect(await outgoing()).toEqual([]);
  });
});
