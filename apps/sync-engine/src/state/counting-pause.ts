/** The pause after counting, as a multiple of the time it takes. */
const SHARE = 20;
const LEAST_MS = 1000;
/** So many countings in a row have to be slow before the pause grows. */
const REMEMBERED = 3;

/**
 * How long to wait after counting: it may not take more than a twentieth of the time. The quickest of the last countings says how long it takes: one
 * that had to wait for a database that was away says nothing, and must not keep an old status for minutes.
 */
export class CountingPause {
  #took: readonly number[] = Array.from({ length: REMEMBERED }, () => 0);

  /** @param tookMs the counting that has just ended. Gives ms. */
  after(tookMs: number): number {
    this.#took = [...this.#took.slice(1), tookMs];
    return Math.max(LEAST_MS, SHARE * Math.min(...this.#took));
  }
}
