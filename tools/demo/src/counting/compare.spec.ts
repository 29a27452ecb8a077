import { describe, expect, it } from 'vitest';
import { entry, group, user } from '../testing/entries.js';
import { compare } from './compare.js';
import { expectationOf, type Expectation } from './expectation.js';
import type { TenantContent } from './read-tenant.js';

const domains = { verified: new Set(['corp.test']), initial: 'lab.example' };
const boss = user('Boss');
const kim = user('Kim', { manager: boss.dn.toUpperCase(), telephoneNumber: '+1 5' });
const inner = group('Inner', [kim]);
const outer = group('Outer', [kim, boss, inner, entry('CN=Printer,OU=Elsewhere', {})]);
const contact = entry('CN=Partner', { mail: 'a@partner.example' }, ['contact']);
const expected = expectationOf([boss, kim, inner, outer, contact], domains);

/** A tenant that shows exactly what is expected. */
function tenantOf(expectation: Expectation): TenantContent {
  const ids = (anchor: string): string => `id-${anchor}`;
  return {
    users: [...expectation.users.values()].map(({ anchor, values, manager }) => ({
      id: ids(anchor),
      anchor,
      name: String(values['userPrincipalName']),
      managerId: manager === null ? null : ids(manager),
      values: { ...values, businessPhones: values['businessPhones'] === null ? [] : [values['businessPhones']] },
    })),
    groups: [...expectation.groups.values()].map(({ anchor, values, members }) => ({
      id: ids(anchor),
      anchor,
      name: String(values['displayName']),
      memberIds: [...members].map(ids),
      values,
    })),
  };
}

describe('the comparison of Active Directory with the target', () => {
  it('counts a membership when both ends are counted, nested groups included', () => {
    expect(expected.counts).toEqual({ users: 2, groups: 2, memberships: 4 });
    expect(expected.unsupported).toEqual({ contact: 1 });
  });

  it('finds nothing when the target shows what is expected', () => {
    expect(compare(expected, tenantOf(expected))).toEqual([]);
  });

  it('names a missing object, one too many, and one that exists twice', () => {
    const { users, groups } = tenantOf(expected);
    const [first, second] = users;
    if (first === undefined || second === undefined) throw new Error('two users');
    const stranger = { ...second, id: 'stranger', anchor: null };
    const found = compare(expected, { users: [second, stranger, { ...second, id: 'twin' }], groups });
    expect(found.filter(({ attribute }) => attribute === 'object')).toEqual([
      { object: second.name, attribute: 'object', expected: null, actual: 'stranger' },
      { object: second.name, attribute: 'object', expected: null, actual: 'twin' },
      { object: boss.dn, attribute: 'object', expected: first.anchor, actual: null },
    ]);
  });

  it('names a value, a manager and a member that differ', () => {
    const { users, groups } = tenantOf(expected);
    const changed = users.map((one) => ({ ...one, managerId: null, values: { ...one.values, city: 'Rome' } }));
    const emptied = groups.map((one) => (one.name === 'Inner' ? { ...one, memberIds: [] } : one));
    const found = compare(expected, { users: changed, groups: emptied });
    expect(found).toContainEqual({ object: kim.dn, attribute: 'city', expected: null, actual: 'Rome' });
    expect(found).toContainEqual({ object: kim.dn, attribute: 'manager', expected: boss.anchor, actual: null });
    expect(found).toContainEqual({ object: inner.dn, attribute: 'members', expected: kim.dn, actual: null });
  });
});
