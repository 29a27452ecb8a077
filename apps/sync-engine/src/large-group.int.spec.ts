import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
const GROUP = 5000;
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
});
afterEach(() => engine.close());

/** What the database did: operations by kind and collection, and the documents it looked at and wrote. */
interface Cost {
  readonly operations: Readonly<Record<string, number>>;
  readonly examined: number;
  readonly written: number;
}

/** Counts everything the engine asks of the database during a piece of work, by MongoDB's profiler. */
async function costOf(work: () => Promise<void>): Promise<Cost> {
  const { db } = engine.store;
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const records = await db
    .collection('system.profile')
    .find({ ns: { $not: /system\.profile$/ } })
    .toArray();
  await db.collection('system.profile').drop();
  const operations: Record<string, number> = {};
  let examined = 0;
  let written = 0;
  for (const { op, ns, docsExamined = 0, ninserted = 0, nModified = 0, ndeleted = 0 } of records) {
    const name = `${String(op)} ${String(ns).split('.')[1] ?? ''}`;
    operations[name] = (operations[name] ?? 0) + 1;
    examined += Number(docsExamined);
    written += Number(ninserted) + Number(nModified) + Number(ndeleted);
  }
  return { operations, examined, written };
}

/** A group of so many members is synchronized, then one is added and one is removed. */
async function changesOfOne(size: number) {
  const outsider = size + 1;
  const members = Array.from({ length: size }, (_, index) => index + 1);
  await engine.deliver([...members, outsider].map((n) => engine.user(n)));
  await engine.deliver([engine.group(GROUP, members)]);
  await engine.baseline();
  await engine.settle();
  const change = async (kind: 'add' | 'remove') => {
    let values: readonly string[] = [];
    const cost = await costOf(async () => {
      const target = [{ $ref: guid(outsider) }];
      const member = { mode: 'change' as const, add: [], remove: [], [kind]: target };
      await engine.deliver([engine.object({ anchor: guid(GROUP), op: 'delta', references: { member } })]);
      const exports = await engine.settle();
      values = exports.map(({ operation, references }) => {
        const { add = [], remove = [] } = references?.['member'] ?? {};
        return `${operation}: ${add.length} added, ${remove.length} removed`;
      });
    });
    return { cost, values };
  };
  return { added: await change('add'), removed: await change('remove') };
}

describe('one member of a group', () => {
  it('costs the database and the target the same, whatever the size of the group', async () => {
    const small = await changesOfOne(20);
    await engine.close();
    engine = await EngineHarness.open(uri);
    const large = await changesOfOne(600);
    expect(large.added.values).toEqual(['update: 1 added, 0 removed']);
    expect(large.removed.values).toEqual(['update: 0 added, 1 removed']);
    expect(large.added.cost).toEqual(small.added.cost);
    expect(large.removed.cost).toEqual(small.removed.cost);
    expect(large.added.cost.written, 'the counter counts').toBeGreaterThan(3);
  });
});
