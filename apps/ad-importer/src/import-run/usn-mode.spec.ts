import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';

/** Every cut is a session of its own. */
const MANY_SESSIONS_MS = 60_000;
let harness: ImportHarness;
let ou: string;
let users: string[];
let group: string;
beforeEach(async () => {
  harness = await ImportHarness.start();
  const { state, directory } = harness;
  harness.readMode = 'usn';
  // A server without DirSync, for an account without rights.
  directory.behaviour.refuses = (_base, dirSync) => (dirSync ? 12 : 0);
  directory.behaviour.mayReplicate = false;
  ou = state.add({ rdn: 'OU=Staff', parent: state.head, classes: ['organizationalUnit'] });
  users = Array.from({ length: 30 }, (_, index) =>
    state.add({ rdn: `CN=user${String(index)}`, parent: ou, classes: ['user'], attributes: { mail: 'a@b' } }),
  );
  group = state.add({ rdn: 'CN=team', parent: ou, classes: ['group'] });
  state.link(group, 'member', { add: users });
});
afterEach(() => harness.stop());

const user = (index: number): string => users[index] ?? '';
const received = (index: number) => harness.receiver.objects.get(user(index));

describe('readMode usn', () => {
  beforeEach(async () => {
    expect(await harness.full()).toBeUndefined();
    harness.receiver.reset();
  });

  it('reads everything, then what changed, without DirSync and without the right to replicate', async () => {
    const { state, receiver } = harness;
    expect(receiver.objects.get(group)?.members.size).toBe(30);
    state.set(user(0), 'mail', 'c@d');
    state.set(user(1), 'mail');
    state.link(group, 'member', { remove: [user(2)] });
    state.move(user(3), { rdn: 'CN=renamed' });
    expect(await harness.delta()).toBeUndefined();
    expect(received(0)?.attributes['mail']).toBe('c@d');
    expect(received(1)?.attributes['mail']).toBeUndefined();
    expect(received(3)?.rdn).toBe('CN=renamed');
    expect(receiver.removals).toEqual([`member ${user(2)} of ${group}`]);
    receiver.reset();
    expect(await harness.delta()).toBeUndefined();
    expect(receiver.changes).toEqual([]);
  });

  it('finds deletions by tombstones', async () => {
    harness.state.delete(user(4));
    expect(await harness.delta()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([`object ${user(4)}`]);
  });

  it('finds deletions by comparison where tombstones are not shown', async () => {
    harness.directory.behaviour.showsDeleted = false;
    harness.state.delete(user(4));
    expect(await harness.delta()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([`object ${user(4)}`]);
  });

  it(
    'loses nothing when the connection is cut at any message',
    async () => {
      let messages = 60;
      for (let at = 0; at < messages; at += 1) {
        harness.state.set(user(5), 'mail', `${String(at)}@b`);
        const before = harness.directory.sent;
        harness.directory.cutAt = before + at;
        if ((await harness.delta()) === undefined) messages = harness.directory.sent - before;
        harness.directory.cutAt = undefined;
        expect(await harness.delta()).toBeUndefined();
        expect(received(5)?.attributes['mail']).toBe(`${String(at)}@b`);
      }
      expect(harness.receiver.removals).toEqual([]);
    },
    MANY_SESSIONS_MS,
  );

  it('takes a moved container along: what lies below it leaves the scope, and comes back', async () => {
    const { state, receiver } = harness;
    const outside = state.add({ rdn: 'OU=Away', parent: state.head, classes: ['organizationalUnit'] });
    harness.scope = { include: [], exclude: ['OU=Away,DC=fake,DC=test'] };
    expect(await harness.full()).toBeUndefined();
    const inner = state.add({ rdn: 'OU=Inner', parent: ou, classes: ['organizationalUnit'] });
    for (const index of [6, 7]) state.move(user(index), { parent: inner });
    expect(await harness.delta()).toBeUndefined();
    receiver.reset();
    state.move(inner, { parent: outside });
    expect(await harness.delta()).toBeUndefined();
    const gone = receiver.removals.filter((removal) => removal.startsWith('object'));
    expect(new Set(gone)).toEqual(new Set([`object ${user(6)}`, `object ${user(7)}`, `object ${inner}`]));
    state.move(inner, { parent: ou });
    expect(await harness.delta()).toBeUndefined();
    expect(received(6)?.parent).toBe(inner);
  });

  it('reads everything again, and takes nothing away, when the mode changes', async () => {
    harness.directory.behaviour.refuses = () => 0;
    harness.directory.behaviour.mayReplicate = true;
    harness.readMode = 'dirsync';
    expect(await harness.fullImportReason()).toBe('scope, object types or rights changed');
    expect(await harness.full()).toBeUndefined();
    harness.state.set(user(0), 'mail', 'x@y');
    expect(await harness.delta()).toBeUndefined();
    expect(received(0)?.attributes['mail']).toBe('x@y');
    harness.readMode = 'usn';
    expect(await harness.delta()).toBe('ADJ-IMP-1011');
    expect(harness.receiver.removals).toEqual([]);
  });
});
