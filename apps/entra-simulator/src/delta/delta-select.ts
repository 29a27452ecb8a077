import type { JsonObject } from '../json.js';
import { project } from '../query/select.js';
import type { DirectoryObject, DirectoryType } from '../store/directory-object.js';
import type { DeltaState } from './delta-token.js';

/** Links that `$select` of a delta query can name, by type. */
export const DELTA_LINKS: Readonly<Record<DirectoryType, readonly string[]>> = {
  user: ['manager'],
  group: ['members', 'owners'],
  device: [],
  orgContact: [],
  application: [],
};

/** True if the query follows the link: groups tell members unless something else is selected, users must ask. */
export function selects(state: DeltaState, type: DirectoryType, link: string): boolean {
  if (!DELTA_LINKS[type].includes(link)) return false;
  return state.select === undefined ? link === 'members' : state.select.includes(link);
}

/** The object with the properties the query follows; those that were never set are left out, cleared ones are null. */
export function projected(object: DirectoryObject, state: DeltaState): JsonObject {
  const links = DELTA_LINKS[object.type];
  const shown = project(
    object,
    state.select?.filter((name) => !links.includes(name)),
  );
  return Object.fromEntries(Object.entries(shown).filter(([name]) => name === 'id' || name in object.properties));
}

/** True if a change of this property is told: only properties selected at the start are tracked (section 7). */
export function tracks(state: DeltaState, property: string): boolean {
  return state.select === undefined || state.select.includes(property);
}
