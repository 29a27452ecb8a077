/** The middle value; the mean of the two in the middle when there are two. NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = ordered(values);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The smallest value that at least `share` of the values do not exceed (nearest rank, so always one of the values).
 * @param share from 0 to 1: 0.95 for p95. NaN for no values.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = ordered(values);
  const rank = Math.ceil(Math.min(1, Math.max(0, share)) * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}

/** How far the values lie apart: (largest - smallest) / median; 0 for less than two values. */
export function spread(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const sorted = ordered(values);
  const middle = median(sorted);
  return middle === 0 ? 0 : ((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)) / middle;
}

function ordered(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}
