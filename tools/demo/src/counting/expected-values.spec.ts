import { describe, expect, it } from 'vitest';
import { entry, group, user } from '../testing/entries.js';
import type { DirectoryEntry } from './directory-object.js';
import {
  expectedGroup,
  expectedUser as expectedPerson,
  type ExpectedValues,
  type TenantDomains,
} from './expected-values.js';

const expectedUser = (entry: DirectoryEntry, tenant: TenantDomains): ExpectedValues =>
  expectedPerson({ users: [entry], contacts: [] }, tenant);
const domains = { verified: new Set(['corp.test']), initial: 'lab.example' };

describe('the values a user must have in the target', () => {
  it('are trimmed, and null when there is nothing', () => {
    const values = expectedUser(user('Kim', { title: ' Engineer ', l: '  ' }), domains);
    expect(values).toMatchObject({ jobTitle: 'Engineer', city: null, department: null });
  });

  it('show the name in the DN when there is no display name', () => {
    const nameless = entry('CN=Kim', { cn: 'Kim', sAMAccountName: 'kim', userAccountControl: '512' });
    expect(expectedUser(nameless, domains)['displayName']).toBe('Kim');
  });

  it('switch the account off by bit 2 of userAccountControl', () => {
    expect(expectedUser(user('Kim', { userAccountControl: '514' }), domains)['accountEnabled']).toBe(false);
    expect(expectedUser(user('Kim', { userAccountControl: '66048' }), domains)['accountEnabled']).toBe(true);
  });

  it.each([
    ['a verified suffix keeps the name', { userPrincipalName: 'k.lee@CORP.test' }, 'k.lee@CORP.test'],
    [
      'another suffix is replaced with the nickname',
      { userPrincipalName: 'k@old.test', mailNickname: 'kl' },
      'kl@lab.example',
    ],
    ['a blank in the name too', { userPrincipalName: 'k lee@corp.test', mail: 'kim.l@x.test' }, 'kim.l@lab.example'],
  ])('user principal name: %s', (_what, attributes, expected) => {
    expect(expectedUser(user('Kim', attributes), domains)['userPrincipalName']).toBe(expected);
  });

  it('make a user principal name of account and domain when there is none', () => {
    const nameless = entry('CN=Kim', { cn: 'Kim', sAMAccountName: 'kim', userAccountControl: '512' });
    expect(expectedUser(nameless, domains)['userPrincipalName']).toBe('kim@corp.test');
  });

  it('have an employee id for users only, not for inetOrgPersons', () => {
    const person = entry('CN=Ann', { employeeID: '7', sAMAccountName: 'ann' }, ['user', 'inetOrgPerson']);
    expect(expectedUser(user('Kim', { employeeID: '7' }), domains)['employeeId']).toBe('7');
    expect(expectedUser(person, domains)).not.toHaveProperty('employeeId');
  });

  it('leave out what the target refuses to clear', () => {
    expect(expectedUser(user('Kim'), domains)).not.toHaveProperty('usageLocation');
    expect(expectedUser(user('Kim'), domains)).not.toHaveProperty('mailNickname');
  });
});

describe('the values a group must have in the target', () => {
  it('are name, description up to 448 characters, and security', () => {
    const described = entry('CN=G', { cn: 'G', description: ` ${'x'.repeat(500)} ` }, ['group']);
    expect(expectedGroup(described)).toEqual({ displayName: 'G', description: 'x'.repeat(448), securityEnabled: true });
    expect(expectedGroup(group('Sales', []))['description']).toBeNull();
  });
});
