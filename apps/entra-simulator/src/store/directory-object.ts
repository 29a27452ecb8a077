import type { Json } from '../json.js';

/** Kinds of objects the tenant holds, by their Graph type name. */
export const DIRECTORY_TYPES = ['user', 'group', 'device', 'orgContact', 'application'] as const;
export type DirectoryType = (typeof DIRECTORY_TYPES)[number];

/** Links an object had when it was moved to the recycle bin; a restore brings them back. */
export interface FormerLinks {
  readonly groups: readonly string[];
  readonly owned: readonly string[];
  readonly manager: string | undefined;
  readonly reports: readonly string[];
}

/** One object of the directory. Only `Directory` changes it. */
export interface DirectoryObject {
  readonly id: string;
  readonly type: DirectoryType;
  readonly properties: Record<string, Json>;
  /** Position in creation order; pages continue after it. */
  ordinal: number;
  /** Time in ms since 1970 from which reads show the object (eventual consistency). */
  visibleAt: number;
  /** Set while the object is in the recycle bin. */
  deletedAt?: number | undefined;
  /** Members of a group by id, with a growing ordinal for paging. */
  readonly members: Map<string, number>;
  readonly memberOf: Set<string>;
  readonly owners: Set<string>;
  readonly owned: Set<string>;
  readonly reports: Set<string>;
  manager?: string | undefined;
  former?: FormerLinks | undefined;
}

/** Properties as Graph shows them: `id` is part of them. */
export function propertyOf(object: DirectoryObject, name: string): Json | undefined {
  if (name === 'id') return object.id;
  if (name === 'deletedDateTime')
    return object.deletedAt === undefined ? null : new Date(object.deletedAt).toISOString();
  return object.properties[name];
}

/** Users, M365 groups and applications go to the recycle bin, everything else is gone at once (section 8). */
export function isSoftDeleted(object: DirectoryObject): boolean {
  if (object.type === 'user' || object.type === 'application') return true;
  return object.type === 'group' && isUnified(object);
}

/** An M365 group. */
export function isUnified(object: DirectoryObject): boolean {
  const types = object.properties['groupTypes'];
  return Array.isArray(types) && types.includes('Unified');
}

/** A group whose members are computed by a rule; it refuses member changes. */
export function isDynamic(object: DirectoryObject): boolean {
  const types = object.properties['groupTypes'];
  return Array.isArray(types) && types.includes('DynamicMembership');
}
