import type { SimulatorAdmin } from '../run/simulator-admin.js';

const WAIT_MS = 5000;

/** Wakes everybody who waits as soon as the tenant shows a change; what changed is then read from Graph. */
export class ChangeFeed {
  readonly #simulator: SimulatorAdmin;
  #wake: () => void = () => undefined;
  #next: Promise<void>;
  #stopped = false;

  private constructor(simulator: SimulatorAdmin) {
    this.#simulator = simulator;
    this.#next = this.#arm();
  }

  /** Starts to follow the changes from now on; `stop` ends it. */
  static async open(simulator: SimulatorAdmin): Promise<ChangeFeed> {
    const feed = new ChangeFeed(simulator);
    const { lastChange } = await simulator.stats();
    void feed.#follow(lastChange);
    return feed;
  }

  /** Resolves at the next change after this call, at the latest after some seconds. */
  next(): Promise<void> {
    return this.#next;
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async #follow(since: number): Promise<void> {
    let last = since;
    while (!this.#stopped) {
      // A failed request only delays the wake-up; who waits has a deadline of his own.
      last = await this.#simulator.changed(last, WAIT_MS).catch(() => last);
      const wake = this.#wake;
      this.#next = this.#arm();
      wake();
    }
  }

  #arm(): Promise<void> {
    return new Promise((settle) => (this.#wake = settle));
  }
}
