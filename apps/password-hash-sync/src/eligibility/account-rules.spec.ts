import { OBJECT_CLASS_OIDS, type ReplicatedObject } from '@adjoin/ad-drsr';
import { describe, expect, it } from 'vitest';
import { aUser } from '../testing/a-user.js';
import { accountEligibility, type TenantFeatures } from './account-rules.js';

const PLAIN: TenantFeatures = { passwordSync: true, forcePasswordChange: false, cloudPasswordPolicy: false };
const result = (change: Partial<ReplicatedObject>, features = PLAIN): string => {
  const eligibility = accountEligibility(aUser(change), features);
  return eligibility.kind === 'eligible' ? 'eligible' : eligibility.result;
};
const { user, computer, inetOrgPerson, managedServiceAccount, groupManagedServiceAccount } = OBJECT_CLASS_OIDS;

describe('the password of an account', () => {
  it('is sent for an ordinary user', () => {
    expect(result({})).toBe('eligible');
  });

  it.each([
    ['a computer', { objectClasses: [user, computer] }],
    ['an inetOrgPerson', { objectClasses: [user, inetOrgPerson] }],
    ['a managed service account', { objectClasses: [user, computer, managedServiceAccount] }],
    ['a group managed service account', { objectClasses: [user, computer, groupManagedServiceAccount] }],
    ['a workstation trust', { userAccountControl: 0x1000 }],
    ['a domain controller', { userAccountControl: 0x2000 | 0x80000 }],
    ['a trust between domains', { userAccountControl: 0x800 | 0x200 }],
    ['an account that is none of these and not normal either', { userAccountControl: 0 }],
    ['the Kerberos key service', { sid: 'S-1-5-21-1-2-3-502' }],
    ['the Kerberos key service of a read-only controller', { samAccountName: 'krbtgt_12345' }],
    ['an object whose class is not known', { objectClasses: undefined }],
    ['a deleted user', { isDeleted: true }],
  ])('is never sent for %s', (_what, change) => {
    expect(result(change)).toBe('NotAUserAccount');
  });

  it.each([
    ['expired', { accountExpires: 1n }],
    ['locked', { lockoutTime: 133_000_000_000_000_000n }],
    ['to be used with a smart card', { userAccountControl: 0x200 | 0x40000 }],
  ])('is sent for an account that is %s', (_what, change) => {
    expect(result(change)).toBe('eligible');
  });

  it('is withheld while it is temporary, unless the tenant takes temporary passwords', () => {
    expect(result({ pwdLastSet: 0n })).toBe('FilteredByTarget');
    const taking = { ...PLAIN, forcePasswordChange: true };
    expect(accountEligibility(aUser({ pwdLastSet: 0n }), taking)).toEqual({ kind: 'eligible', forceChange: true });
    expect(accountEligibility(aUser({}), taking)).toEqual({ kind: 'eligible', forceChange: false });
  });
});
