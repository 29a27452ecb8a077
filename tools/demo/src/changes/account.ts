import { randomBytes } from 'node:crypto';
import { Attribute } from 'ldapts';
import { first, type DirectoryEntry } from '../counting/directory-object.js';

const KEPT = [
  ...['sAMAccountName', 'userPrincipalName', 'mail', 'mailNickname', 'givenName', 'sn', 'displayName', 'title'],
  ...['department', 'company', 'l', 'co', 'streetAddress', 'postalCode', 'telephoneNumber', 'employeeID', 'manager'],
];
const NORMAL_ACCOUNT = '512';

/** Attributes of a new enabled account for the same person. */
export function accountOf(user: DirectoryEntry): readonly Attribute[] {
  const kept = KEPT.flatMap((type) => {
    const value = first(user, type);
    return value === undefined ? [] : [new Attribute({ type, values: [value] })];
  });
  return [
    new Attribute({ type: 'objectClass', values: ['user'] }),
    new Attribute({ type: 'userAccountControl', values: [NORMAL_ACCOUNT] }),
    new Attribute({ type: 'unicodePwd', values: [quotedPassword()] }),
    ...kept,
  ];
}

/** A random password as unicodePwd takes it: in quotation marks, UTF-16; MS-ADTS 3.1.1.3.1.5.1. */
function quotedPassword(): Buffer {
  return Buffer.from(`"Demo-${randomBytes(12).toString('base64url')}-1!"`, 'utf16le');
}
