/** A delete waits so long at most for the poll that lets it settle, when nothing else changes. */
const EVERY_MS = 30_000;

/**
 * Which polls end with markers. What changed does; so does the poll after it, so that a delete can settle at once; and one now and then while
 * nothing changes, since the engine may decide a delete long after it was read, and waits for a poll that began after its decision.
 */
export class MarkerSchedule {
  readonly #now: () => number;
  #owed = false;
  #sentAt: number;

  /** @param now monotonic, ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#sentAt = now();
  }

  /** Another run than a poll has sent markers: a poll follows with its own. */
  owe(): void {
    this.#owed = true;
  }

  /** Whether a poll that has ended sends markers. Call once a poll. */
  isDue(changed: boolean): boolean {
    const due = changed || this.#owed || this.#now() - this.#sentAt >= EVERY_MS;
    this.#owed = changed;
    if (due) this.#sentAt = this.#now();
    return due;
  }
}
