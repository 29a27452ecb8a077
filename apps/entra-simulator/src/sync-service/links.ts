import type { SyncObjectType, SyncValue } from '@adjoin/sync-service';
import type { Tenant } from '../graph/tenant.js';
import type { DirectoryObject } from '../store/directory-object.js';
import { cloudIdOf, type CheckedObject } from './check-object.js';
import { SyncFailure } from './sync-failure.js';
import { DIRECTORY_TYPE } from './sync-state.js';

type Target = DirectoryObject;
/** References of an object, found before anything is changed. */
export interface Links {
  readonly members:
    { readonly add: readonly Target[]; readonly remove: readonly Target[]; readonly whole: boolean } | undefined;
  /** undefined: not named; null: cleared. */
  readonly manager: Target | null | undefined;
}
const ANCHORED: readonly SyncObjectType[] = ['User', 'Group', 'Contact', 'Device'];

/** Resolves the references of an object. @throws SyncFailure ReferenceNotFound */
export function resolveLinks(tenant: Tenant, { values }: CheckedObject): Links {
  const valueOf = (name: string): SyncValue | undefined => values.find((one) => one.name === name)?.value;
  const manager = valueOf('manager');
  return { members: membersOf(tenant, valueOf('member')), manager: managerOf(tenant, manager) };
}

function membersOf(tenant: Tenant, value: SyncValue | undefined): Links['members'] {
  if (value?.type === 'references') {
    const resolve = (operation: 'add' | 'remove', required: boolean): readonly Target[] =>
      value.changes
        .filter((change) => change.operation === operation)
        .flatMap(({ anchorKind, anchor }) => find(tenant, anchorKind, anchor, required) ?? []);
    return { add: resolve('add', true), remove: resolve('remove', false), whole: false };
  }
  if (value?.type === 'strings')
    return {
      add: value.values.flatMap((anchor) => find(tenant, 'source', anchor, true) ?? []),
      remove: [],
      whole: true,
    };
  return value?.type === 'nil' ? { add: [], remove: [], whole: true } : undefined;
}

function managerOf(tenant: Tenant, value: SyncValue | undefined): Links['manager'] {
  if (value === undefined) return undefined;
  if (value.type === 'nil') return null;
  const change = value.type === 'references' ? value.changes.find(({ operation }) => operation === 'add') : undefined;
  return change === undefined ? null : find(tenant, change.anchorKind, change.anchor, true);
}

/** A member to remove that is gone already is none. */
function find(tenant: Tenant, kind: 'cloud' | 'source', anchor: string, required: boolean): Target | undefined {
  const found = kind === 'cloud' ? byCloudAnchor(tenant, anchor) : bySourceAnchor(tenant, anchor);
  if (found === undefined && required) throw new SyncFailure('ReferenceNotFound', `There is no object ${anchor}.`);
  return found;
}

function byCloudAnchor(tenant: Tenant, anchor: string): Target | undefined {
  const object = tenant.directory.active.get(cloudIdOf(anchor));
  const type = ANCHORED.find((one) => DIRECTORY_TYPE[one] === object?.type);
  return type !== undefined && anchor.toLowerCase().startsWith(`${type.toLowerCase()}_`) ? object : undefined;
}

function bySourceAnchor(tenant: Tenant, anchor: string): Target | undefined {
  for (const type of ANCHORED) {
    const synced = tenant.sync.byAnchor(type, anchor);
    const object = synced === undefined ? undefined : tenant.directory.active.get(synced.id);
    if (object !== undefined) return object;
  }
  return undefined;
}

/** Brings the links of an object to what was resolved. */
export function applyLinks(tenant: Tenant, object: DirectoryObject, { members, manager }: Links): void {
  const { directory } = tenant;
  if (manager !== undefined && object.type === 'user') directory.setManager(object, manager ?? undefined);
  if (members === undefined || object.type !== 'group') return;
  const added = new Set(members.add.map(({ id }) => id));
  const removed = members.whole
    ? [...object.members.keys()].filter((id) => !added.has(id)).flatMap((id) => directory.active.get(id) ?? [])
    : members.remove;
  for (const member of removed) if (object.members.has(member.id)) directory.removeMember(object, member);
  for (const member of members.add) if (!object.members.has(member.id)) directory.addMember(object, member);
}
