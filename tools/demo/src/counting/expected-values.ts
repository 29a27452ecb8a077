import { all, first, integer, type DirectoryEntry } from './directory-object.js';

/** A property that the target must show: text, a switch, or null for nothing. */
export type ExpectedValue = string | boolean | null;
/** Expected values by Graph property. A property that is not there is not compared. */
export type ExpectedValues = Readonly<Record<string, ExpectedValue>>;

/** Domains of the tenant. */
export interface TenantDomains {
  /** Verified names in lower case. */
  readonly verified: ReadonlySet<string>;
  readonly initial: string;
}

/** Graph property of a user and the attribute of Active Directory whose trimmed value it shows. */
const USER_TEXT: readonly (readonly [string, string])[] = [
  ['givenName', 'givenName'],
  ['surname', 'sn'],
  ['jobTitle', 'title'],
  ['department', 'department'],
  ['companyName', 'company'],
  ['city', 'l'],
  ['state', 'st'],
  ['country', 'co'],
  ['streetAddress', 'streetAddress'],
  ['postalCode', 'postalCode'],
  ['officeLocation', 'physicalDeliveryOfficeName'],
  ['mobilePhone', 'mobile'],
  ['faxNumber', 'facsimileTelephoneNumber'],
  ['businessPhones', 'telephoneNumber'],
  ['mail', 'mail'],
  ['preferredLanguage', 'preferredLanguage'],
];
/** Flow from class user only, not from inetOrgPerson (default rules, section 3). */
const USER_CLASS_ONLY: readonly (readonly [string, string])[] = [
  ['employeeId', 'employeeID'],
  ['employeeType', 'employeeType'],
];
const ACCOUNT_DISABLED = 2n;
const DESCRIPTION_MAX = 448;

/** Values that the target must show for a user, but its manager. */
export function expectedUser(entry: DirectoryEntry, domains: TenantDomains): ExpectedValues {
  const onlyUser = entry.classes.has('inetorgperson') ? [] : USER_CLASS_ONLY;
  const texts = [...USER_TEXT, ...onlyUser].map(([property, attribute]) => [
    property,
    trimmed(first(entry, attribute)),
  ]);
  const usageLocation = trimmed(first(entry, 'msExchUsageLocation'));
  const nickname = nicknameOf(entry);
  return {
    ...(Object.fromEntries(texts) as Record<string, string | null>),
    accountEnabled: ((integer(entry, 'userAccountControl') ?? 0n) & ACCOUNT_DISABLED) === 0n,
    displayName: displayName(entry),
    userPrincipalName: principalName(entry, domains, nickname),
    onPremisesImmutableId: entry.anchor,
    ...(first(entry, 'mailNickname') === undefined ? {} : { mailNickname: nickname }),
    ...(usageLocation === null ? {} : { usageLocation }), // the target refuses to clear it
  };
}

/** Values that the target must show for a group, but its members. */
export function expectedGroup(entry: DirectoryEntry): ExpectedValues {
  const nickname = first(entry, 'mailNickname');
  const description = trimmed(first(entry, 'description'));
  return {
    displayName: displayName(entry),
    description: description === null ? null : description.slice(0, DESCRIPTION_MAX),
    securityEnabled: true,
    ...(nickname === undefined ? {} : { mailNickname: acceptable(nickname, 'group') }),
  };
}

function trimmed(value: string | undefined): string | null {
  const text = (value ?? '').trim();
  return text === '' ? null : text;
}

function displayName(entry: DirectoryEntry): string | null {
  return first(entry, 'displayName') ?? first(entry, 'cn') ?? null;
}

/** The name itself when its suffix is verified and its characters are allowed, else `<nickname>@<initial domain>`. */
function principalName(entry: DirectoryEntry, domains: TenantDomains, nickname: string): string {
  const asked = first(entry, 'userPrincipalName') ?? `${first(entry, 'sAMAccountName') ?? ''}@${entry.domain}`;
  const [, local = '', suffix = ''] = /^(.*)@([^@]*)$/s.exec(asked) ?? [];
  const isAllowed = /^[A-Za-z0-9'._!#^~-]+$/.test(local) && domains.verified.has(suffix.toLowerCase());
  return isAllowed ? asked : `${nickname}@${domains.initial}`;
}

/** The cloud mailNickname: nickname, prefix of the primary address, of mail, of the principal name (entra-service, section 3). */
function nicknameOf(entry: DirectoryEntry): string {
  const primary = all(entry, 'proxyAddresses').find((value) => value.startsWith('SMTP:'));
  const candidates = [
    first(entry, 'mailNickname'),
    primary?.slice(5).split('@')[0],
    first(entry, 'mail')?.split('@')[0],
    (first(entry, 'userPrincipalName') ?? first(entry, 'sAMAccountName'))?.split('@')[0],
  ];
  return acceptable(candidates.find((value) => value !== undefined && value !== '') ?? '', 'user');
}

/** Without the characters that Graph refuses in a mailNickname (of a group also the dot), at most 64. */
function acceptable(nickname: string, type: 'user' | 'group'): string {
  const plain = nickname.replace(/[^\x21-\x7e]|[@()\\[\]";:<>,]/g, '');
  return (type === 'group' ? plain.replaceAll('.', '') : plain).slice(0, 64);
}
