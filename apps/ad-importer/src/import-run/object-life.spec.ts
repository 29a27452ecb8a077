import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';

let harness: ImportHarness;
let ou: string;
let user: string;
beforeEach(async () => {
  harness = await ImportHarness.start();
  const { state } = harness;
  ou = state.add({ rdn: 'OU=Staff', parent: state.head, classes: ['organizationalUnit'] });
  user = state.add({ rdn: 'CN=kim', parent: ou, classes: ['user'], attributes: { mail: 'a@b' } });
  expect(await harness.full()).toBeUndefined();
  harness.receiver.reset();
});
afterEach(() => harness.stop());

const received = () => harness.receiver.objects.get(user);

describe('an object that was deleted', () => {
  it('and brought back is the same object, whether or not the deletion was read before', async () => {
    const { state, receiver } = harness;
    for (const isRead of [true, false]) {
      state.delete(user);
      if (isRead) {
        expect(await harness.delta()).toBeUndefined();
        expect(receiver.removals).toEqual([`object ${user}`]);
      }
      state.reanimate(user, { rdn: 'CN=kim', parent: ou });
      expect(await harness.delta()).toBeUndefined();
      expect(received()).toMatchObject({ rdn: 'CN=kim', parent: ou, attributes: { mail: 'a@b' } });
      receiver.reset();
    }
    expect(receiver.removals).toEqual([]);
  });
});

describe('the order of a DirSync answer', () => {
  it.each([1, 2, 1000])('does not matter: a child comes before its new container, %i objects a page', async (page) => {
    const { state, directory, receiver } = harness;
    directory.behaviour.dirSyncPage = page;
    harness.scope = { include: ['OU=Staff,DC=fake,DC=test'], exclude: [] };
    expect(await harness.full()).toBeUndefined();
    const outer = state.add({ rdn: 'OU=Outer', parent: ou, classes: ['organizationalUnit'] });
    const inner = state.add({ rdn: 'OU=Inner', parent: outer, classes: ['organizationalUnit'] });
    state.move(user, { parent: inner });
    const fresh = state.add({ rdn: 'CN=lee', parent: inner, classes: ['user'] });
    // Whatever is written last comes last.
    for (const container of [inner, outer]) state.set(container, 'displayName', 'later');
    expect(await harness.delta()).toBeUndefined();
    expect(received()?.dn).toBe('CN=kim,OU=Inner,OU=Outer,OU=Staff,DC=fake,DC=test');
    for (const guid of [outer, inner, fresh]) expect(receiver.objects.has(guid)).toBe(true);
    expect(receiver.removals.filter((removal) => removal.includes(user))).toEqual([]);

    const away = state.add({ rdn: 'OU=Away', parent: state.head, classes: ['organizationalUnit'] });
    state.move(outer, { parent: away });
    for (const guid of [user, away]) state.set(guid, 'displayName', 'even later');
    expect(await harness.delta()).toBeUndefined();
    for (const guid of [outer, inner, fresh, user]) expect(receiver.objects.has(guid)).toBe(false);
    state.move(outer, { parent: ou });
    expect(await harness.delta()).toBeUndefined();
    for (const guid of [outer, inner, fresh, user]) expect(receiver.objects.has(guid)).toBe(true);
    expect(received()?.attributes['displayName']).toBe('even later');
  });
});
