/**
 * Time to wait in ms: `Retry-After` in seconds (as Graph sends it) plus up to a quarter of jitter, else exponential from 500 ms to 15 s
 * (operations/graph-export.md section 5).
 * @param random a number in [0, 1).
 */
export function retryAfterMs(header: string | undefined, attempt: number, random: number): number {
  const seconds = header === undefined ? Number.NaN : Number(header);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000 * (1 + random / 4) + random * 100;
  return Math.min(15_000, 500 * 2 ** Math.min(attempt, 10)) * (0.75 + random / 2);
}
