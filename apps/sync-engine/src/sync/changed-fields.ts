import { valueEquals } from '@adjoin/engine';
import type { CsDocument, MvDocument } from '@adjoin/spaces';

export interface FieldUpdate {
  readonly $set?: Partial<CsDocument>;
  readonly $unset?: Readonly<Record<string, 1>>;
}

/**
 * The update that turns the stored document into the new one: only top-level fields that are not the same value. The engine gives back what it did
 * not change, so a large image that stays is neither compared nor sent. Undefined when nothing differs.
 */
export function changedFields(before: CsDocument, after: CsDocument): FieldUpdate | undefined {
  const set: Record<string, unknown> = {};
  const unset: Record<string, 1> = {};
  for (const [name, value] of Object.entries(after)) {
    if (before[name as keyof CsDocument] === value) continue;
    if (value === undefined) unset[name] = 1;
    else set[name] = value;
  }
  for (const name of Object.keys(before)) if (!(name in after)) unset[name] = 1;
  const sets = Object.keys(set).length > 0;
  const unsets = Object.keys(unset).length > 0;
  if (!sets && !unsets) return undefined;
  return { ...(sets ? { $set: set } : {}), ...(unsets ? { $unset: unset } : {}) };
}

export interface PartUpdate {
  readonly $set?: Readonly<Record<string, unknown>>;
  readonly $unset?: Readonly<Record<string, 1>>;
}

/**
 * The same for a metaverse object, down to single attributes and their lineage: a confirmation touches a handful of sixty values. The list of
 * contributors is compared as a whole, since every place in the lineage depends on it.
 */
export function changedParts(before: MvDocument, after: MvDocument): PartUpdate | undefined {
  const set: Record<string, unknown> = {};
  const unset: Record<string, 1> = {};
  for (const name of ['type', 'contributors', 'links', 'waitsFor', 'joinKeys', 'refs'] as const) {
    if (!samePlain(before[name], after[name])) set[name] = after[name];
  }
  for (const [name, value] of Object.entries(after.attributes)) {
    const known = before.attributes[name];
    if (known === undefined || !valueEquals(known, value)) set[`attributes.${name}`] = value;
  }
  for (const name of Object.keys(before.attributes)) if (!(name in after.attributes)) unset[`attributes.${name}`] = 1;
  for (const [name, places] of Object.entries(after.lineage)) {
    if (!samePlain(before.lineage[name], places)) set[`lineage.${name}`] = places;
  }
  for (const name of Object.keys(before.lineage)) if (!(name in after.lineage)) unset[`lineage.${name}`] = 1;
  const sets = Object.keys(set).length > 0;
  const unsets = Object.keys(unset).length > 0;
  if (!sets && !unsets) return undefined;
  return { ...(sets ? { $set: set } : {}), ...(unsets ? { $unset: unset } : {}) };
}

/** Equality of plain lists of texts, numbers and flat objects. */
function samePlain(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => samePlain((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]))
  );
}
