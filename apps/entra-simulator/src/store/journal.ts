import type { ChangeRecord } from './change-log.js';

/** Bounded ring of the latest changes of all types, for tests and the demo. */
export class Journal {
  readonly #records: ChangeRecord[] = [];
  readonly #capacity: number;
  readonly #waiting = new Set<() => void>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(record: ChangeRecord): void {
    this.#records.push(record);
    if (this.#records.length >= this.#capacity * 2) this.#records.splice(0, this.#capacity);
    if (this.#waiting.size > 0) for (const wake of this.#waiting) wake();
  }

  /** Records after `seq` that reads already show at `now`, at most `limit`. */
  visibleAfter(seq: number, now: number, limit: number): readonly ChangeRecord[] {
    const found: ChangeRecord[] = [];
    const start = this.#start(seq);
    for (let index = start; index < this.#records.length && found.length < limit; index += 1) {
      const record = this.#records[index];
      // Records are in order of time, so the first hidden one ends the answer.
      if (record === undefined || record.visibleAt > now) break;
      found.push(record);
    }
    return found;
  }

  /** Calls `wake` at each new record until the returned function is called. */
  subscribe(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  clear(): void {
    this.#records.length = 0;
  }

  #start(seq: number): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#records[middle]?.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
