import type { Counts } from '../report.js';
import { all, first, type DirectoryEntry } from './directory-object.js';
import { expectedGroup, expectedUser, type ExpectedValues, type TenantDomains } from './expected-values.js';
import { standingOf } from './in-scope.js';
import {
  anchorEntry,
  anchorOf,
  anchorsByEntry,
  personsOf,
  personValue,
  type IdentifyUsersBy,
  type Person,
} from './persons.js';

/** A user as the target must show it. */
export interface ExpectedUser {
  readonly dn: string;
  readonly anchor: string;
  readonly values: ExpectedValues;
  /** Anchor of the manager; null when there is none that the target holds. */
  readonly manager: string | null;
}

/** A group as the target must show it. */
export interface ExpectedGroup {
  readonly dn: string;
  readonly anchor: string;
  readonly values: ExpectedValues;
  /** Anchors of direct members that the target holds. */
  readonly members: ReadonlySet<string>;
}

/** What the target must hold, computed from Active Directory alone. */
export interface Expectation {
  readonly users: ReadonlyMap<string, ExpectedUser>;
  readonly groups: ReadonlyMap<string, ExpectedGroup>;
  readonly unsupported: Readonly<Record<string, number>>;
  readonly counts: Counts;
}

/**
 * Computes what the target must hold from the entries of all forests, those of the forest that was added first in front. One person is one
 * user of the target, whatever number of objects stands for that person. Shares no code with the sync engine.
 */
export function expectationOf(
  entries: readonly DirectoryEntry[],
  domains: TenantDomains,
  identifyUsersBy: IdentifyUsersBy = 'once',
): Expectation {
  const persons = personsOf(entries, identifyUsersBy);
  const users = persons.filter((person) => anchorOf(person) !== undefined);
  const groups = entries.filter((entry) => standingOf(entry) === 'group');
  const held = new Map([...anchorsByEntry(entries, persons)].map(([entry, anchor]) => [nameKey(entry.dn), anchor]));
  const expectedUsers = users.map((person) => userOf(person, domains, held));
  const expectedGroups = groups.map((entry) => {
    const members = all(entry, 'member').flatMap((dn) => held.get(nameKey(dn)) ?? []);
    return { dn: entry.dn, anchor: entry.anchor, values: expectedGroup(entry), members: new Set(members) };
  });
  const memberships = expectedGroups.reduce((sum, group) => sum + group.members.size, 0);
  return {
    users: new Map(expectedUsers.map((user) => [user.anchor, user])),
    groups: new Map(expectedGroups.map((group) => [group.anchor, group])),
    unsupported: unsupportedOf(entries, persons),
    counts: { users: users.length, groups: groups.length, memberships },
  };
}

/** How much the target must hold; does not need the tenant. */
export function expectedCounts(entries: readonly DirectoryEntry[], identifyUsersBy: IdentifyUsersBy): Counts {
  return expectationOf(entries, { verified: new Set(), initial: '' }, identifyUsersBy).counts;
}

function userOf(person: Person, domains: TenantDomains, anchors: ReadonlyMap<string, string>): ExpectedUser {
  const manager = personValue(person, (entry) => first(entry, 'manager'));
  return {
    dn: anchorEntry(person)?.dn ?? '',
    anchor: anchorOf(person) ?? '',
    values: expectedUser(person, domains),
    manager: (manager === undefined ? undefined : anchors.get(nameKey(manager))) ?? null,
  };
}

/** Objects in scope that Graph cannot hold, by type; a contact that stands for a user is none. */
function unsupportedOf(
  entries: readonly DirectoryEntry[],
  persons: readonly Person[],
): Readonly<Record<string, number>> {
  const contact = persons.filter((person) => anchorOf(person) === undefined && person.contacts.length > 0).length;
  const group = entries.filter((entry) => standingOf(entry) === 'unsupported-group').length;
  return { ...(contact > 0 ? { contact } : {}), ...(group > 0 ? { group } : {}) };
}

/** A controller writes one DN in one way, but for the case of letters. */
function nameKey(dn: string): string {
  return dn.toLowerCase();
}
