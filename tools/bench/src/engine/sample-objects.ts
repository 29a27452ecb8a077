import type { Attributes, MemoryImport } from '@adjoin/engine';

const PARTITION = 'DC=corp,DC=test';
/** Attributes of a sample user: what a well kept directory holds for a person. */
export const USER_ATTRIBUTES = 40;

/** A user without a mailbox: 40 attributes, 14 of them custom ones of Exchange's schema. */
export function ordinaryUser(n: number): Attributes {
  return filledUp(person(n));
}

/** A user with an Exchange mailbox: 40 attributes; about twice as many rules are in scope. */
export function mailboxUser(n: number): Attributes {
  return filledUp({
    ...person(n),
    mailNickname: `user${n}`,
    msExchMailboxGuid: guid(n),
    msExchRecipientTypeDetails: 1n,
    msExchRecipientDisplayType: 1_073_741_824n,
    legacyExchangeDN: `/o=Corp/ou=Exchange/cn=Recipients/cn=user${n}`,
    homeMDB: { ref: 'corp|mailbox-database', dn: 'CN=Database,DC=corp,DC=test' },
  });
}

/** A security group. @param members ids in the connector space */
export function group(n: number, members: readonly string[]): Attributes {
  return {
    objectGUID: guid(n, 1),
    objectSid: sid(n, 1),
    sAMAccountName: `group${n}`,
    cn: `Group ${n}`,
    displayName: `Group ${n}`,
    description: ['A group of the bench'],
    groupType: -2_147_483_646n,
    member: members.map((ref) => ({ ref })),
  };
}

export function userImport(n: number, attributes: Attributes): MemoryImport {
  const dn = `CN=User ${n},OU=Staff,${PARTITION}`;
  return { connector: 'corp', type: 'user', anchor: `u${n}`, dn, partition: PARTITION, attributes };
}

export function groupImport(n: number, attributes: Attributes): MemoryImport {
  const dn = `CN=Group ${n},OU=Groups,${PARTITION}`;
  return { connector: 'corp', type: 'group', anchor: `g${n}`, dn, partition: PARTITION, attributes };
}

function person(n: number): Attributes {
  return {
    objectGUID: guid(n),
    objectSid: sid(n, 0),
    sAMAccountName: `user${n}`,
    userPrincipalName: `user${n}@corp.test`,
    displayName: `User ${n}`,
    cn: `User ${n}`,
    givenName: 'Given',
    sn: `Name ${n}`,
    mail: `user${n}@corp.test`,
    proxyAddresses: [`SMTP:user${n}@corp.test`, `smtp:alias${n}@corp.test`],
    userAccountControl: 512n,
    pwdLastSet: 133_000_000_000_000_000n,
    department: 'Sales',
    company: 'Corp',
    title: 'Clerk',
    physicalDeliveryOfficeName: 'Berlin',
    telephoneNumber: '+49 30 1',
    mobile: '+49 170 1',
    streetAddress: 'Street 1',
    l: 'Berlin',
    st: 'Berlin',
    postalCode: '10115',
    co: 'Germany',
    c: 'DE',
    countryCode: 276n,
    employeeID: `${n}`,
  };
}

function filledUp(attributes: Attributes): Attributes {
  const missing = USER_ATTRIBUTES - Object.keys(attributes).length;
  const custom = Array.from({ length: missing }, (_, index) => [
    `extensionAttribute${index + 1}`,
    `custom ${index + 1}`,
  ]);
  return { ...attributes, ...Object.fromEntries(custom) };
}

function guid(n: number, kind = 0): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, n, true);
  view.setUint32(4, kind, true);
  return bytes;
}

/** S-1-5-21-1-1-<kind>-<n>, as Active Directory stores it. */
function sid(n: number, kind: number): Uint8Array {
  const bytes = new Uint8Array(28);
  bytes.set([1, 5, 0, 0, 0, 0, 0, 5]);
  const view = new DataView(bytes.buffer);
  [21, 1, 1, kind, n].forEach((part, index) => view.setUint32(8 + index * 4, part, true));
  return bytes;
}
