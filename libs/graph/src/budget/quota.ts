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
  /** How fast it fills: the quota, or less when the service showed that it allows less. */
  readonly perSecond: number;
}

/** A rate below the quota is taken back by this part in a second: from a half to all of it in three to four minutes. */
export const REGAIN_PER_SECOND = 1 / 300;

/** The level after the bucket was refilled until `now`. A slower bucket is smaller in proportion. */
export function refilled({ tokens, at, perSecond }: Level, quota: Quota, now: number): Level {
  const seconds = Math.max(0, now - at) / 1000;
  const capacity = (quota.capacity / quota.perSecond) * perSecond;
  return {
    tokens: Math.max(tokens, Math.min(capacity, tokens + seconds * perSecond)),
    at: now,
    perSecond: Math.min(quota.perSecond, perSecond * (1 + seconds * REGAIN_PER_SECOND)),
  };
}

/** Time in ms until so many tokens are there. */
export function waitFor(wanted: number, { tokens, perSecond }: Level): number {
  return Math.max(0, Math.ceil(((wanted - tokens) * 1000) / perSecond));
}

/** Minutes that so many writes still take: what the bucket holds goes at once, the rest as it fills. */
export function minutesLeft(writes: number, { tokens, perSecond }: Level): number {
  return Math.max(0, writes - tokens) / perSecond / 60;
}
