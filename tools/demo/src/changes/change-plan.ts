import { all, first, isEnabled, type DirectoryEntry } from '../counting/directory-object.js';
import { anchorsByEntry, byAuthority, personsOf, type Person } from '../counting/persons.js';
import { standingOf } from '../counting/in-scope.js';
import { splitDn } from './directory-writer.js';

/** Changes of one kind. */
export const CHANGES_PER_KIND = 3;
/** groupType of a domain local security group. */
const DOMAIN_LOCAL = '-2147483644';

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

/** The forest to change, and who is who in all forests together. */
export interface ChangeScene {
  readonly entries: readonly DirectoryEntry[];
  readonly persons: readonly Person[];
  /** Source anchor of the person or group behind each entry. */
  readonly anchors: ReadonlyMap<DirectoryEntry, string>;
}

/** The scene of a forest that is alone. */
export function sceneOf(entries: readonly DirectoryEntry[]): ChangeScene {
  const persons = personsOf(entries, 'once');
  return { entries, persons, anchors: anchorsByEntry(entries, persons) };
}

/**
 * Chooses enabled users who lead nobody, and groups. Among those who get another title is a linked mailbox, among those who join a group a
 * foreign security principal, if the forest has any: both changes have to be seen at the account's person. Fails when the directory is too small.
 */
export function planChanges(scene: ChangeScene): ChangePlan {
  const { entries } = scene;
  const users = new FreeUsers(scene);
  const groups = entries.filter((entry) => standingOf(entry) === 'group');
  const containers = users.containers();
  const foreign = foreignJoin(scene, groups);
  return {
    changed: [...users.linkedMailbox(), ...users.take((user) => users.decides(user, 'title'))].slice(
      0,
      CHANGES_PER_KIND,
    ),
    renamed: users.take(
      (user) => first(user, 'cn') === first(user, 'displayName') && users.decides(user, 'displayName'),
    ),
    moved: users
      .take((user) => users.decides(user, 'department'))
      .map((user) => ({ user, container: otherContainer(user, containers) })),
    disabled: users.take(),
    joining: [...foreign, ...inGroups(groups, (group) => users.takeOne((user) => !isMember(group, user)))].slice(
      0,
      CHANGES_PER_KIND,
    ),
    leaving: inGroups(groups, (group) => users.takeOne((user) => isMember(group, user))),
    leftScope: users.take((user) => users.isNoContact(user)),
    deleted: users.take((user) => users.isNoContact(user)),
  };
}

class FreeUsers {
  readonly #free: Set<DirectoryEntry>;
  readonly #scene: ChangeScene;
  readonly #personOf: ReadonlyMap<DirectoryEntry, Person>;

  constructor(scene: ChangeScene) {
    this.#scene = scene;
    this.#personOf = new Map(scene.persons.flatMap((person) => person.users.map((entry) => [entry, person] as const)));
    const managers = new Set(scene.entries.flatMap((entry) => first(entry, 'manager')?.toLowerCase() ?? []));
    const isFree = (entry: DirectoryEntry): boolean =>
      standingOf(entry) === 'user' &&
      !entry.classes.has('inetorgperson') &&
      !managers.has(entry.dn.toLowerCase()) &&
      isEnabled(entry);
    this.#free = new Set(scene.entries.filter(isFree));
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

  /** Whether no other object of the same person comes first with a value. A display name is never empty: there the place alone counts. */
  decides(user: DirectoryEntry, attribute: string): boolean {
    const person = this.#personOf.get(user) ?? { users: [user], contacts: [] };
    const deciding = byAuthority(person).find(
      (entry) => entry === user || attribute === 'displayName' || first(entry, attribute) !== undefined,
    );
    return deciding === user;
  }

  /** A contact that loses its user, and does not find it again when it comes back under another SID, would be a second object of that person. */
  isNoContact(user: DirectoryEntry): boolean {
    return (this.#personOf.get(user)?.contacts.length ?? 0) === 0;
  }

  /** A mailbox of an account in another forest, none when the forest has none. */
  linkedMailbox(): readonly DirectoryEntry[] {
    const { entries, anchors } = this.#scene;
    const mailbox = entries.find((entry) => standingOf(entry) === 'linked-mailbox' && anchors.has(entry));
    return mailbox === undefined ? [] : [mailbox];
  }
}

/** A foreign security principal whose person is not yet in a group that may have such members. */
function foreignJoin(scene: ChangeScene, groups: readonly DirectoryEntry[]): readonly MembershipPlan[] {
  const { entries, anchors } = scene;
  const byName = new Map(entries.map((entry) => [entry.dn.toLowerCase(), entry]));
  const candidates = entries.filter((entry) => entry.classes.has('foreignsecurityprincipal') && anchors.has(entry));
  for (const group of groups.filter((one) => first(one, 'groupType') === DOMAIN_LOCAL)) {
    const inside = new Set(all(group, 'member').map((dn) => anchorAt(byName.get(dn.toLowerCase()), anchors)));
    const user = candidates.find((entry) => !inside.has(anchors.get(entry)));
    if (user !== undefined) return [{ group, user }];
  }
  return [];
}

function anchorAt(entry: DirectoryEntry | undefined, anchors: ReadonlyMap<DirectoryEntry, string>): string | undefined {
  return entry === undefined ? undefined : anchors.get(entry);
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
