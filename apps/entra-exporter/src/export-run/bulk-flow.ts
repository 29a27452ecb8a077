/** More than this many exports in the window are a bulk: a first load, a rule that touched everybody. */
const BULK = 200;
const WINDOW_MS = 3000;

/** Notices when exports come in bulk. */
export class BulkFlow {
  readonly #now: () => number;
  #handled: { readonly at: number; readonly count: number }[] = [];

  /** @param now monotonic time, ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** That many exports have just been answered. */
  note(count: number): void {
    this.#handled.push({ at: this.#now(), count });
    this.#forget();
  }

  /** Exports have been coming in bulk within the last seconds. */
  get flows(): boolean {
    this.#forget();
    return this.#handled.reduce((sum, { count }) => sum + count, 0) > BULK;
  }

  #forget(): void {
    const since = this.#now() - WINDOW_MS;
    if (this.#handled.some(({ at }) => at < since)) this.#handled = this.#handled.filter(({ at }) => at >= since);
  }
}
