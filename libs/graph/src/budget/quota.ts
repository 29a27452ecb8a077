/** A limit of the service as a token bucket. */
export interface Quota {
  /** Most tokens; it starts full. */
  readonly capacity: number;
  readonly perSecond: number;
}

/** Writes of one application in one tenant: 3,000 in 2 min 30 s (operations/graph-export.md section 5). */
export const PUBLISHED_WRITES: Quota = { capacity: 3000, perSecond: 20 };

/** Tokens in a bucket at a moment; time in ms on the clock of whoever keeps the bucket. */
export interface Level {
  readonly tokens: number;
  readonly at: number;
}

/** The level after the bucket was refilled until `now`. */
export function refilled({ tokens, at }: Level, { capacity, perSecond }: Quota, now: number): Level {
  return { tokens: Math.min(capacity, tokens + (Math.max(0, now - at) * perSecond) / 1000), at: now };
}

/** Time in ms until so many tokens are there. */
export function waitFor(wanted: number, { tokens }: Level, { perSecond }: Quota): number {
  return Math.max(0, Math.ceil(((wanted - tokens) * 1000) / perSecond));
}

/** Minutes that so many writes still take: what the bucket holds goes at once, the rest as it fills. */
export function minutesLeft(writes: number, level: Level, quota: Quota): number {
  return Math.max(0, writes - level.tokens) / quota.perSecond / 60;
}
