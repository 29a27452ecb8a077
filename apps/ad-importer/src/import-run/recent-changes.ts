/** Change numbers (USN) of one server, after one and up to another, both included in what was committed. */
export interface UsnRange {
  readonly after: bigint;
  readonly until: bigint;
}

/** More are not listed: reading everything costs less then. */
const MOST_LISTED = 500n;
/** What may be committed while the read is on its way. Should there be more, it is read again as a whole. */
const SPARE = 200n;
/**
 * So often everything is read all the same: what is listed is only as good as the server's index of change numbers. While nothing has changed, for
 * a change would wait for it; where something changes all the time, less often.
 */
const WHOLE_READ_EVERY_MS = 60_000;
const WHOLE_READ_AT_LEAST_EVERY_MS = 600_000;

/**
 * Remembers up to which change number a cookie covers a domain, to ask for the few numbers after it by name. A server without an index over
 * change numbers (Samba) looks through the whole domain for a DirSync read, 0.7 s with 50,000 objects; it has one for a single number,
 * and finds a hundred changes in 0.07 s.
 */
export class RecentChanges {
  readonly #isNeeded: boolean;
  readonly #now: () => number;
  #covered: bigint | undefined;
  #readWholeAt = -Infinity;

  constructor(isNeeded: boolean, now: () => number = () => performance.now()) {
    this.#isNeeded = isNeeded;
    this.#now = now;
  }

  /** What to ask for, now that the server has committed up to `highest`; undefined when everything has to be read. */
  next(highest: string | undefined): UsnRange | undefined {
    const after = this.#covered;
    if (after === undefined || highest === undefined) return undefined;
    const wholeEvery = BigInt(highest) === after ? WHOLE_READ_EVERY_MS : WHOLE_READ_AT_LEAST_EVERY_MS;
    return this.#now() - this.#readWholeAt > wholeEvery ? undefined : this.between(after, highest);
  }

  /** The same for what was committed while everything was read in another way, which began at `after`. */
  between(after: string | bigint | undefined, highest: string | undefined): UsnRange | undefined {
    if (!this.#isNeeded || after === undefined || highest === undefined) return undefined;
    const range = { after: BigInt(after), until: BigInt(highest) };
    if (range.until < range.after || range.until - range.after > MOST_LISTED) return undefined;
    return { after: range.after, until: range.until + SPARE };
  }

  /** A read that began when the server had committed up to `highest` has ended well, and its cookie is stored. */
  covered(highest: string | undefined, wasWhole: boolean): void {
    this.#covered = highest === undefined ? undefined : BigInt(highest);
    if (wasWhole) this.#readWholeAt = this.#now();
  }

  /** The cookie is another one, or nobody knows what it covers. */
  forget(): void {
    this.#covered = undefined;
  }
}

/** RFC 4515 text that is true for exactly these change numbers. */
export function usnFilter({ after, until }: UsnRange): string {
  const terms: string[] = [];
  for (let usn = after + 1n; usn <= until; usn += 1n) terms.push(`(uSNChanged=${String(usn)})`);
  return `(|${terms.join('')})`;
}
