import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';

const TYPES = ['user', 'inetOrgPerson', 'group', 'contact', 'computer', 'foreignSecurityPrincipal'] as const;
const CLASSES: Readonly<Record<(typeof TYPES)[number], readonly string[]>> = {
  user: ['top', 'person', 'user'],
  inetOrgPerson: ['top', 'person', 'user', 'inetOrgPerson'],
  group: ['top', 'group'],
  contact: ['top', 'person', 'contact'],
  computer: ['top', 'person', 'user', 'computer'],
  foreignSecurityPrincipal: ['top', 'foreignSecurityPrincipal'],
};
let harness: ImportHarness;
let staff: string;
let hr: string;
beforeEach(async () => {
  harness = await ImportHarness.start();
  harness.objectTypes = TYPES;
  const { state } = harness;
  staff = state.add({ rdn: 'OU=Staff', parent: state.head, classes: ['organizationalUnit'] });
  hr = state.add({ rdn: 'OU=HR/Legal\\\\Old', parent: staff, classes: ['organizationalUnit'] });
  for (const type of TYPES) {
    state.add({ rdn: `CN=in ${type}`, parent: staff, classes: CLASSES[type] });
    state.add({ rdn: `CN=out ${type}`, parent: hr, classes: CLASSES[type] });
    state.add({ rdn: `CN=top ${type}`, parent: state.head, classes: CLASSES[type] });
  }
  harness.scope = { include: ['OU=Staff,DC=fake,DC=test'], exclude: ['OU=HR/Legal\\\\Old,OU=Staff,DC=fake,DC=test'] };
});
afterEach(() => harness.stop());

const received = (prefix: string): string[] =>
  [...harness.receiver.objects.values()].flatMap(({ rdn = '' }) => (rdn.startsWith(prefix) ? [rdn] : [])).sort();
const user = (name: string, parent: string): string =>
  harness.state.add({ rdn: `CN=${name}`, parent, classes: CLASSES.user });

describe('the scope of a connector', () => {
  it('applies to every type, by the nearest listed container; names may hold slashes and backslashes', async () => {
    expect(await harness.full()).toBeUndefined();
    expect(received('CN=')).toEqual(TYPES.map((type) => `CN=in ${type}`).sort());
    expect(received('DC=')).toEqual(['DC=fake,DC=test']);
  });

  it('takes only the selected types', async () => {
    harness.objectTypes = ['user', 'contact'];
    expect(await harness.full()).toBeUndefined();
    expect(received('CN=')).toEqual(['CN=in contact', 'CN=in user']);
  });

  it('lets an object go that moves to an excluded container, and comes back with everything when it returns', async () => {
    const kim = user('kim', staff);
    harness.state.set(kim, 'mail', 'kim@fake.test');
    expect(await harness.full()).toBeUndefined();
    harness.state.move(kim, { parent: hr });
    expect(await harness.delta()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([`object ${kim}`]);
    expect(harness.receiver.changes.at(-1)).toMatchObject({ op: 'delete', reason: 'left-scope' });
    harness.state.move(kim, { parent: staff });
    expect(await harness.delta()).toBeUndefined();
    expect(harness.receiver.objects.get(kim)?.attributes['mail']).toBe('kim@fake.test');
  });

  it.each([
    ['in, where the domain is included and single containers are excluded', [], true],
    ['not in, where single containers are included', ['OU=Staff,DC=fake,DC=test'], false],
  ])('a new container at the top is %s', async (_words, include, isIn) => {
    harness.scope = { include, exclude: [] };
    expect(await harness.full()).toBeUndefined();
    const fresh = harness.state.add({ rdn: 'OU=New', parent: harness.state.head, classes: ['organizationalUnit'] });
    const kim = user('kim', fresh);
    expect(await harness.delta()).toBeUndefined();
    expect(harness.receiver.objects.has(kim)).toBe(isIn);
  });

  it('a renamed container is still meant: nothing leaves, in a delta as in a full import, after a restart too', async () => {
    expect(await harness.full()).toBeUndefined();
    harness.receiver.reset();
    harness.state.move(staff, { rdn: 'OU=People' });
    expect(await harness.delta()).toBeUndefined();
    harness.restart();
    expect(await harness.full()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([]);
    expect(received('CN=')).toEqual(TYPES.map((type) => `CN=in ${type}`).sort());
    const kim = user('kim', staff);
    expect(await harness.delta()).toBeUndefined();
    expect(harness.receiver.objects.has(kim)).toBe(true);
  });

  it('that changes makes a full import due by itself, which tells how many objects leave', async () => {
    for (let index = 0; index < 30; index += 1) user(`more${String(index)}`, harness.state.head);
    harness.scope = { include: [], exclude: [] };
    expect(await harness.full()).toBeUndefined();
    harness.receiver.reset();
    harness.scope = { include: ['OU=Staff,DC=fake,DC=test'], exclude: [] };
    expect(await harness.fullImportReason()).toBe('scope, object types or rights changed');
    expect(await harness.full()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([]);
    expect(harness.receiver.messages.at(-1)).toMatchObject({ complete: false, failure: { code: 'ADJ-IMP-1012' } });
    expect(harness.logged('import.scope-change')).toMatchObject({ leaving: 36, known: 48 });
    harness.receiver.reset();
    expect(await harness.full({ acceptFewer: true })).toBeUndefined();
    // And the container of deleted objects.
    expect(harness.receiver.removals.filter((removal) => removal.startsWith('object'))).toHaveLength(36 + 1);
  });

  it('keeps the name of an object that lost a replication conflict', async () => {
    const name = 'CN=kim\\0ACNF:459c8a01-b1fe-470e-b3dc-4d2ae8bd6b69';
    const kim = user('kim', staff);
    expect(await harness.full()).toBeUndefined();
    harness.state.move(kim, { rdn: name });
    expect(await harness.delta()).toBeUndefined();
    expect(harness.receiver.objects.get(kim)).toMatchObject({ rdn: name, dn: `${name},OU=Staff,DC=fake,DC=test` });
    harness.state.delete(kim);
    expect(await harness.delta()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([`object ${kim}`]);
  });

  it('with a container that does not exist imports nothing from it, and says so', async () => {
    harness.scope = { include: ['OU=Nowhere,DC=fake,DC=test'], exclude: [] };
    expect(await harness.full()).toBeUndefined();
    expect(received('CN=')).toEqual([]);
    expect(harness.logged('import.scope')).toMatchObject({ code: 'ADJ-IMP-1013' });
  });
});
