import { OBJECT_CLASS_OIDS, type ReplicatedObject } from '@adjoin/ad-drsr';

/** A complete replicated user. */
export function aUser(change: Partial<ReplicatedObject> = {}): ReplicatedObject {
  return {
    guid: '00112233-4455-6677-8899-aabbccddeeff',
    dn: 'CN=Ann,OU=Staff,DC=corp,DC=test',
    sid: 'S-1-5-21-1-2-3-1104',
    isDeleted: undefined,
    objectClasses: [OBJECT_CLASS_OIDS.user],
    samAccountName: 'ann',
    userAccountControl: 0x200,
    pwdLastSet: 133_000_000_000_000_000n,
    accountExpires: undefined,
    lockoutTime: undefined,
    consistencyGuid: undefined,
    passwordChangedAt: new Date('2026-01-02T03:04:05Z'),
    ...change,
  };
}
