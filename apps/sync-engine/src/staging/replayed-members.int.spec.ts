import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineHarness, guid } from '../testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
const GROUP = 5000;
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri);
  await engine.deliver([1, 2, 3].map((n) => engine.user(n)));
  await engine.deliver([engine.group(GROUP, [1, 2])]);
});
afterEach(() => engine.close());

/** A message about one member; it can be delivered again. */
const change = (kind: 'add' | 'remove', n: number) =>
  engine.object({
    anchor: guid(GROUP),
    op: 'delta',
    references: { member: { mode: 'change', add: [], remove: [], [kind]: [{ $ref: guid(n) }] } },
  });
const members = async (): Promise<readonly string[]> =>
  (await engine.store.sourceEdges.find({}).toArray()).map(({ t }) => t.slice('corp|'.length)).sort();

describe('a message about members that Kafka delivers again', () => {
  it.each([
    ['bring back a member that was removed since', 'add', 'remove', 3],
    ['take away a member that was added again since', 'remove', 'add', 2],
  ] as const)('does not %s', async (_what, first, second, n) => {
    const early = change(first, n);
    await engine.deliver([early]);
    await engine.deliver([change(second, n)]);
    await engine.deliver([early]);
    expect(await members()).toEqual([guid(1), guid(2)]);
  });

  it('does neither when all of it comes at once', async () => {
    const added = change('add', 3);
    const removed = change('remove', 3);
    await engine.deliver([added, removed, added]);
    expect(await members()).toEqual([guid(1), guid(2)]);
    await engine.deliver([added]);
    expect(await members()).toEqual([guid(1), guid(2)]);
  });

  it('is known by the newest version, whatever the message says', async () => {
    const added = change('add', 3);
    const renamed = engine.object({ anchor: guid(GROUP), op: 'delta', attributes: { displayName: 'second' } });
    await engine.deliver([added, renamed]);
    await engine.deliver([renamed, added]);
    const group = await engine.store.cs.findOne({ connector: 'corp', anchor: guid(GROUP) });
    expect(group?.ver).toEqual(renamed.version);
    expect(await members()).toEqual([guid(1), guid(2), guid(3)]);
  });

  it('does not count: what the group says of itself afterwards is taken', async () => {
    const removed = change('remove', 1);
    await engine.deliver([removed]);
    await engine.deliver([removed]);
    await engine.deliver([
      engine.object({ anchor: guid(GROUP), op: 'delta', attributes: { displayName: 'new name' } }),
    ]);
    const group = await engine.store.cs.findOne({ connector: 'corp', anchor: guid(GROUP) });
    expect(group?.imported['displayName']).toBe('new name');
    expect(group?.counts).toEqual({ member: 1 });
  });
});
