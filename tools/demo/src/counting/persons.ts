import { all, first, isEnabled, type DirectoryEntry } from './directory-object.js';
import { standingOf } from './in-scope.js';

/** How objects of several forests are recognized as one person: not at all, by SID of the master account, or by mail. */
export type IdentifyUsersBy = 'once' | 'sid' | 'mail';

/**
 * Somebody (or something with a mailbox) that the directories show by one or more objects, at most one of each forest. Users come in the
 * order in which rules of one kind take them: class user before inetOrgPerson, within a class the forest that was added first.
 */
export interface Person {
  readonly users: readonly DirectoryEntry[];
  readonly contacts: readonly DirectoryEntry[];
}

/** Persons that are joined of all users and contacts; objects that cannot be joined nor stand alone are in none. */
export function personsOf(entries: readonly DirectoryEntry[], identifyUsersBy: IdentifyUsersBy): readonly Person[] {
  const forests = [...new Set(entries.map(({ domain }) => domain))];
  const inOrder = (list: readonly DirectoryEntry[]): readonly DirectoryEntry[] =>
    list.toSorted((a, b) => classRank(a) - classRank(b) || forests.indexOf(a.domain) - forests.indexOf(b.domain));
  const users = inOrder(entries.filter((entry) => ['user', 'linked-mailbox'].includes(standingOf(entry))));
  const contacts = inOrder(entries.filter((entry) => entry.classes.has('contact') && standingOf(entry) !== 'left-out'));
  const groups = joinUsers(users, identifyUsersBy).map((list) => ({ users: inOrder(list), contacts: [] }));
  return joinContacts(groups, contacts);
}

/** The first value that the user objects of a person, then the contacts, give for an attribute, by the authority of the rules. */
export function personValue(
  person: Person,
  value: (entry: DirectoryEntry) => string | null | undefined,
): string | undefined {
  for (const entry of byAuthority(person)) {
    const found = value(entry);
    if (found !== null && found !== undefined && found !== '') return found;
  }
  return undefined;
}

/** Address book data comes from users with a mailbox, then from any user, then from contacts (default rules, section 3). */
export function byAuthority({ users, contacts }: Person): readonly DirectoryEntry[] {
  return [...users.filter(hasMailbox), ...users, ...contacts];
}

/** Users in the order in which they give the data of the sign-in: an enabled account before any other. */
export function accountsOf({ users }: Person): readonly DirectoryEntry[] {
  return [...users.filter(isEnabled), ...users];
}

/** The source anchor of a person: a linked mailbox has none. Undefined when nothing but such a mailbox, or a contact, stands for the person. */
export function anchorOf(person: Person): string | undefined {
  return anchorEntry(person)?.anchor;
}

/** The object that gives the source anchor. */
export function anchorEntry(person: Person): DirectoryEntry | undefined {
  return accountsOf(person).find((entry) => standingOf(entry) !== 'linked-mailbox');
}

export function hasMailbox(entry: DirectoryEntry): boolean {
  return first(entry, 'mailNickname') !== undefined;
}

function classRank(entry: DirectoryEntry): number {
  return entry.classes.has('inetorgperson') ? 1 : 0;
}

function joinUsers(
  users: readonly DirectoryEntry[],
  identifyUsersBy: IdentifyUsersBy,
): readonly (readonly DirectoryEntry[])[] {
  if (identifyUsersBy === 'once') return users.map((user) => [user]);
  const keyOf = identifyUsersBy === 'sid' ? masterSid : mailKey;
  const byKey = new Map<string, DirectoryEntry[]>();
  for (const user of users) {
    const key = keyOf(user);
    if (key === undefined) continue;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [user]);
    // A second object of one forest is an ambiguous join.
    else if (!known.some(({ domain }) => domain === user.domain)) known.push(user);
  }
  return [...byKey.values()];
}

/** The SID by which a user is known in all forests: that of the account whose mailbox it is, else its own. */
function masterSid(entry: DirectoryEntry): string | undefined {
  return first(entry, 'msExchMasterAccountSid') ?? first(entry, 'objectSid') ?? entry.anchor;
}

function mailKey(entry: DirectoryEntry): string | undefined {
  return first(entry, 'mail')?.trim().toLowerCase();
}

/** Whatever identifies users: a contact joins the one person with its mail, if no other object of its forest is that person. */
function joinContacts(users: readonly Person[], contacts: readonly DirectoryEntry[]): readonly Person[] {
  const persons: { users: readonly DirectoryEntry[]; contacts: DirectoryEntry[] }[] = [];
  const byMail = new Map<string, typeof persons>();
  const add = (person: (typeof persons)[number]): void => {
    persons.push(person);
    const mail = personValue(person, (entry) => first(entry, 'mail')?.trim())?.toLowerCase();
    if (mail !== undefined) byMail.set(mail, [...(byMail.get(mail) ?? []), person]);
  };
  for (const person of users) add({ users: person.users, contacts: [] });
  for (const contact of contacts) {
    const mail = mailKey(contact);
    const [only, ...others] = mail === undefined ? [] : (byMail.get(mail) ?? []);
    if (only === undefined || others.length > 0) add({ users: [], contacts: [contact] });
    else if (![...only.users, ...only.contacts].some(({ domain }) => domain === contact.domain))
      only.contacts.push(contact);
  }
  return persons;
}

/** SIDs as text by which members of other forests are found: of a person only that of the account. */
export function sidOf(person: Person): string | undefined {
  return accountsOf(person)
    .flatMap((entry) => all(entry, 'objectSid'))
    .at(0);
}

/** Source anchor of the person or group behind every entry that leads to one, foreign security principals included. */
export function anchorsByEntry(
  entries: readonly DirectoryEntry[],
  persons: readonly Person[],
): ReadonlyMap<DirectoryEntry, string> {
  const anchors = new Map<DirectoryEntry, string>();
  const bySid = new Map<string | undefined, string>();
  for (const group of entries.filter((entry) => standingOf(entry) === 'group')) {
    anchors.set(group, group.anchor);
    bySid.set(first(group, 'objectSid'), group.anchor);
  }
  for (const person of persons) {
    const anchor = anchorOf(person);
    if (anchor === undefined) continue;
    for (const entry of [...person.users, ...person.contacts]) anchors.set(entry, anchor);
    bySid.set(sidOf(person), anchor);
  }
  for (const entry of entries.filter(({ classes }) => classes.has('foreignsecurityprincipal'))) {
    const anchor = bySid.get(first(entry, 'cn'));
    if (anchor !== undefined) anchors.set(entry, anchor);
  }
  return anchors;
}
