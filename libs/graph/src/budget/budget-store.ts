import { refilled, waitFor, type Level, type Quota } from './quota.js';

/** The bucket all replicas draw from. */
export interface SharedBudget {
  /** Undefined while the service is not known to limit. Its time is the store's own. */
  readonly level: Level | undefined;
}
export interface Draw extends SharedBudget {
  /** `wanted`, or 0 when the bucket holds less; also `wanted` when there is no limit. */
  readonly granted: number;
  /** Time in ms until `wanted` will be there; 0 when granted. */
  readonly waitMs: number;
}

/**
 * Keeps the bucket that replicas share; each call is atomic. A limit lapses some time after the last sign of it ({@link LAPSE_MS}), so that
 * one that is not enforced any more does not slow the exporter for ever.
 */
export interface BudgetStore {
  read(): Promise<SharedBudget>;
  /** All of `wanted` or nothing. */
  draw(wanted: number): Promise<Draw>;
  /**
   * The service showed that the bucket held this at most (may be negative) before `spent` more writes that are on the way; begins the limit when
   * there was none.
   * @param perSecond what the service was seen to allow, when that is less than the bucket gains
   */
  observe(tokens: number, spent: number, perSecond?: number): Promise<SharedBudget>;
}

/** A limit that showed no sign for this long is not enforced any more. */
export const LAPSE_MS = 15 * 60_000;

/** For one process, and for tests: the bucket in memory. */
export class MemoryBudgetStore implements BudgetStore {
  readonly #quota: Quota;
  readonly #now: () => number;
  #level: Level | undefined;
  #signAt = 0;

  constructor(quota: Quota, now: () => number) {
    this.#quota = quota;
    this.#now = now;
  }

  read(): Promise<SharedBudget> {
    return Promise.resolve({ level: this.#current() });
  }

  draw(wanted: number): Promise<Draw> {
    const level = this.#current();
    if (level === undefined) return Promise.resolve({ level, granted: wanted, waitMs: 0 });
    const waitMs = waitFor(wanted, level);
    this.#level = waitMs > 0 ? level : { ...level, tokens: level.tokens - wanted };
    return Promise.resolve({ level: this.#level, granted: waitMs > 0 ? 0 : wanted, waitMs });
  }

  observe(tokens: number, spent: number, perSecond = this.#quota.perSecond): Promise<SharedBudget> {
    const now = this.#now();
    const known = this.#current() ?? { tokens: this.#quota.capacity, perSecond: this.#quota.perSecond };
    this.#signAt = now;
    const rate = Math.min(known.perSecond, perSecond);
    this.#level = { tokens: Math.min(known.tokens, tokens) - spent, at: now, perSecond: rate };
    return Promise.resolve({ level: this.#level });
  }

  #current(): Level | undefined {
    const now = this.#now();
    if (this.#level !== undefined && now - this.#signAt > LAPSE_MS) this.#level = undefined;
    return this.#level && refilled(this.#level, this.#quota, now);
  }
}
