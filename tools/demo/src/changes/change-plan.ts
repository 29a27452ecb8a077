import { all, first, type DirectoryEntry } from '../counting/directory-object.js';
import { standingOf } from '../counting/in-scope.js';
import { splitDn } from './directory-writer.js';

/** Changes of one kind. */
export const CHANGES_PER_KIND = 3;

/** A user who joins or leaves a group. */
export interface MembershipPlan {
  readonly group: DirectoryEntry;
  readonly user: DirectoryEntry;
}

/** Which objects the demo changes, and how. No object is in two lists, so that the changes do not disturb each other. */
export interface ChangePlan {
  readonly changed: readonly DirectoryEntry[];
  readonly renamed: readonly DirectoryEntry[];
  readonly moved: readonly { readonly user: DirectoryEntry; readonly container: string }[];
  readonly disabled: readonly DirectoryEntry[];
  readonly joining: readonly MembershipPlan[];
  readonly leaving: readonly MembershipPlan[];
  readonly leftScope: readonly DirectoryEntry[];
  readonly deleted: readonly DirectoryEntry[];
}

/** Chooses enabled users who lead nobody, and groups. Fails when the directory is too small. */
export function planChanges(entries: readonly DirectoryEntry[]): ChangePlan {
  const users = new FreeUsers(entries);
  const groups = entries.filter((entry) => standingOf(entry) === 'group');
  const containers = users.containers();
  return {
    changed: users.take(),
    renamed: users.take((user) => first(user, 'cn') === first(user, 'displayName')),
    moved: users.take().map((user) => ({ user, container: otherContainer(user, containers) })),
    disabled: users.take(),
    joining: inGroups(groups, (group) => users.takeOne((user) => !isMember(group, user))),
    leaving: inGroups(groups, (group) => users.takeOne((user) => isMember(group, user))),
    leftScope: users.take(),
    deleted: users.take(),
  };
}

class FreeUsers {
  readonly #free: Set<DirectoryEntry>;

  constructor(entries: readonly DirectoryEntry[]) {
    const managers = new Set(entries.flatMap((entry) => first(entry, 'manager')?.toLowerCase() ?? []));
    const isFree = (entry: DirectoryEntry): boolean =>
      standingOf(entry) === 'user' &&
      !entry.classes.has('inetorgperson') &&
      !managers.has(entry.dn.toLowerCase()) &&
      (Number(first(entry, 'userAccountControl')) & 2) === 0;
    this.#free = new Set(entries.filter(isFree));
  }

  take(wanted: (user: DirectoryEntry) => boolean = () => true): readonly DirectoryEntry[] {
    return Array.from({ length: CHANGES_PER_KIND }, () => {
      const user = this.takeOne(wanted);
      if (user === undefined) throw tooSmall('enabled users');
      return user;
    });
  }

  takeOne(wanted: (user: DirectoryEntry) => boolean): DirectoryEntry | undefined {
    const user = [...this.#free].find(wanted);
    if (user !== undefined) this.#free.delete(user);
    return user;
  }

  containers(): readonly string[] {
    return [...new Set([...this.#free].map(({ dn }) => splitDn(dn)[1]))];
  }
}

function inGroups(
  groups: readonly DirectoryEntry[],
  userFor: (group: DirectoryEntry) => DirectoryEntry | undefined,
): readonly MembershipPlan[] {
  const plans: MembershipPlan[] = [];
  for (const group of groups) {
    if (plans.length === CHANGES_PER_KIND) return plans;
    const user = userFor(group);
    if (user !== undefined) plans.push({ group, user });
  }
  if (plans.length < CHANGES_PER_KIND) throw tooSmall('groups with and without some users');
  return plans;
}

function isMember(group: DirectoryEntry, user: DirectoryEntry): boolean {
  const dn = user.dn.toLowerCase();
  return all(group, 'member').some((member) => member.toLowerCase() === dn);
}

function otherContainer(user: DirectoryEntry, containers: readonly string[]): string {
  const own = splitDn(user.dn)[1];
  const other = containers.find((container) => container !== own);
  if (other === undefined) throw tooSmall('containers of users');
  return other;
}

function tooSmall(what: string): Error {
  return new Error(
    `Active Directory holds too few ${what} for the changes of the demo: start it with more, --users 100.`,
  );
}
