/** A bucket of `size` tokens that fills again over `periodMs`. Times are ms since 1970. */
export class TokenBucket {
  readonly #size: number;
  readonly #perMs: number;
  #level: number;
  #at: number;

  constructor(size: number, periodMs: number, now: number) {
    this.#size = size;
    this.#perMs = size / periodMs;
    this.#level = size;
    this.#at = now;
  }

  has(tokens: number, now: number): boolean {
    this.#refill(now);
    return this.#level >= tokens;
  }

  take(tokens: number, now: number): void {
    this.#refill(now);
    this.#level -= tokens;
  }

  /** Time in ms until so many tokens are there. */
  wait(tokens: number, now: number): number {
    this.#refill(now);
    return Math.max(0, (tokens - this.#level) / this.#perMs);
  }

  /** Used part of the bucket, 0 to 1. */
  used(now: number): number {
    this.#refill(now);
    return 1 - this.#level / this.#size;
  }

  #refill(now: number): void {
    this.#level = Math.min(this.#size, this.#level + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
