import type { Json } from '../json.js';
import type { ChangeKind, LogStart } from './change-log.js';
import { ChangeLog } from './change-log.js';
import type { DirectoryObject, DirectoryType, FormerLinks } from './directory-object.js';
import { DIRECTORY_TYPES, isSoftDeleted } from './directory-object.js';
import type { ExtensionDefinition } from './extension-definition.js';
import { Journal } from './journal.js';
import { OrderedObjects } from './ordered-objects.js';
import { ValueIndex } from './value-index.js';

/** What the directory needs from outside. */
export interface DirectoryOptions {
  /** Current time in ms since 1970. */
  readonly clock: () => number;
  /** New object ids. */
  readonly newId: () => string;
  /** How long a created object and the delta entries stay hidden, in ms. */
  readonly eventualMs: () => number;
  /** Changes kept per type; older delta tokens get 410. */
  readonly changeCapacity: number;
  readonly journalCapacity: number;
}

/** How a stored object enters the directory; used by create and by import. */
export interface NewObject {
  readonly id?: string | undefined;
  readonly type: DirectoryType;
  readonly properties: Record<string, Json>;
}

type SavedLinks = Omit<FormerLinks, 'manager'> & { readonly manager?: string | undefined };

/** One list for all membership changes: there are millions of them. */
const MEMBERS: readonly string[] = ['members'];

/** The objects of one tenant: active ones, the recycle bin, links, indexes and the log of changes. */
export class Directory {
  readonly active = new Map<string, DirectoryObject>();
  readonly recycled = new Map<string, DirectoryObject>();
  readonly extensions = new Map<string, ExtensionDefinition>();
  readonly index = new ValueIndex();
  /** Immutable ids of deleted users; they still count for uniqueness. */
  readonly recycledIndex = new ValueIndex();
  readonly log: ChangeLog;
  readonly journal: Journal;
  /** The request being served, for the journal. */
  cause = '';
  readonly #options: DirectoryOptions;
  readonly #ordered = new Map<DirectoryType, OrderedObjects>();
  #memberOrdinal = 0;

  constructor(options: DirectoryOptions, start?: LogStart) {
    this.#options = options;
    this.log = new ChangeLog(options.changeCapacity, start);
    this.journal = new Journal(options.journalCapacity);
    for (const type of DIRECTORY_TYPES) this.#ordered.set(type, new OrderedObjects());
  }

  now(): number {
    return this.#options.clock();
  }

  newId(): string {
    return this.#options.newId();
  }

  /** Active objects of a type in creation order, those in the recycle bin excluded. */
  ordered(type: DirectoryType): OrderedObjects {
    const found = this.#ordered.get(type);
    if (found === undefined) throw new TypeError(`unknown type ${type}`);
    return found;
  }

  /** An active object that reads already show. */
  visible(id: string): DirectoryObject | undefined {
    const object = this.active.get(id);
    return object !== undefined && object.visibleAt <= this.now() ? object : undefined;
  }

  create(init: NewObject): DirectoryObject {
    const object = this.#insert(init, this.now() + this.#options.eventualMs());
    this.#record(object, 'created', Object.keys(init.properties));
    return object;
  }

  /** Inserts without a log entry, at once visible: for loading a saved state. */
  load(init: NewObject): DirectoryObject {
    return this.#insert(init, 0);
  }

  /** Puts an object into the recycle bin without a log entry: for loading a saved state. */
  loadRecycled(init: NewObject, deletedAt: number, former: SavedLinks | undefined): void {
    const object = this.#make(init, 0);
    object.deletedAt = deletedAt;
    if (former !== undefined) object.former = { ...former, manager: former.manager };
    this.#recycle(object);
  }

  update(object: DirectoryObject, changes: Readonly<Record<string, Json>>): void {
    const changed: string[] = [];
    for (const [name, value] of Object.entries(changes)) {
      const before = object.properties[name];
      if (JSON.stringify(before ?? null) === JSON.stringify(value)) continue;
      this.index.remove(object, name, before);
      object.properties[name] = value;
      this.index.add(object, name, value);
      changed.push(name);
    }
    if (changed.length > 0) this.#record(object, 'updated', changed);
  }

  addMember(group: DirectoryObject, member: DirectoryObject): void {
    this.link(group, member);
    this.#record(group, 'member-added', MEMBERS, member);
  }

  removeMember(group: DirectoryObject, member: DirectoryObject): void {
    group.members.delete(member.id);
    member.memberOf.delete(group.id);
    this.#record(group, 'member-removed', MEMBERS, member);
  }

