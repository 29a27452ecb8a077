import { retryAfterMs } from '@adjoin/graph';

export interface PauseClock {
  /** Time in ms since 1970. */
  readonly now?: (() => number) | undefined;
  /** A number in [0, 1). */
  readonly random?: (() => number) | undefined;
}

/**
 * When the service may be called again. It is throttled as a whole, so that everybody waits: as long as it said with some jitter, or longer each
 * time when it said nothing. After that one call tries first.
 */
export class ServicePause {
  readonly #now: () => number;
  readonly #random: () => number;
  #until = Number.NEGATIVE_INFINITY;
  /** Calls in vain since the last one that worked. */
  #inVain = 0;

  constructor({ now, random }: PauseClock = {}) {
    this.#now = now ?? (() => performance.now());
    this.#random = random ?? Math.random;
  }

  /** Time in ms until the service may be called; 0 when it may be now. */
  get left(): number {
    return Math.max(0, this.#until - this.#now());
  }

  /** True until a call worked again. */
  get trying(): boolean {
    return this.#inVain > 0;
  }

  /** A call was in vain. @param afterMs what the service said */
  busy(afterMs: number | undefined): void {
    const seconds = afterMs === undefined ? undefined : String(afterMs / 1000);
    this.#until = Math.max(this.#until, this.#now() + retryAfterMs(seconds, this.#inVain++, this.#random()));
  }

  worked(): void {
    this.#inVain = 0;
  }
}
