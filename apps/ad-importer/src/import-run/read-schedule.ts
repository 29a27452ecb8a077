/** What commits out of order is not missed for longer. */
const READ_AT_LEAST_EVERY_MS = 10_000;
const LONGEST_BREAK_MS = 1_000;
/** Parts of the poll interval after which the change number is looked at: while nothing changes, and after something did. */
const WATCHED = 1 / 4;
const FOLLOWED = 1 / 2;

/**
 * When the changes of a domain are read. A DirSync read may make a domain controller look through its whole directory (Samba); its highest change number
 * costs it next to nothing: it is watched, and the changes are read when it has moved, at once after a calm. Numbers that move without anything to
 * publish (sign-ins, other partitions) do not make reads more frequent than the poll interval.
 */
export class ReadSchedule {
  readonly #pollMs: number;
  readonly #now: () => number;
  #usn: string | undefined;
  #readAt = -Infinity;
  #last: 'calm' | 'moved' | 'found' = 'calm';

  /** @param pollMs longest time between two looks at the change number, ms */
  constructor(pollMs: number, now: () => number = () => performance.now()) {
    this.#pollMs = pollMs;
    this.#now = now;
  }

  /** State of the domain controller before the last read; undefined before the first one, and where it does not tell. */
  get usn(): string | undefined {
    return this.#usn;
  }

  /** Whether to read now that the server has committed up to `usn`; if so, the caller does. */
  isDue(usn: string | undefined): boolean {
    const hasMoved = usn === undefined || usn !== this.#usn;
    // Before the first read nobody knows whether anything moves.
    this.#last = hasMoved && (this.#usn !== undefined || usn === undefined) ? 'moved' : 'calm';
    if (!hasMoved && this.#now() - this.#readAt < READ_AT_LEAST_EVERY_MS) return false;
    this.#usn = usn;
    this.#readAt = this.#now();
    return true;
  }

  /** A read has found something to publish. */
  found(): void {
    this.#last = 'found';
  }

  /** A read has failed: the next one is due at once. */
  failed(): void {
    this.#usn = undefined;
    this.#readAt = -Infinity;
  }

  /** Time until the next look, ms. A server that needed long for an answer gets a break: some (Samba) do nothing else meanwhile. */
  pauseMs(tookMs: number): number {
    const usual = Math.max(this.#pollMs - tookMs, Math.min(tookMs / 2, LONGEST_BREAK_MS));
    if (this.#last === 'moved') return usual;
    const early = this.#pollMs * (this.#last === 'found' ? FOLLOWED : WATCHED);
    return Math.min(usual, Math.max(early, 2 * tookMs));
  }
}
