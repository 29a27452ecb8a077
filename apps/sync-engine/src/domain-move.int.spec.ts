import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineHarness, guid } from './testing/engine-harness.js';

const uri = process.env['ADJOIN_TEST_MONGO'] ?? 'mongodb://127.0.0.1:27117/?replicaSet=rs0';
const CHILD = 'DC=child,DC=corp,DC=test';
let engine: EngineHarness;
beforeEach(async () => {
  engine = await EngineHarness.open(uri, {
    domains: [
      { dn: 'DC=corp,DC=test', fqdn: 'corp.test', netbios: 'CORP' },
      { dn: CHILD, fqdn: 'child.corp.test', netbios: 'CHILD' },
    ],
  });
  await engine.deliver([engine.user(1), engine.user(2), engine.group(50, [1])]);
  await engine.baseline();
  await engine.settle();
});
afterEach(() => engine.close());

/** The user as its new domain reports it: everything, with versions of its own. */
const moved = () => ({
  ...engine.user(1, { displayName: 'moved' }),
  partition: CHILD,
  version: { epoch: 1, seq: 1 },
  dn: `CN=user1,OU=Branch,${CHILD}`,
});
const delta = (displayName: string) =>
  engine.object({ anchor: guid(1), op: 'delta', objectType: 'user', attributes: { displayName } });
const gone = () => engine.object({ anchor: guid(1), op: 'delete', reason: 'tombstone' });
const stored = () => engine.store.cs.findOne({ connector: 'corp', anchor: guid(1) });

describe('an object that moves to another domain of the forest', () => {
  it('is the same object there, and what its old domain says of it afterwards is too late', async () => {
    await engine.deliver([moved()]);
    await engine.deliver([delta('late'), gone()]);
    expect(await stored()).toMatchObject({
      partition: CHILD,
      importedDelete: false,
      imported: { displayName: 'moved' },
    });
    await engine.endRun('corp', 'delta-import');
    const exports = await engine.settle();
    expect((await stored())?.error).toBeUndefined();
    expect(exports.map(({ operation, attributes }) => [operation, attributes])).toEqual([
      ['update', { displayName: 'moved' }],
    ]);
  });

  it('comes back to life when its old domain has reported it as deleted before', async () => {
    await engine.deliver([gone()]);
    await engine.sync();
    await engine.deliver([moved()]);
    await engine.endRun('corp', 'delta-import');
    const exports = await engine.settle();
    expect(exports.map(({ operation }) => operation)).not.toContain('delete');
    expect(await stored()).toMatchObject({ partition: CHILD, importedDelete: false });
  });
});
