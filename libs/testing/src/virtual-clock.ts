interface Timer {
  readonly at: number;
  readonly order: number;
  readonly then: () => void;
}

/** Turns of the event loop without anything to do, after which everybody is taken to wait for the clock. */
const IDLE_TURNS = 8;

/**
 * Time that moves only when nobody has anything else to do: it then jumps to the next timer. Work whose end the clock cannot see (a socket, a
 * database) is wrapped in {@link during}; time stands still meanwhile. Times are ms since 1970.
 */
export class VirtualClock {
  #now: number;
  #timers: Timer[] = [];
  #order = 0;
  #busy = 0;
  #idle = 0;
  #watching = false;

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  readonly now = (): number => this.#now;

  /** Like setTimeout. */
  readonly delay = (ms: number, then: () => void): void => {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, then };
    const before = this.#timers.findIndex(({ at }) => at > timer.at);
    if (before < 0) this.#timers.push(timer);
    else this.#timers.splice(before, 0, timer);
    this.#watch();
  };

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.delay(ms, resolve));
  }

  /** Time stands still until the work is done. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await work;
    } finally {
      this.#busy--;
      this.#idle = 0;
    }
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#idle = 0;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    if (this.#busy > 0) this.#idle = 0;
    else this.#idle++;
    if (this.#idle > IDLE_TURNS) {
      this.#idle = 0;
      const timer = this.#timers.shift();
      if (timer !== undefined) {
        this.#now = Math.max(this.#now, timer.at);
        timer.then();
      }
    }
    if (this.#timers.length === 0) {
      this.#watching = false;
      return;
    }
    setImmediate(() => this.#turn());
  }
}
