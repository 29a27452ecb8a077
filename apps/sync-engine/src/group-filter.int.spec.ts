import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportMessage } from '@adjoin/contracts';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
/** As an administrator writes it; the directory says `DC=corp`. */
const PILOT = 'CN=group90,OU=Staff,dc=corp,DC=test';
const pilot = 90;
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri, { groupFilter: PILOT });
});
afterEach(() => engine.close());

const names = (exports: readonly ExportMessage[]): string[] =>
  exports.map((message) => `${message.operation} ${message.name ?? ''}`).sort();

/** One member more or less, as a delta import reports it. */
const change = (add: readonly number[], remove: readonly number[]) =>
  engine.object({
    anchor: guid(pilot),
    op: 'delta',
    objectType: 'group',
    references: {
      member: {
        mode: 'change',
        add: add.map((n) => ({ $ref: guid(n) })),
        remove: remove.map((n) => ({ $ref: guid(n) })),
      },
    },
  });

describe('with a group filter', () => {
  it('only direct members are synchronized: a member group is, its members and the group of the filter are not', async () => {
    await engine.deliver([
      engine.user(1),
      engine.user(2),
      engine.user(3),
      engine.group(50, [2]),
      engine.group(pilot, [1, 50]),
    ]);
    await engine.baseline();
    expect(names(await engine.settle()).filter((line) => line.startsWith('add'))).toEqual([
      'add group50',
      'add user1@corp.test',
    ]);
  });

  it('who becomes a member comes, who leaves goes, and nobody else is decided again', async () => {
    await engine.deliver([engine.user(1), engine.user(2), engine.user(3), engine.group(pilot, [1])]);
    await engine.baseline();
    await engine.settle();
    await engine.deliver([change([2], [])]);
    expect(await engine.store.cs.countDocuments({ connector: 'corp', dirtyAt: { $exists: true } })).toBe(2);
    expect(names(await engine.settle())).toEqual(['add user2@corp.test']);
    await engine.deliver([change([], [1])]);
    await engine.sync();
    await engine.endRun('corp', 'delta-import');
    expect(names(await engine.settle())).toEqual(['delete user1@corp.test']);
  });

  it('a group that is not there, or no longer, takes nobody away', async () => {
    await engine.deliver([engine.user(1), engine.user(2)]);
    await engine.baseline();
    expect(await engine.settle()).toEqual([]);
    const [held] = await engine.store.cs.find({ connector: 'corp', anchor: guid(1) }).toArray();
    expect(held?.error).toMatchObject({ code: 'missing-group' });

    await engine.deliver([engine.group(pilot, [1])]);
    await engine.baseline();
    expect(names(await engine.settle())).toEqual(['add user1@corp.test']);

    await engine.deliver([engine.object({ anchor: guid(pilot), op: 'delete', reason: 'tombstone' })]);
    await engine.endRun('corp', 'delta-import');
    await engine.deliver([engine.user(1, { displayName: 'new' }), engine.user(2, { displayName: 'new' })]);
    await engine.endRun('corp', 'delta-import');
    expect(await engine.settle()).toEqual([]);
  });
});
