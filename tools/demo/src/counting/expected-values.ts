import { all, first, isEnabled, type DirectoryEntry } from './directory-object.js';
import { accountsOf, anchorOf, byAuthority, hasMailbox, personValue, type Person } from './persons.js';

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
];
/** The same from users, but not from contacts. */
const FROM_USERS: readonly (readonly [string, string])[] = [['preferredLanguage', 'preferredLanguage']];
/** Flow from class user only, not from inetOrgPerson (default rules, section 3). */
const USER_CLASS_ONLY: readonly (readonly [string, string])[] = [
  ['employeeId', 'employeeID'],
  ['employeeType', 'employeeType'],
];
const DESCRIPTION_MAX = 448;

/** Values that the target must show for a person, but the manager. */
export function expectedUser(person: Person, domains: TenantDomains): ExpectedValues {
  const ofClassUser = person.users.filter((entry) => !entry.classes.has('inetorgperson'));
  const usersOnly = { ...person, contacts: [] };
  const texts = [
    ...USER_TEXT.map((pair) => [person, ...pair] as const),
    ...FROM_USERS.map((pair) => [usersOnly, ...pair] as const),
    ...(ofClassUser.length === 0 ? [] : USER_CLASS_ONLY).map(
      (pair) => [{ users: ofClassUser, contacts: [] }, ...pair] as const,
    ),
  ].map(([source, property, attribute]) => [property, textOf(source, attribute)]);
  const mailboxes = { users: person.users.filter(hasMailbox), contacts: [] };
  const usageLocation = textOf(mailboxes, 'msExchUsageLocation');
  const [account] = accountsOf(person);
  const asked = account === undefined ? '' : askedPrincipalName(account);
  const nickname = nicknameOf(person, asked);
  return {
    ...(Object.fromEntries(texts) as Record<string, string | null>),
    accountEnabled: person.users.some(isEnabled),
    displayName: personValue(person, displayName) ?? null,
    userPrincipalName: principalName(asked, domains, nickname),
    onPremisesImmutableId: anchorOf(person) ?? null,
    ...(mailNicknameOf(person) === undefined ? {} : { mailNickname: nickname }),
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

function textOf(person: Person, attribute: string): string | null {
  return personValue(person, (entry) => trimmed(first(entry, attribute))) ?? null;
}

function displayName(entry: DirectoryEntry): string | null {
  return first(entry, 'displayName') ?? first(entry, 'cn') ?? null;
}

function askedPrincipalName(account: DirectoryEntry): string {
  return first(account, 'userPrincipalName') ?? `${first(account, 'sAMAccountName') ?? ''}@${account.domain}`;
}

/** The name itself when its suffix is verified and its characters are allowed, else `<nickname>@<initial domain>`. */
function principalName(asked: string, domains: TenantDomains, nickname: string): string {
  const [, local = '', suffix = ''] = /^(.*)@([^@]*)$/s.exec(asked) ?? [];
  const isAllowed = /^[A-Za-z0-9'._!#^~-]+$/.test(local) && domains.verified.has(suffix.toLowerCase());
  return isAllowed ? asked : `${nickname}@${domains.initial}`;
}

/** A contact without nickname gives its name. */
function mailNicknameOf({ users, contacts }: Person): string | undefined {
  const ofUsers = users.map((entry) => first(entry, 'mailNickname'));
  const ofContacts = contacts.map((entry) => first(entry, 'mailNickname') ?? first(entry, 'cn'));
  return [...ofUsers, ...ofContacts].find((nickname) => nickname !== undefined);
}

/** The cloud mailNickname: nickname, prefix of the primary address, of mail, of the principal name (entra-service, section 3). */
function nicknameOf(person: Person, asked: string): string {
  const addresses = byAuthority(person)
    .map((entry) => all(entry, 'proxyAddresses'))
    .find(({ length }) => length > 0);
  const primary = addresses?.find((value) => value.startsWith('SMTP:'));
  const candidates = [
    mailNicknameOf(person),
    primary?.slice(5).split('@')[0],
    textOf(person, 'mail')?.split('@')[0],
    asked.split('@')[0],
  ];
  return acceptable(candidates.find((value) => value !== undefined && value !== '') ?? '', 'user');
}

/** Without the characters that Graph refuses in a mailNickname (of a group also the dot), at most 64. */
function acceptable(nickname: string, type: 'user' | 'group'): string {
  const plain = nickname.replace(/[^\x21-\x7e]|[@()\\[\]";:<>,]/g, '');
  return (type === 'group' ? plain.replaceAll('.', '') : plain).slice(0, 64);
}
