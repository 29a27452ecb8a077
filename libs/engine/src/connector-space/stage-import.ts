import type { AttributeValue, Attributes } from '../attribute/value.js';
import type { AttributeChanges, CsObject, UnconfirmedExport } from '../sync/model.js';
import { sameValue } from '../sync/sameness.js';
import { acknowledgedImage, applyChanges } from './image.js';

/** What a connected directory reported about one object. */
export interface ImportChange {
  /** Connector-space id, used when the object is new. */
  readonly id: string;
  readonly connector: string;
  readonly anchor: string;
  readonly type: string;
  readonly dn: string;
  readonly partition?: string | undefined;
  /** `whole`: attributes that are missing have no value. `delta`: they are as before. */
  readonly mode: 'whole' | 'delta' | 'delete';
  /** `null` removes an attribute. */
  readonly attributes: AttributeChanges;
  /** Numbers of values kept as edges; missing: as before. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
}

/** Pending import modification types (architecture.md §2.4). */
export type ImportModification = 'none' | 'add' | 'update' | 'delete' | 'delete-add';

export interface StagedImport {
  readonly object: CsObject;
  readonly modification: ImportModification;
  /** Exported attributes that arrived as exported, sorted; `*` for the object's delete. */
  readonly confirmed: readonly string[];
  /** Exported attributes that have another value although the export must be visible by now: pending again after synchronization. */
  readonly refuted: readonly string[];
  /** The image that rules read is as before: only rules with ImportedValue can decide otherwise. */
  readonly imageUnchanged: boolean;
}

/**
 * Lays one reported change over the staged object (architecture.md §3, §6). Pure; nothing is decided about the metaverse.
 * @param existing the object with this anchor; undefined for a new one
 * @param options canRefute: the read began long enough after the acknowledgement that what it does not show was lost
 */
export function stageImport(
  existing: CsObject | undefined,
  change: ImportChange,
  options: { readonly canRefute: boolean },
): StagedImport {
  if (change.mode === 'delete') return stageDelete(existing, change);
  if (existing === undefined) return stageNew(change);
  const imported =
    change.mode === 'whole' ? present(change.attributes) : applyChanges(existing.imported, change.attributes);
  if (existing.type !== change.type) return replaceType(existing, change, present(change.attributes));
  const review = reviewExports(existing, imported, change, options.canRefute);
  const same = sameAttributes(existing.imported, imported);
  const object: CsObject = {
    ...existing,
    anchor: change.anchor,
    dn: change.dn,
    partition: change.partition ?? existing.partition,
    state: 'imported',
    imported: same ? existing.imported : imported,
    counts: change.counts ?? existing.counts,
    unconfirmed: review.unconfirmed,
    pendingExport: review.deleteAgain ? { operation: 'delete', changes: {} } : existing.pendingExport,
    importedDelete: false,
  };
  const placed =
    same &&
    sameCounts(existing.counts, object.counts) &&
    existing.dn === object.dn &&
    existing.partition === object.partition;
  const unchanged =
    placed && existing.state === 'imported' && !existing.importedDelete && existing.anchor === change.anchor;
  const modification = unchanged ? 'none' : existing.state === 'imported' ? 'update' : 'add';
  const imageUnchanged =
    modification !== 'add' &&
    !existing.importedDelete &&
    existing.dn === object.dn &&
    sameCounts(existing.counts, object.counts) &&
    sameAttributes(acknowledgedImage(existing), acknowledgedImage(object));
  return { object, modification, confirmed: review.confirmed, refuted: review.refuted, imageUnchanged };
}

function stageNew(change: ImportChange): StagedImport {
  const object: CsObject = {
    id: change.id,
    connector: change.connector,
    type: change.type,
    anchor: change.anchor,
    dn: change.dn,
    partition: change.partition,
    state: 'imported',
    imported: present(change.attributes),
    counts: change.counts,
    importedDelete: false,
    rules: [],
  };
  return { object, modification: 'add', confirmed: [], refuted: [], imageUnchanged: false };
}

function stageDelete(existing: CsObject | undefined, change: ImportChange): StagedImport {
  const known = existing ?? stageNew(change).object;
  const confirmed = known.unconfirmed?.operation === 'delete' ? ['*'] : [];
  const modification = known.importedDelete ? 'none' : 'delete';
  return { object: { ...known, importedDelete: true }, modification, confirmed, refuted: [], imageUnchanged: false };
}

/** The same identity with another type: a new object in the old one's place; all rules are evaluated anew. */
function replaceType(existing: CsObject, change: ImportChange, imported: Attributes): StagedImport {
  const object: CsObject = { ...stageNew({ ...change, id: existing.id }).object, imported, link: existing.link };
  return { object, modification: 'delete-add', confirmed: [], refuted: [], imageUnchanged: false };
}

interface ExportReview {
  readonly unconfirmed: UnconfirmedExport | undefined;
  readonly confirmed: readonly string[];
  readonly refuted: readonly string[];
  readonly deleteAgain: boolean;
}

function reviewExports(
  existing: CsObject,
  imported: Attributes,
  change: ImportChange,
  canRefute: boolean,
): ExportReview {
  const { unconfirmed } = existing;
  if (unconfirmed === undefined) return { unconfirmed, confirmed: [], refuted: [], deleteAgain: false };
  if (unconfirmed.operation === 'delete') {
    if (!canRefute) return { unconfirmed, confirmed: [], refuted: [], deleteAgain: false };
    return { unconfirmed: undefined, confirmed: [], refuted: ['*'], deleteAgain: existing.link === undefined };
  }
  const confirmed: string[] = [];
  const refuted: string[] = [];
  const open: Record<string, AttributeValue | null> = {};
  for (const [name, value] of Object.entries(unconfirmed.changes)) {
    const reported = change.mode === 'whole' || name in change.attributes;
    if (sameValue(value ?? undefined, imported[name])) confirmed.push(name);
    else if (canRefute && reported) refuted.push(name);
    else open[name] = value;
  }
  const settled = Object.keys(open).length === 0;
  return {
    unconfirmed: settled ? undefined : { operation: 'update', changes: open },
    confirmed: confirmed.sort(),
    refuted: refuted.sort(),
    deleteAgain: false,
  };
}

function present(changes: AttributeChanges): Attributes {
  return applyChanges({}, changes);
}

function sameAttributes(a: Attributes, b: Attributes): boolean {
  if (a === b) return true;
  const names = Object.keys(b);
  return names.length === Object.keys(a).length && names.every((name) => sameValue(a[name], b[name]));
}

function sameCounts(a: CsObject['counts'], b: CsObject['counts']): boolean {
  if (a === b) return true;
  const left = Object.entries(a ?? {});
  return left.length === Object.keys(b ?? {}).length && left.every(([name, count]) => b?.[name] === count);
}
