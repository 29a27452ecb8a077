import { describe, expect, it } from 'vitest';
import { entry, group, inForest, user } from '../testing/entries.js';
import type { DirectoryEntry } from './directory-object.js';
import { expectationOf, type Expectation } from './expectation.js';
import type { IdentifyUsersBy } from './persons.js';

const domains = { verified: new Set(['corp.test', 'res.test']), initial: 'lab.example' };
const SID = 'S-1-5-21-1-2-3-1001';
const account = user('Kim', { objectSid: SID, title: 'Engineer', department: 'Account' });
const mailbox = inForest(
  'res.test',
  user('Kim Lee', {
    objectSid: 'S-1-5-21-9-9-9-2001',
    msExchMasterAccountSid: SID,
    msExchRecipientTypeDetails: '2',
    msExchUsageLocation: 'DE',
    userAccountControl: '514',
    mailNickname: 'kl',
    mail: 'kim@corp.test',
    displayName: 'Lee, Kim',
    department: 'Mailbox',
  }),
);
const principal = inForest('res.test', entry(`CN=${SID},CN=FSP`, { cn: SID }, ['foreignSecurityPrincipal']));

const contactOf = (mail: string, attributes: Readonly<Record<string, string>> = {}): DirectoryEntry =>
  inForest('res.test', entry(`CN=Contact of ${mail}`, { cn: 'Contact', mail, ...attributes }, ['contact']));
const expected = (entries: readonly DirectoryEntry[], by: IdentifyUsersBy = 'sid'): Expectation =>
  expectationOf(entries, domains, by);
const onlyUser = (expectation: Expectation) => {
  const [first, ...others] = expectation.users.values();
  expect(others).toEqual([]);
  if (first === undefined) throw new Error('nobody is expected');
  return first;
};

describe('an account and its linked mailbox in another forest', () => {
  it('are one user: sign-in from the account, address book from the mailbox, the rest from whoever knows it', () => {
    const { anchor, dn, values } = onlyUser(expected([account, mailbox]));
    expect([anchor, dn]).toEqual([account.anchor, account.dn]);
    expect(values).toMatchObject({
      userPrincipalName: 'kim@corp.test',
      accountEnabled: true,
      displayName: 'Lee, Kim',
      department: 'Mailbox',
      jobTitle: 'Engineer',
      mail: 'kim@corp.test',
      mailNickname: 'kl',
      usageLocation: 'DE',
    });
  });

  it('are disabled together', () => {
    const disabled = user('Kim', { objectSid: SID, userAccountControl: '514' });
    const { anchor, values } = onlyUser(expected([disabled, mailbox]));
    expect(anchor).toBe(disabled.anchor);
    expect(values).toMatchObject({ accountEnabled: false, userPrincipalName: 'kim@corp.test' });
  });

  it('have the manager that the mailbox names, or else the account', () => {
    const boss = user('Boss', { objectSid: 'S-1-5-21-1-2-3-1000' });
    const reporting = user('Kim', { objectSid: SID, manager: boss.dn });
    expect(expected([boss, reporting, mailbox]).users.get(reporting.anchor)?.manager).toBe(boss.anchor);
  });

  it('are nobody while the mailbox is alone', () => {
    const alone = expected([mailbox, group('All', [mailbox])]);
    expect(alone.counts).toEqual({ users: 0, groups: 1, memberships: 0 });
    expect(alone.unsupported).toEqual({});
  });

  it('are not matched when users exist once only', () => {
    const { anchor, values } = onlyUser(expected([account, mailbox], 'once'));
    expect(anchor).toBe(account.anchor);
    expect(values['department']).toBe('Account');
  });

  it('are one member, be it named by the mailbox, by the SID of the account or by both', () => {
    const twice = inForest('res.test', group('Twice', [mailbox, principal]));
    const bySid = inForest('res.test', group('By SID', [principal]));
    const { groups, counts } = expected([account, mailbox, principal, twice, bySid]);
    expect(counts).toEqual({ users: 1, groups: 2, memberships: 2 });
    for (const { members } of groups.values()) expect([...members]).toEqual([account.anchor]);
  });
});

describe('a contact of another forest', () => {
  const lee = user('Lee', { mail: 'lee@corp.test', telephoneNumber: '+1 5' });

  it('joins the user with its mail and adds what nobody else knows', () => {
    const contact = contactOf('LEE@corp.test', { facsimileTelephoneNumber: '+1 6', telephoneNumber: '+1 7' });
    const found = expected([lee, contact, group('All', [contact])]);
    expect(found.counts).toEqual({ users: 1, groups: 1, memberships: 1 });
    expect(found.unsupported).toEqual({});
    expect(onlyUser(found).values).toMatchObject({
      faxNumber: '+1 6',
      businessPhones: '+1 5',
      mailNickname: 'Contact',
    });
  });

  it('is a contact when nobody, or more than one person, has its mail', () => {
    const twin = user('Twin', { mail: 'lee@corp.test' });
    expect(expected([lee, contactOf('nobody@corp.test')]).unsupported).toEqual({ contact: 1 });
    expect(expected([lee, twin, contactOf('lee@corp.test')]).unsupported).toEqual({ contact: 1 });
  });

  it('never joins a person that its own forest shows already', () => {
    const contact = contactOf('kim@corp.test', { facsimileTelephoneNumber: '+1 6' });
    const found = expected([account, mailbox, contact]);
    expect(found.unsupported).toEqual({});
    expect(onlyUser(found).values['faxNumber']).toBeNull();
  });
});

describe('users that are matched by mail', () => {
  const first = user('Kim', { mail: 'kim@lab.test', department: 'Corp' });
  const second = inForest('res.test', user('Kim', { mail: 'KIM@lab.test', department: 'Res', title: 'Engineer' }));

  it('are one user, of whom the forest added first decides', () => {
    const { anchor, values } = onlyUser(expected([first, second], 'mail'));
    expect(anchor).toBe(first.anchor);
    expect(values).toMatchObject({ department: 'Corp', jobTitle: 'Engineer' });
  });

  it('are left out without mail, and when their forest has the mail twice', () => {
    const twin = user('Twin', { mail: 'kim@lab.test' });
    expect(expected([first, twin, user('Lee')], 'mail').counts.users).toBe(1);
  });
});
