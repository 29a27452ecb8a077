import type { Json, JsonObject } from '../json.js';
import { odataType } from '../query/select.js';
import type { ChangeRecord } from '../store/change-log.js';
import type { Directory } from '../store/directory.js';
import { DELTA_LINKS, projected, selects, tracks } from './delta-select.js';
import type { DeltaPage } from './delta-full.js';
import type { DeltaState } from './delta-token.js';

interface Changed {
  /** A selected property changed, or the object appeared. */
  shown: boolean;
  gone: boolean;
  manager: boolean;
  formerManager: ChangeRecord['member'];
  readonly members: Map<string, ChangeRecord>;
  /** Names of the changed properties, for `Prefer: return=minimal`; unused once the object appeared. */
  readonly properties: Set<string>;
  appeared: boolean;
}

/**
 * Later rounds: walks the log from the token on until the page is full or a change is reached that reads do not show
 * yet. An object may come again on a later page; clients must take repeats.
 */
export function changesPage(directory: Directory, state: DeltaState, pageSize: number, minimal: boolean): DeltaPage {
  const now = directory.now();
  const changed = new Map<string, Changed>();
  const { records, start } = directory.log.after(state.type, state.seq);
  let seq = state.seq;
  let members = 0;
  let more = false;
  for (let index = start; index < records.length; index += 1) {
    const record = records[index];
    if (record === undefined || record.visibleAt > now) break;
    const wanted = state.ids === undefined || state.ids.includes(record.id);
    if (wanted && ((!changed.has(record.id) && changed.size === pageSize) || members === pageSize * 5)) {
      more = true;
      break;
    }
    seq = record.seq;
    if (!wanted) continue;
    const entry = changed.get(record.id) ?? newChanged();
    changed.set(record.id, entry);
    if (apply(entry, record, state)) members += 1;
  }
  const items = [...changed].flatMap(([id, entry]) =>
    show(directory, minimal ? narrowed(state, entry) : state, id, entry),
  );
  return { items, next: { ...state, seq }, more };
}

/** With `Prefer: return=minimal` an object that was known before shows only what changed. */
function narrowed(state: DeltaState, entry: Changed): DeltaState {
  if (entry.appeared) return state;
  const links = DELTA_LINKS[state.type].filter((link) => selects(state, state.type, link));
  const changed = [...entry.properties].filter((name) => tracks(state, name) && !links.includes(name));
  return { ...state, select: [...changed, ...links] };
}

const newChanged = (): Changed => ({
  shown: false,
  gone: false,
  manager: false,
  formerManager: undefined,
  members: new Map(),
  properties: new Set(),
  appeared: false,
});

/** Takes a record into account; true if it is a member entry. */
function apply(entry: Changed, record: ChangeRecord, state: DeltaState): boolean {
  switch (record.kind) {
    case 'created':
    case 'restored':
      entry.shown = true;
      entry.appeared = true;
      return false;
    case 'deleted':
    case 'purged':
      entry.gone = true;
      return false;
    case 'updated':
      if (record.properties.includes('manager') && selects(state, record.type, 'manager')) {
        entry.manager = true;
        entry.formerManager = record.member;
      }
      entry.shown ||= record.properties.some((name) => !DELTA_LINKS[record.type].includes(name) && tracks(state, name));
      for (const name of record.properties) entry.properties.add(name);
      return false;
    case 'member-added':
    case 'member-removed':
      if (record.member === undefined || !selects(state, record.type, 'members')) return false;
      entry.members.set(record.member.id, record);
      return true;
  }
}

function show(directory: Directory, state: DeltaState, id: string, entry: Changed): readonly JsonObject[] {
  const object = directory.active.get(id);
  if (object === undefined) {
    // A restorable object is `changed`, a permanently deleted one `deleted` (section 7).
    return entry.gone || entry.shown
      ? [{ id, '@removed': { reason: directory.recycled.has(id) ? 'changed' : 'deleted' } }]
      : [];
  }
  if (!entry.shown && !entry.manager && entry.members.size === 0) return [];
  return [
    {
      ...(entry.shown ? projected(object, state) : { id }),
      ...managerEntry(directory, object.manager, entry, state),
      ...memberEntry(entry),
    },
  ];
}

function memberEntry(entry: Changed): JsonObject {
  if (entry.members.size === 0) return {};
  const members = [...entry.members.values()].map(({ kind, member }): Json => {
    const shown = { '@odata.type': odataType(member?.type ?? 'user'), id: member?.id ?? '' };
    return kind === 'member-added' ? shown : { ...shown, '@removed': { reason: 'deleted' } };
  });
  return { 'members@delta': members };
}

function managerEntry(
  directory: Directory,
  manager: string | undefined,
  entry: Changed,
  state: DeltaState,
): JsonObject {
  if (!entry.manager && !(entry.shown && selects(state, 'user', 'manager') && state.type === 'user')) return {};
  const current = manager === undefined ? undefined : directory.visible(manager);
  if (current !== undefined) {
    return { 'manager@delta': [{ '@odata.type': odataType(current.type), id: current.id }] };
  }
  const former = entry.formerManager;
  if (former === undefined) return {};
  return {
    'manager@delta': [{ '@odata.type': odataType(former.type), id: former.id, '@removed': { reason: 'deleted' } }],
  };
}
