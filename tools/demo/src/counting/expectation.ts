import type { Counts } from '../report.js';
import { all, first, type DirectoryEntry } from './directory-object.js';
import { expectedGroup, expectedUser, type ExpectedValues, type TenantDomains } from './expected-values.js';
import { standingOf } from './in-scope.js';

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

/** Computes what the target must hold from the entries of all forests. Shares no code with the sync engine. */
export function expectationOf(entries: readonly DirectoryEntry[], domains: TenantDomains): Expectation {
  const unsupported: Record<string, number> = {};
  const users: DirectoryEntry[] = [];
  const groups: DirectoryEntry[] = [];
  for (const entry of entries) {
    const standing = standingOf(entry);
    if (standing === 'user') users.push(entry);
    else if (standing === 'group') groups.push(entry);
    else if (standing !== 'left-out') {
      const type = standing.slice('unsupported-'.length);
      unsupported[type] = (unsupported[type] ?? 0) + 1;
    }
  }
  const held = new Map([...users, ...groups].map((entry) => [nameKey(entry.dn), entry.anchor]));
  const userKeys = new Map(users.map((entry) => [nameKey(entry.dn), entry.anchor]));
  const expectedUsers = users.map((entry) => {
    const manager = first(entry, 'manager');
    const found = manager === undefined ? undefined : userKeys.get(nameKey(manager));
    return { dn: entry.dn, anchor: entry.anchor, values: expectedUser(entry, domains), manager: found ?? null };
  });
  const expectedGroups = groups.map((entry) => {
    const members = all(entry, 'member').flatMap((dn) => held.get(nameKey(dn)) ?? []);
    return { dn: entry.dn, anchor: entry.anchor, values: expectedGroup(entry), members: new Set(members) };
  });
  const memberships = expectedGroups.reduce((sum, group) => sum + group.members.size, 0);
  return {
    users: new Map(expectedUsers.map((user) => [user.anchor, user])),
    groups: new Map(expectedGroups.map((group) => [group.anchor, group])),
    unsupported,
    counts: { users: users.length, groups: groups.length, memberships },
  };
}

/** A controller writes one DN in one way, but for the case of letters. */
function nameKey(dn: string): string {
  return dn.toLowerCase();
}
