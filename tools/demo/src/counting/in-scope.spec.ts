import { describe, expect, it } from 'vitest';
import { entry, group, user } from '../testing/entries.js';
import { standingOf } from './in-scope.js';

describe('what an entry of Active Directory is to the target', () => {
  it('users and inetOrgPersons are users', () => {
    expect(standingOf(user('Kim'))).toBe('user');
    expect(standingOf(entry('CN=Ann', { sAMAccountName: 'ann' }, ['user', 'inetOrgPerson']))).toBe('user');
  });

  it.each([
    ['a critical system object, whatever the value', { isCriticalSystemObject: 'FALSE' }],
    ['an account of the service', { sAMAccountName: 'AAD_x1' }],
    ['an account of the old service', { sAMAccountName: 'MSOL_x1' }],
    ['a system mailbox', { mailNickname: 'SystemMailbox{1f}' }],
    ['a discovery mailbox', { msExchRecipientTypeDetails: '536870912' }],
    ['an object written back', { adminDescription: 'User_1f0e' }],
  ])('%s is left out', (_what, attributes) => {
    expect(standingOf(user('Kim', attributes))).toBe('left-out');
  });

  it('a linked mailbox is something by itself, whatever else would be a user', () => {
    expect(standingOf(user('Kim', { msExchRecipientTypeDetails: '2' }))).toBe('linked-mailbox');
    expect(standingOf(user('Kim', { msExchRecipientTypeDetails: '2', sAMAccountName: 'MSOL_1' }))).toBe('left-out');
  });

  it.each([
    ['names of the service compare with case', { sAMAccountName: 'aad_x1' }],
    ['an ordinary mailbox counts', { msExchRecipientTypeDetails: '1' }],
    ['bits above the mask do not matter', { msExchRecipientTypeDetails: '2147483648' }],
  ])('%s', (_what, attributes) => {
    expect(standingOf(user('Kim', attributes))).toBe('user');
  });

  it('replication conflicts are left out', () => {
    expect(standingOf(user('Kim\\0ACNF:1f0e6f3c'))).toBe('left-out');
  });

  it('security groups are held, mail-enabled other groups are unsupported, the rest is left out', () => {
    const distribution = { sAMAccountName: 'news', groupType: '2' };
    expect(standingOf(group('Sales', []))).toBe('group');
    expect(standingOf(entry('CN=News', { ...distribution, mail: 'news@corp.test' }, ['group']))).toBe(
      'unsupported-group',
    );
    expect(standingOf(entry('CN=News', distribution, ['group']))).toBe('left-out');
  });

  it('mail contacts are unsupported, others are left out', () => {
    const contact = (attributes: Readonly<Record<string, string>>) =>
      standingOf(entry('CN=P', attributes, ['contact']));
    expect(contact({ mail: 'a@partner.example' })).toBe('unsupported-contact');
    expect(contact({ mail: 'partner', proxyAddresses: 'SMTP:a@partner.example' })).toBe('unsupported-contact');
    expect(contact({ mail: 'partner', proxyAddresses: 'smtp:a@partner.example' })).toBe('left-out');
    expect(contact({ proxyAddresses: 'SMTP:a@partner.example' })).toBe('left-out');
  });
});
