/**
 * Assigns as many wanted entries as possible to different candidates (augmenting paths).
 * @returns the candidate index by entry index; `undefined` where nothing is left
 */
export function matchOneToOne(
  entries: number,
  candidates: number,
  fits: (entry: number, candidate: number) => boolean,
): readonly (number | undefined)[] {
  const entryOf = new Map<number, number>();
  const tryEntry = (entry: number, seen: Set<number>): boolean => {
    for (let candidate = 0; candidate < candidates; candidate++) {
      if (seen.has(candidate) || !fits(entry, candidate)) continue;
      seen.add(candidate);
      const holder = entryOf.get(candidate);
      if (holder === undefined || tryEntry(holder, seen)) {
        entryOf.set(candidate, entry);
        return true;
      }
    }
    return false;
  };
  for (let entry = 0; entry < entries; entry++) tryEntry(entry, new Set());
  const result: (number | undefined)[] = Array.from({ length: entries }, () => undefined);
  for (const [candidate, entry] of entryOf) result[entry] = candidate;
  return result;
}
