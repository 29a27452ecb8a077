import { ForestSchema, type AttributeSchema, type RawAttribute, type RawEntry } from '@adjoin/ad-ldap';
import { describe, expect, it } from 'vitest';
import { AttributePlan } from './attribute-plan.js';
import { identifyEntry, translateEntry } from './entry-translation.js';

const text = (name: string, singleValued = true): AttributeSchema => ({
  name,
  kind: 'text',
  singleValued,
  link: undefined,
});
const link = (name: string, singleValued: boolean): AttributeSchema => ({
  name,
  kind: 'dn',
  singleValued,
  link: 'forward',
});
const schema = new ForestSchema([
  text('displayName'),
  text('mail'),
  text('name'),
  text('info'),
  text('objectClass', false),
  text('proxyAddresses', false),
  { name: 'objectGUID', kind: 'bytes', singleValued: true, link: undefined },
  link('member', false),
  link('manager', true),
]);
const plan = new AttributePlan({ user: ['displayName', 'mail', 'proxyAddresses', 'cn'], group: ['member'] }, schema);
const KIM = '<GUID=00000000-0000-0000-0000-000000000001>;CN=Kim,DC=t';
const LEE = '<GUID=00000000-0000-0000-0000-000000000002>;CN=Lee,DC=t';

function entry(attributes: Readonly<Record<string, readonly string[]>>, dn = 'CN=Kim\\, B,OU=Staff,DC=t'): RawEntry {
  const list = Object.entries(attributes).map(([description, values]): RawAttribute => {
    const [name = '', option] = description.split(';');
    return { name, option, values: values.map((value) => Buffer.from(value)) };
  });
  return { dn: `<GUID=459c8a01-b1fe-470e-b3dc-4d2ae8bd6b69>;${dn}`, attributes: list, size: 0 };
}

describe('translateEntry', () => {
  it('tells cleared attributes from those that did not change', () => {
    expect(translateEntry(entry({ mail: [], proxyAddresses: ['smtp:a@t'] }), 'user', plan, schema).attributes).toEqual({
      mail: null,
      proxyAddresses: ['smtp:a@t'],
    });
  });

  it('names an attribute as the rules do, whatever its case in the schema', () => {
    const spelled = new ForestSchema([text('mS-DS-ConsistencyGuid'), link('publicDelegates', false)]);
    const rules = { user: ['ms-DS-ConsistencyGuid', 'PublicDelegates'] };
    const own = new AttributePlan(rules, spelled);
    expect(own.requested).toContain('mS-DS-ConsistencyGuid');
    const values = { 'mS-DS-ConsistencyGuid': ['x'], publicDelegates: [KIM] };
    const { attributes, links } = translateEntry(entry(values), 'user', own, spelled);
    expect(attributes).toEqual({ 'ms-DS-ConsistencyGuid': 'x' });
    expect(Object.keys(links)).toEqual(['PublicDelegates']);
  });

  it('leaves out what the rules do not read', () => {
    expect(translateEntry(entry({ info: ['x'], mail: ['a@t'] }), 'group', plan, schema).attributes).toEqual({});
  });

  it('makes the RDN attribute from the name', () => {
    expect(translateEntry(entry({ name: ['Kim, B'] }), 'user', plan, schema).attributes).toEqual({
      name: 'Kim, B',
      cn: 'Kim, B',
    });
    expect(translateEntry(entry({ name: ['Staff'] }, 'OU=Staff,DC=t'), 'container', plan, schema).attributes).toEqual({
      name: 'Staff',
      ou: 'Staff',
    });
  });

  it('reads added and removed members of an incremental DirSync answer', () => {
    const { links } = translateEntry(
      entry({ 'member;range=1-1': [KIM], 'member;range=0-0': [LEE] }),
      'group',
      plan,
      schema,
    );
    expect(links['member']).toEqual({
      mode: 'change',
      add: [{ $ref: '00000000-0000-0000-0000-000000000001', dn: 'CN=Kim,DC=t' }],
      remove: [{ $ref: '00000000-0000-0000-0000-000000000002', dn: 'CN=Lee,DC=t' }],
    });
  });

  it.each([
    [{ 'manager;range=0-0': [LEE], 'manager;range=1-1': [KIM] }],
    [{ 'manager;range=1-1': [KIM], 'manager;range=0-0': [LEE] }],
  ])('takes the new manager whichever of the two values comes first', (values) => {
    expect(translateEntry(entry(values), 'user', plan, schema).attributes['manager']).toEqual({
      $ref: '00000000-0000-0000-0000-000000000001',
      dn: 'CN=Kim,DC=t',
    });
  });

  it('clears the manager when the only link value was removed', () => {
    expect(translateEntry(entry({ 'manager;range=0-0': [LEE] }), 'user', plan, schema).attributes).toEqual({
      manager: null,
    });
  });

  it('notices that the server cut the members off, also when it sends an empty list beside the range', () => {
    for (const values of [
      { member: [], 'member;range=0-1': [KIM, LEE] },
      { 'member;range=0-1': [KIM, LEE], member: [] },
    ]) {
      expect(translateEntry(entry(values), 'group', plan, schema).links['member']).toMatchObject({
        mode: 'set',
        nextIndex: 2,
      });
    }
    expect(translateEntry(entry({ 'member;range=0-*': [KIM] }), 'group', plan, schema).links['member']).toMatchObject({
      mode: 'set',
      nextIndex: undefined,
    });
  });
});

describe('identifyEntry', () => {
  it('knows tombstones, renames and the type', () => {
    expect(
      identifyEntry(entry({ isDeleted: ['TRUE'], name: ['x'], objectClass: ['top', 'person', 'user', 'computer'] })),
    ).toMatchObject({
      guid: '459c8a01-b1fe-470e-b3dc-4d2ae8bd6b69',
      rdn: 'CN=Kim\\, B',
      deleted: true,
      named: true,
      type: 'computer',
    });
  });

  it('refuses an entry without a GUID', () => {
    expect(() => identifyEntry({ dn: 'CN=a', attributes: [], size: 0 })).toThrow('objectGUID');
  });
});

describe('AttributePlan', () => {
  it('asks for what the rules read and for what the import needs', () => {
    expect(plan.requested).toEqual(
      expect.arrayContaining(['mail', 'member', 'name', 'parentGUID', 'objectGUID', 'isDeleted', 'userAccountControl']),
    );
    expect(plan.requested).not.toContain('cn');
  });

  it('grows only by new attributes', () => {
    expect(plan.growsBeyond(plan.requested.map((name) => name.toUpperCase()))).toBe(false);
    expect(plan.growsBeyond(plan.requested.filter((name) => name !== 'mail'))).toBe(true);
  });
});
