import type { CsDocument } from '@adjoin/spaces';

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
