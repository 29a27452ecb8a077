import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
const LARGE = 5000;
const SMALL = 5001;
const USERS = Array.from({ length: 30 }, (_, index) => index + 1);
/** Memberships that are read at a time: fewer than the large group has. */
const SCAN = 10;
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri, {}, {}, SCAN);
  await engine.deliver([...USERS, 31].map((n) => engine.user(n)));
});
afterEach(() => engine.close());

const change = (group: number, kind: 'add' | 'remove', users: readonly number[]): Promise<unknown> => {
  const values = users.map((n) => ({ $ref: guid(n) }));
  const member = { mode: 'change' as const, add: [], remove: [], [kind]: values };
  return engine.deliver([engine.object({ anchor: guid(group), op: 'delta', references: { member } })]);
};
/** Exports of members as "group: +added -removed". */
const membersOf = (exports: Awaited<ReturnType<EngineHarness['release']>>): readonly string[] =>
  exports.map(({ attributes, references }) => {
    const { add = [], remove = [] } = references?.['member'] ?? {};
    return `${JSON.stringify(attributes?.['displayName'] ?? '')}: +${add.length} -${remove.length}`;
  });

describe('a change of a small group', () => {
  beforeEach(async () => {
    await engine.deliver([engine.group(LARGE, []), engine.group(SMALL, [])]);
    await engine.baseline();
    await engine.settle();
  });

  it('does not wait for the members of a large group that are on their way', async () => {
    await change(LARGE, 'add', USERS);
    await engine.sync();
    const large = await engine.release();
    expect(membersOf(large), 'only one export of a group is in flight').toEqual([`"": +${SCAN} -0`]);
    await change(SMALL, 'add', [31]);
    await engine.sync();
    const small = await engine.release();
    expect(membersOf(small)).toEqual(['"": +1 -0']);
    expect(small[0]?.objectId).not.toBe(large[0]?.objectId);
    await engine.acknowledge([...large, ...small]);
    const rest = await engine.settle();
    expect(membersOf(rest)).toEqual([`"": +${SCAN} -0`, `"": +${SCAN} -0`]);
  });

  it('does not wait for removals that are held, nor does an addition to the same group', async () => {
    await change(LARGE, 'add', USERS);
    await engine.settle();
    await engine.set('membershipLoss.group', 5);
    await change(LARGE, 'remove', USERS);
    await engine.sync();
    expect(await engine.release()).toEqual([]);
    await change(SMALL, 'add', [31]);
    await change(LARGE, 'add', [31]);
    await engine.sync();
    expect(membersOf(await engine.release())).toEqual(['"": +1 -0', '"": +1 -0']);
    expect(engine.releaser.gates).toMatchObject([{ gate: 'membership-loss' }]);
  });
});