  /** Adds a membership without a log entry: for loading a saved state. */
  link(group: DirectoryObject, member: DirectoryObject): void {
    group.members.set(member.id, ++this.#memberOrdinal);
    member.memberOf.add(group.id);
  }

  setOwner(object: DirectoryObject, owner: DirectoryObject, present: boolean): void {
    if (present) {
      object.owners.add(owner.id);
      owner.owned.add(object.id);
    } else {
      object.owners.delete(owner.id);
      owner.owned.delete(object.id);
    }
    this.#record(object, 'updated', ['owners']);
  }

  setManager(user: DirectoryObject, manager: DirectoryObject | undefined): void {
    if (user.manager === manager?.id) return;
    const former = user.manager === undefined ? undefined : this.active.get(user.manager);
    this.linkManager(user, manager);
    this.#record(user, 'updated', ['manager'], former);
  }

  /** Sets the manager without a log entry: for loading a saved state. */
  linkManager(user: DirectoryObject, manager: DirectoryObject | undefined): void {
    if (user.manager !== undefined) this.active.get(user.manager)?.reports.delete(user.id);
    user.manager = manager?.id;
    manager?.reports.add(user.id);
  }

  /** Deletes as the service does: to the recycle bin where the type has one, else for good. */
  remove(object: DirectoryObject): void {
    if (!isSoftDeleted(object)) {
      this.#detach(object);
      this.#record(object, 'purged', []);
      return;
    }
    object.former = {
      groups: [...object.memberOf],
      owned: [...object.owned],
      manager: object.manager,
      reports: [...object.reports],
    };
    this.#detach(object);
    object.deletedAt = this.now();
    const upn = object.properties['userPrincipalName'];
    // The name of a deleted user is prefixed with its id, so that a new user can have it (section 8).
    if (typeof upn === 'string') object.properties['userPrincipalName'] = object.id.replaceAll('-', '') + upn;
    this.#recycle(object);
    this.#record(object, 'deleted', []);
  }

  #recycle(object: DirectoryObject): void {
    this.recycled.set(object.id, object);
    this.recycledIndex.add(object, 'onPremisesImmutableId', object.properties['onPremisesImmutableId']);
  }

  purge(object: DirectoryObject): void {
    this.recycled.delete(object.id);
    this.recycledIndex.remove(object, 'onPremisesImmutableId', object.properties['onPremisesImmutableId']);
    this.#record(object, 'purged', []);
  }

  /** Brings an object and its links back from the recycle bin; the caller has checked for conflicts. */
  restore(object: DirectoryObject, userPrincipalName: string | undefined): void {
    this.recycled.delete(object.id);
    this.recycledIndex.remove(object, 'onPremisesImmutableId', object.properties['onPremisesImmutableId']);
    object.deletedAt = undefined;
    if (userPrincipalName !== undefined) object.properties['userPrincipalName'] = userPrincipalName;
    this.#attach(object);
    this.#record(object, 'restored', Object.keys(object.properties));
    const former = object.former;
    object.former = undefined;
    if (former === undefined) return;
    for (const group of this.#present(former.groups)) this.addMember(group, object);
    const members = this.#present([...object.members.keys()]);
    object.members.clear();
    for (const member of members) this.addMember(object, member);
    for (const owned of this.#present(former.owned)) this.setOwner(owned, object, true);
    for (const report of this.#present(former.reports))
      if (report.manager === undefined) this.setManager(report, object);
    const manager = former.manager === undefined ? undefined : this.active.get(former.manager);
    if (manager !== undefined) this.setManager(object, manager);
  }

  #present(ids: readonly string[]): readonly DirectoryObject[] {
    return ids.map((id) => this.active.get(id)).filter((object) => object !== undefined);
  }

  #insert(init: NewObject, visibleAt: number): DirectoryObject {
    const object = this.#make(init, visibleAt);
    this.#attach(object);
    return object;
  }

  #make(init: NewObject, visibleAt: number): DirectoryObject {
    return {
      id: init.id ?? this.#options.newId(),
      type: init.type,
      properties: { ...init.properties },
      ordinal: 0,
      visibleAt,
      members: new Map(),
      memberOf: new Set(),
      owners: new Set(),
      owned: new Set(),
      reports: new Set(),
    };
  }

  #attach(object: DirectoryObject): void {
    this.active.set(object.id, object);
    this.ordered(object.type).add(object);
    for (const [name, value] of Object.entries(object.properties)) this.index.add(object, name, value);
  }

  #detach(object: DirectoryObject): void {
    for (const group of this.#present([...object.memberOf])) this.removeMember(group, object);
    for (const owned of this.#present([...object.owned])) this.setOwner(owned, object, false);
    for (const report of this.#present([...object.reports])) this.setManager(report, undefined);
    if (object.manager !== undefined) this.linkManager(object, undefined);
    // A deleted group keeps its members for a restore, but they are no longer members of a group that shows.
    for (const member of this.#present([...object.members.keys()])) member.memberOf.delete(object.id);
    for (const owner of this.#present([...object.owners])) owner.owned.delete(object.id);
    this.active.delete(object.id);
    this.ordered(object.type).remove(object);
    for (const [name, value] of Object.entries(object.properties)) this.index.remove(object, name, value);
  }

  #record(object: DirectoryObject, kind: ChangeKind, properties: readonly string[], member?: DirectoryObject): void {
    const at = this.now();
    const record = this.log.append({
      at,
      visibleAt: at + this.#options.eventualMs(),
      type: object.type,
      id: object.id,
      kind,
      properties,
      member,
      cause: this.cause,
    });
    this.journal.add(record);
  }
}
