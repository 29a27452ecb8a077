import { CONTAINER, type ContainerScope } from '@adjoin/ad-ldap';
import type { ImportIndex } from '../index-store/import-index.js';

/** How many known objects a scope would no longer have. */
export function countLeaving(
  index: ImportIndex,
  scope: ContainerScope,
  objectTypes: readonly string[],
): { readonly leaving: number; readonly byType: Readonly<Record<string, number>> } {
  const byType: Record<string, number> = {};
  let leaving = 0;
  for (const guid of index.guids()) {
    const entry = index.get(guid);
    if (entry?.inScope !== true || entry.type === CONTAINER) continue;
    const dn = index.dnOf(guid);
    if (dn !== undefined && scope.includes(dn) && objectTypes.includes(entry.type)) continue;
    leaving += 1;
    byType[entry.type] = (byType[entry.type] ?? 0) + 1;
  }
  return { leaving, byType };
}
