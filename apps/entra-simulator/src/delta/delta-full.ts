import type { Json, JsonObject } from '../json.js';
import { odataType, project } from '../query/select.js';
import type { Directory } from '../store/directory.js';
import type { DirectoryObject } from '../store/directory-object.js';
import type { DeltaState } from './delta-token.js';
import { projected, selects } from './delta-select.js';

/** A page of a delta query and where the next one goes on; no `next` ends the round. */
export interface DeltaPage {
  readonly items: readonly JsonObject[];
  readonly next: DeltaState;
  readonly more: boolean;
}

interface Budget {
  objects: number;
  members: number;
}

/** The first round: every object, the members of large groups spread over pages (section 7). */
export function fullPage(directory: Directory, state: DeltaState, pageSize: number): DeltaPage {
  const budget: Budget = { objects: pageSize, members: pageSize * 5 };
  const items: JsonObject[] = [];
  let ordinal = state.full?.ordinal ?? 0;
  for (const object of remaining(directory, state)) {
    if (budget.objects === 0 || budget.members === 0) return more(state, items, { ordinal });
    const from = object.id === state.full?.partial?.id ? state.full.partial.member : 0;
    const members = selects(state, object.type, 'members') ? takeMembers(directory, object, from, budget) : undefined;
    items.push({ ...projected(object, state), ...managerEntry(directory, object, state), ...entry(members) });
    budget.objects -= 1;
    if (members?.rest !== undefined) {
      return more(state, items, { ordinal, partial: { id: object.id, member: members.rest } });
    }
    // A group that was continued may lie before the walk if it came back from the recycle bin.
    ordinal = Math.max(ordinal, object.ordinal);
  }
  return { items, next: { ...state, full: undefined }, more: false };
}

const more = (state: DeltaState, items: readonly JsonObject[], full: NonNullable<DeltaState['full']>): DeltaPage => ({
  items,
  next: { ...state, full },
  more: true,
});

function* remaining(directory: Directory, state: DeltaState): Generator<DirectoryObject> {
  const now = directory.now();
  for (const object of directory.ordered(state.type).after(state.full?.ordinal ?? 0)) {
    if (object.visibleAt > now || (state.ids !== undefined && !state.ids.includes(object.id))) continue;
    yield object;
  }
}

interface Members {
  readonly taken: readonly Json[];
  /** Position of the last member taken if there are more. */
  readonly rest: number | undefined;
}

function takeMembers(directory: Directory, group: DirectoryObject, from: number, budget: Budget): Members {
  const taken: Json[] = [];
  let last = from;
  for (const [id, position] of group.members) {
    if (position <= from) continue;
    const member = directory.visible(id);
    if (member === undefined) continue;
    if (budget.members === 0) return { taken, rest: last };
    taken.push({ '@odata.type': odataType(member.type), id });
    budget.members -= 1;
    last = position;
  }
  return { taken, rest: undefined };
}

const entry = (members: Members | undefined): JsonObject =>
  members === undefined || members.taken.length === 0 ? {} : { 'members@delta': members.taken };

function managerEntry(directory: Directory, object: DirectoryObject, state: DeltaState): JsonObject {
  if (!selects(state, object.type, 'manager') || object.manager === undefined) return {};
  const manager = directory.visible(object.manager);
  return manager === undefined
    ? {}
    : { 'manager@delta': [{ '@odata.type': odataType(manager.type), ...project(manager, []) }] };
}
