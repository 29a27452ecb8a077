import type { BudgetStore, SharedBudget } from './budget-store.js';
import { PUBLISHED_WRITES, refilled, type Level, type Quota } from './quota.js';

export interface WriteBudgetOptions {
  readonly store: BudgetStore;
  readonly quota?: Quota | undefined;
  /** ms; default Date.now */
  readonly now?: (() => number) | undefined;
}
export interface Grant {
  readonly writes: number;
  /** Time in ms until it is worth asking again; 0 when granted. */
  readonly waitMs: number;
}

/** How often a process that is not limited asks whether another one was told of a limit. */
const LOOK_MS = 5000;
/** Signs of a limit are stored at this distance, unless they lower the level. */
const SIGN_MS = 60_000;
const ROUNDING = 0.05;
/** The service tells the used part from here on. */
const TOLD_FROM = 0.8;
/** Refusals closer to each other are one event. */
const MEASURED_FROM_S = 1.5;
/** Writes a second that are tried at least. */
const SLOWEST = 0.1;

/**
 * What may be written now. Nothing is limited until the service speaks of a limit: by `x-ms-throttle-limit-percentage` (from 80 % of it on) or by
 * refusing. Then all replicas draw from one bucket of the published size, so that the limit is met and not hit. What was written before is counted,
 * so that the bucket is about right from the first moment.
 */
export class WriteBudget {
  readonly #store: BudgetStore;
  readonly #quota: Quota;
  readonly #now: () => number;
  /** What the service's bucket would hold if only this process wrote. */
  #own: Level;
  #limited = false;
  /** As of the last answer of the store, on our clock. */
  #shared: Level | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #signAt = Number.NEGATIVE_INFINITY;
  /** Granted and not settled. */
  #onTheWay = 0;
  /** Writes answered since the bucket of the service was empty, and when that was. */
  #answered = 0;
  #emptyAt = Number.NEGATIVE_INFINITY;
  /** Drawn and not used. */
  #spare = 0;
  /** Draws wait for what was told before them. */
  #observing: Promise<void> = Promise.resolve();

  constructor({ store, quota = PUBLISHED_WRITES, now = Date.now }: WriteBudgetOptions) {
    this.#store = store;
    this.#quota = quota;
    this.#now = now;
    this.#own = { tokens: quota.capacity, at: now(), perSecond: quota.perSecond };
  }

  /** The level of the shared bucket as last heard of; undefined when nothing is limited. */
  get level(): Level | undefined {
    return this.#limited && this.#shared !== undefined ? refilled(this.#shared, this.#quota, this.#now()) : undefined;
  }
  get quota(): Quota {
    return this.#quota;
  }

  /**
   * Asks for so many writes: all or none. What is granted and not used comes back with {@link giveBack}.
   * @throws what the store throws: nothing is granted then.
   */
  draw(writes: number): Grant | Promise<Grant> {
    if (writes <= this.#spare) {
      this.#spare -= writes;
      this.#onTheWay += writes;
      return { writes, waitMs: 0 };
    }
    if (!this.#limited) {
      this.#look();
      this.#count(writes);
      this.#onTheWay += writes;
      return { writes, waitMs: 0 };
    }
    return this.#drawShared(writes);
  }

  giveBack(writes: number): void {
    this.#onTheWay -= writes;
    if (this.#limited) this.#spare += writes;
    else this.#count(-writes);
  }

  /** So many writes that were granted have been answered, or will never be. */
  settled(writes: number): void {
    this.#onTheWay -= writes;
    this.#answered += writes;
  }

  /** Most writes to ask for at a time: what two seconds bring, so that nothing urgent waits for a batch to become full. */
  get most(): number {
    const rate = this.#limited ? (this.#shared?.perSecond ?? this.#quota.perSecond) : this.#quota.perSecond;
    return Math.max(1, Math.ceil(rate * 2));
  }

  /** The service told which part of a limit is used (0.8 to 1.8, with one decimal: the bucket may hold a little more). */
  async notePercentage(used: number): Promise<void> {
    if (!Number.isFinite(used)) return;
    const least = Math.max(TOLD_FROM, used - ROUNDING);
    await this.#observe(Math.max(0, (1 - least) * this.#quota.capacity));
  }

  /**
   * The service refused so many writes and told when it takes the next one: its bucket is empty. What it took since it was empty the last time is
   * what it allows.
   */
  async noteRefused(retryAfterMs: number | undefined, refused = 0): Promise<void> {
    const rate = this.#limited ? (this.#shared?.perSecond ?? this.#quota.perSecond) : this.#quota.perSecond;
    const now = this.#now();
    this.#answered = Math.max(0, this.#answered - refused);
    const seconds = (now - this.#emptyAt) / 1000;
    let measured = rate;
    if (seconds >= MEASURED_FROM_S) {
      if (this.#limited && Number.isFinite(seconds)) measured = Math.max(SLOWEST, this.#answered / seconds);
      this.#emptyAt = now;
      this.#answered = 0;
    }
    this.#spare = 0;
    const slower = measured < rate * 0.9 ? measured : undefined;
    await this.#observe(1 - ((retryAfterMs ?? 1000) * (slower ?? rate)) / 1000, slower);
  }

  async #drawShared(writes: number): Promise<Grant> {
    await this.#observing;
    const need = writes - this.#spare;
    const drawn = await this.#store.draw(need);
    this.#take(drawn);
    if (drawn.granted < need) return { writes: 0, waitMs: Math.max(1, drawn.waitMs) };
    this.#spare = 0;
    this.#count(need);
    this.#onTheWay += writes;
    return { writes, waitMs: 0 };
  }

  /** Stores a sign of a limit when it tells something new. */
  async #observe(tokens: number, perSecond?: number): Promise<void> {
    const now = this.#now();
    const own = refilled(this.#own, this.#quota, now).tokens;
    const known = this.level?.tokens ?? Number.POSITIVE_INFINITY;
    const least = this.#limited ? tokens : Math.min(tokens, own + this.#onTheWay);
    if (least >= known - 1 && perSecond === undefined && now - this.#signAt < SIGN_MS) return;
    // What is on the way was not drawn from the shared bucket, since nothing was limited then.
    const spent = this.#limited ? 0 : this.#onTheWay;
    this.#limited = true;
    this.#signAt = now;
    const rate = perSecond ?? this.#shared?.perSecond ?? this.#quota.perSecond;
    this.#shared = { tokens: Math.min(least, known) - spent, at: now, perSecond: rate };
    const observing = this.#store.observe(least, spent, perSecond).then((shared) => this.#take(shared));
    this.#observing = observing.catch(() => undefined); // the caller reports it
    await observing;
  }

  #take({ level }: SharedBudget): void {
    this.#limited = level !== undefined;
    this.#shared = level && { ...level, at: this.#now() };
    if (!this.#limited) this.#spare = 0;
  }

  #count(writes: number): void {
    const level = refilled(this.#own, this.#quota, this.#now());
    this.#own = { ...level, tokens: Math.min(this.#quota.capacity, Math.max(0, level.tokens - writes)) };
  }

  #look(): void {
    const now = this.#now();
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    this.#store.read().then(
      ({ level }) => {
        if (level !== undefined && !this.#limited) void this.#observe(level.tokens).catch(() => undefined);
      },
      () => undefined, // asked again with the next look; drawing reports what is wrong with the store
    );
  }
}
