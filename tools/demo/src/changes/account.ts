import { randomBytes } from 'node:crypto';
import { first, type DirectoryEntry } from '../counting/directory-object.js';

const KEPT = [
  ...['sAMAccountName', 'userPrincipalName', 'mail', 'mailNickname', 'givenName', 'sn', 'displayName', 'title'],
  ...['department', 'company', 'l', 'co', 'streetAddress', 'postalCode', 'telephoneNumber', 'employeeID', 'manager'],
];
const NORMAL_ACCOUNT = '512';

/** Attributes of a new enabled account for the same person. */
export function accountOf(user: DirectoryEntry): Readonly<Record<string, string | string[]>> {
  const kept = KEPT.flatMap((name) => {
    const value = first(user, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { objectClass: 'user', userAccountControl: NORMAL_ACCOUNT, unicodePwd: quotedPassword(), ...Object.fromEntries(kept) };
}

/** A random password as unicodePwd takes it: in quotation marks; MS-ADTS 3.1.1.3.1.5.1. */
function quotedPassword(): string {
  return `"Demo-${randomBytes(12).toString('base64url')}-1!"`;
}
