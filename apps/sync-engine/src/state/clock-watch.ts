import { sleep, type Logger, type Runnable } from '@adjoin/shared';
import type { Store } from '../store.js';
import { NEVER } from '../sync/export-state.js';

/** The longest pause after failures: of rules that fail, of exports that are refused or not kept, of members. */
const LONGEST_PAUSE_MS = 3_600_000;
const LOOK_MS = 1000;
/** What synchronizing the time moves in small steps does not matter. */
const JUMP_MS = 1500;

/** The clock of the machine and one that only goes forward. Both ms. */
export interface Clocks {
  readonly wall: () => number;
  readonly monotonic: () => number;
}

export interface ClockWatchOptions {
  readonly store: Pick<Store, 'exclusive' | 'cs' | 'targetEdges'>;
  /** Names of all connectors, targets too. */
  readonly connectors: readonly string[];
  readonly log: Logger;
  /** Called when something was made due. */
  readonly due: () => void;
  /** Those of the process by default. */
  readonly clocks?: Clocks | undefined;
}

const CLOCKS: Clocks = { wall: () => Date.now(), monotonic: () => performance.now() };

/**
 * What is due is stored as a time of the clock of this process. When that was ahead and is set right, everything that became due meanwhile would wait
 * until the clock gets there again: a clock that goes back makes all of it due. Another process may have written with such a clock before; what is
 * further away than any pause is made due at the start.
 */
export class ClockWatch implements Runnable {
  readonly name = 'clock';
  readonly #options: ClockWatchOptions;
  readonly #clocks: Clocks;
  /** Wall clock less monotonic clock; undefined before the first look. */
  #offset: number | undefined;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
    this.#clocks = options.clocks ?? CLOCKS;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      await sleep(LOOK_MS, signal);
    }
  }

  /** One look at the clock. A rejection changes nothing: the next look sees the same jump. */
  async look(): Promise<void> {
    const { wall, monotonic } = this.#clocks;
    const offset = wall() - monotonic();
    const before = this.#offset;
    if (before !== undefined && offset >= before - JUMP_MS) {
      this.#offset = offset;
      return;
    }
    const now = new Date(wall());
    const after = before === undefined ? new Date(now.getTime() + LONGEST_PAUSE_MS) : now;
    const made = await this.#makeDue(now, after);
    this.#offset = offset;
    if (made === 0) return;
    const bySeconds = before === undefined ? undefined : (before - offset) / 1000;
    this.#options.log.warn({ event: 'clock.back', bySeconds, made }, 'The clock was ahead.');
    this.#options.due();
  }

  /** Makes due now what is due later than `after`. Gives the number of objects and members. */
  #makeDue(now: Date, after: Date): Promise<number> {
    const { store, connectors } = this.#options;
    const later = { $gt: after, $lt: NEVER };
    const connector = { $in: [...connectors] };
    const open = { connector, 'exp.state': { $in: ['pending' as const, 'failed' as const] } };
    const inFlight = { connector, 'exp.state': 'in-flight' as const };
    return store.exclusive('sync', async (session) => {
      const results = [
        await store.cs.updateMany({ connector, dirtyAt: later }, { $set: { dirtyAt: now } }, { session }),
        await store.cs.updateMany({ ...open, 'exp.nextAt': later }, { $set: { 'exp.nextAt': now } }, { session }),
        // A delete waits for an import that began after it was decided, and what is lost in flight for its time.
        await store.cs.updateMany(
          { ...open, 'exp.settle.since': later },
          { $set: { 'exp.settle.since': now } },
          { session },
        ),
        await store.cs.updateMany(
          { ...inFlight, 'exp.releasedAt': later },
          { $set: { 'exp.releasedAt': now } },
          { session },
        ),
        await store.targetEdges.updateMany(
          { target: connector, pend: true, nextAt: later },
          { $set: { nextAt: now } },
          { session },
        ),
      ];
      return results.reduce((sum, { modifiedCount }) => sum + modifiedCount, 0);
    });
  }
}
