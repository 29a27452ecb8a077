import type { SyncObjectType, SyncValue } from '@adjoin/sync-service';
import type { Json } from '../json.js';
import type { SyncedObject } from './sync-state.js';

/** Graph properties that show an exported value as it is, by name of the value in lower case. */
const SAME: Readonly<Record<SyncObjectType, Readonly<Record<string, string>>>> = {
  User: {
    accountenabled: 'accountEnabled',
    displayname: 'displayName',
    givenname: 'givenName',
    surname: 'surname',
    mail: 'mail',
    city: 'city',
    state: 'state',
    country: 'country',
    company: 'companyName',
    department: 'department',
    title: 'jobTitle',
    mobile: 'mobilePhone',
    facsimiletelephonenumber: 'faxNumber',
    physicaldeliveryofficename: 'officeLocation',
    postalcode: 'postalCode',
    streetaddress: 'streetAddress',
    preferredlanguage: 'preferredLanguage',
    preferreddatalocation: 'preferredDataLocation',
    employeeid: 'employeeId',
    employeetype: 'employeeType',
    usagelocation: 'usageLocation',
    usertype: 'userType',
    onpremisessamaccountname: 'onPremisesSamAccountName',
    onpremisesdistinguishedname: 'onPremisesDistinguishedName',
    onpremisesuserprincipalname: 'onPremisesUserPrincipalName',
    dnsdomainname: 'onPremisesDomainName',
  },
  Group: {
    displayname: 'displayName',
    description: 'description',
    mail: 'mail',
    securityenabled: 'securityEnabled',
    onpremisessamaccountname: 'onPremisesSamAccountName',
    dnsdomainname: 'onPremisesDomainName',
    netbiosname: 'onPremisesNetBiosName',
    preferreddatalocation: 'preferredDataLocation',
  },
  Contact: {
    displayname: 'displayName',
    givenname: 'givenName',
    surname: 'surname',
    mail: 'mail',
    company: 'companyName',
    department: 'department',
    title: 'jobTitle',
  },
  Device: {
    accountenabled: 'accountEnabled',
    displayname: 'displayName',
    deviceostype: 'operatingSystem',
    deviceosversion: 'operatingSystemVersion',
    devicetrusttype: 'trustType',
  },
};

const jsonOf = (value: SyncValue | undefined): Json => {
  switch (value?.type) {
    case 'string':
    case 'boolean':
      return value.value;
    case 'long':
      return Number(value.value);
    default:
      return null;
  }
};

/** Text of an exported value. */
export function textOf({ values }: SyncedObject, name: string): string | undefined {
  const value = values.get(name.toLowerCase())?.value;
  return value?.type === 'string' ? value.value : undefined;
}
export function textsOf({ values }: SyncedObject, name: string): readonly string[] {
  const value = values.get(name.toLowerCase())?.value;
  return value?.type === 'strings' ? value.values : [];
}
function bytesOf({ values }: SyncedObject, name: string): Uint8Array | undefined {
  const value = values.get(name.toLowerCase())?.value;
  return value?.type === 'binary' ? value.value : undefined;
}

/** What Graph shows of the exported values that need no calculation. */
export function graphProperties(object: SyncedObject): Record<string, Json> {
  const shown: Record<string, Json> = {};
  for (const [name, property] of Object.entries(SAME[object.type]))
    shown[property] = jsonOf(object.values.get(name)?.value);
  const sid = bytesOf(object, 'onPremiseSecurityIdentifier');
  if (object.type !== 'Contact') shown['onPremisesSecurityIdentifier'] = sid === undefined ? null : sidText(sid);
  if (object.type === 'User') Object.assign(shown, userProperties(object));
  if (object.type === 'Device') shown['deviceId'] = guidText(bytesOf(object, 'deviceId'));
  return shown;
}

function userProperties(object: SyncedObject): Record<string, Json> {
  const phone = textOf(object, 'telephoneNumber');
  const numbers = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);
  return {
    userType: textOf(object, 'userType') ?? 'Member',
    businessPhones: phone === undefined ? [] : [phone],
    onPremisesImmutableId: object.sourceAnchor,
    onPremisesExtensionAttributes: Object.fromEntries(numbers.map((name) => [name, textOf(object, name) ?? null])),
  };
}

/** `S-1-5-…` of the binary form ([MS-DTYP] section 2.4.2.2). */
function sidText(bytes: Uint8Array): string {
  const sid = Buffer.from(bytes);
  const parts = Array.from({ length: Math.floor((sid.length - 8) / 4) }, (_, index) => sid.readUInt32LE(8 + index * 4));
  return `S-${sid[0] ?? 0}-${sid.readUIntBE(2, 6)}${parts.map((part) => `-${part}`).join('')}`;
}

/** A GUID in the byte order of Active Directory. */
function guidText(bytes: Uint8Array | undefined): string | null {
  if (bytes?.length !== 16) return null;
  const hex = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
    .map((at) => (bytes[at] ?? 0).toString(16).padStart(2, '0'))
    .join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
