const BEAT_MS = 1000;
/** A session of the consumer lives 10 s from its last heartbeat, of which the client sends one each 2.5 s: what is older is not relied on. */
const TRUST_MS = 6000;

/**
 * Whether this process may still send what is in a batch. Whoever has lost the membership, or was stopped for so long that it may have, can have a
 * successor who has sent it already, and something newer after it.
 */
export class Membership {
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #confirmedAt: number;
  #lost = false;

  /**
   * @param heartbeat rejects when the group no longer knows this member
   * @param now monotonic, ms: goes on while the process is stopped
   */
  constructor(heartbeat: () => Promise<void>, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#confirmedAt = now();
    this.#timer = setInterval(() => void this.#beat(heartbeat), BEAT_MS);
  }

  get lost(): boolean {
    return this.#lost || this.#now() - this.#confirmedAt > TRUST_MS;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #beat(heartbeat: () => Promise<void>): Promise<void> {
    const asked = this.#now();
    try {
      await heartbeat();
      this.#confirmedAt = asked;
    } catch {
      this.#lost = true; // the commit reports it
    }
  }
}
