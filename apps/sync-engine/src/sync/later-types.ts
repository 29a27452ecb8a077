import type { SyncRule } from '@adjoin/engine';

/**
 * Connector-space types whose objects are synchronized after all others in the first load, in this order: those that join metaverse objects
 * which a type of higher precedence projects. A contact with the mail of a user joins that user, but not the other way round (rule Contact Join,
 * default-rules.md §2): whichever forest is read first, users have to be there before contacts. The precedence of the rules is that order.
 */
export function laterTypes(rules: readonly SyncRule[]): readonly string[] {
  const linking = rules
    .filter((rule) => rule.direction === 'inbound' && (rule.linkType === 'Provision' || rule.join.length > 0))
    .toSorted((a, b) => a.precedence - b.precedence);
  const projected = new Map<string, string>();
  const later = new Set<string>();
  for (const { sourceType, targetType } of linking) {
    const first = targetType === '*' ? '' : (projected.get(targetType) ?? sourceType);
    if (targetType !== '*') projected.set(targetType, first);
    if (first !== sourceType) later.add(sourceType);
  }
  return [...later];
}
