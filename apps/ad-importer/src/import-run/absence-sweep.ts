import { SyncError, type AdConnectorConfig } from '@adjoin/contracts';
import { extendedDn, guidFilter, parseExtendedDn, readHighestUsn, seesDeletedObjects } from '@adjoin/ad-ldap';
import { sleep, type Logger } from '@adjoin/shared';
import type { DirectorySession } from '../directory/directory-session.js';
import { collapseDoubt } from './full-import.js';
import type { ImportContext } from './import-context.js';
import { readByGuid } from './object-reader.js';

interface SweepOptions {
  readonly session: DirectorySession;
  readonly config: AdConnectorConfig;
  readonly partition: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Answering a sweep may take a domain controller at most this part of its time, and one comes at most this often. */
const SHARE = 0.05;
const AT_MOST_EVERY_MS = 3_000;
/** Objects asked for at once: 20 to 30 ms for Samba, which answers nobody else meanwhile and needs more for each of a larger number. */
const ASKED_AT_ONCE = 100;
/** Between two questions the server is left alone for so many times as long as the last one took. */
const PAUSE = 3;
/** So many objects are asked for in a part of a second: that is waited for. */
const WAIT_UP_TO = 1_000;

/** All objects that are known being asked for. */
interface Reading {
  /** State of the server before it. */
  readonly usn: string | undefined;
  /** What was known before it. */
  readonly known: readonly string[];
  read: Promise<void>;
  /** Undefined while it goes on. */
  outcome: Answer | { readonly error: unknown } | undefined;
}

interface Answer {
  /** Objects that the server did not show when it was asked for them by GUID. */
  readonly missing: readonly string[];
  /** Time the server needed, ms. */
  readonly tookMs: number;
}

/**
 * Finds deletions where DirSync does not show tombstones to the account: with object security, and on Samba in any mode, they need
 * the right to list CN=Deleted Objects. Asks for every object of the index by its GUID, some at a time, and confirms each missing one by a
 * read of its own. An object that is renamed or moved meanwhile has the same GUID: it cannot slip through between two questions. Runs only when the
 * server has committed something since the last sweep.
 *
 * A container that shows nothing proves nothing: nothing may have been deleted yet. It is looked at again before each sweep, and the first deleted
 * object that the account sees ends the sweeps.
 */
export class AbsenceSweep {
  readonly #options: SweepOptions;
  #sees: 'yes' | 'no' | 'unknown';
  #sweptUsn: string | undefined;
  #nextAt = 0;
  #reading: Reading | undefined;

  private constructor(options: SweepOptions, sees: 'no' | 'unknown') {
    this.#options = options;
    this.#sees = sees;
    if (sees === 'no') this.#warn();
  }

  /** Undefined where tombstones come by DirSync. */
  static async ifNeeded(options: SweepOptions): Promise<AbsenceSweep | undefined> {
    const { session, partition, signal } = options;
    if (session.reading === 'dirsync' && session.rootDse.vendorName === undefined) return undefined;
    const sees = await seesDeletedObjects(session.lookup, partition, signal);
    return sees === 'yes' ? undefined : new AbsenceSweep(options, sees);
  }

  /** A complete read that began at this USN has found what was absent then. */
  sweptAt(usn: string | undefined): void {
    this.#sweptUsn = usn;
    this.#reading = undefined;
  }

  /**
   * Publishes deletes for objects that are gone, if it is time to look. Asking for a large domain takes longer than changes may wait: it goes on beside
   * the next imports of changes, and what it found is published with the first of them that comes after it.
   */
  async run(context: ImportContext): Promise<void> {
    if (this.#reading === undefined && !(await this.#begin(context))) return;
    const reading = this.#reading;
    if (reading === undefined) return;
    if (reading.known.length <= WAIT_UP_TO) await reading.read;
    if (reading.outcome === undefined) return;
    this.#reading = undefined;
    if ('error' in reading.outcome) throw reading.outcome.error;
    await this.#conclude(context, reading, reading.outcome);
  }

  /** Resolves to false when there is no need to look now. */
  async #begin(context: ImportContext): Promise<boolean> {
    if (this.#sees === 'yes' || performance.now() < this.#nextAt) return false;
    const usn = await readHighestUsn(context.session.bulk, context.signal);
    if (usn !== undefined && usn === this.#sweptUsn) return false;
    if ((await this.#look(context)) === 'yes') return false;
    const known = [...context.index.guids()];
    const reading: Reading = { usn, known, outcome: undefined, read: Promise.resolve() };
    reading.read = askFor(context, known).then(
      (answer) => void (reading.outcome = answer),
      (error: unknown) => void (reading.outcome = { error }),
    );
    this.#reading = reading;
    return true;
  }

  async #conclude(context: ImportContext, { usn, known }: Reading, { missing: unseen, tookMs }: Answer): Promise<void> {
    const missing = unseen.filter((guid) => context.index.get(guid) !== undefined);
    const doubt = collapseDoubt(context.partition, known.length - missing.length, known.length);
    if (doubt !== undefined) throw doubt;
    await readByGuid(context, missing, { reportAbsent: true });
    await context.publisher.flush();
    await context.index.flush();
    this.#sweptUsn = usn;
    this.#nextAt = performance.now() + Math.max(AT_MOST_EVERY_MS, tookMs / SHARE);
    if (missing.length === 0) return;
    this.#options.log.info({ event: 'import.sweep', partition: context.partition, missing: missing.length });
    if ((await this.#look(context)) !== 'unknown') return;
    // Something was deleted, and the container still shows nothing.
    this.#sees = 'no';
    this.#warn();
  }

  async #look({ session, partition, signal }: ImportContext): Promise<'yes' | 'no' | 'unknown'> {
    if (this.#sees === 'unknown') this.#sees = await seesDeletedObjects(session.lookup, partition, signal);
    return this.#sees;
  }

  #warn(): void {
    const { config, partition, log } = this.#options;
    const problem = new SyncError('ADJ-IMP-1007', `${config.bindDn} cannot see deleted objects of ${partition}.`);
    log.warn({ event: 'import.tombstones-hidden', partition, code: problem.code, hint: problem.hint }, problem.message);
  }
}

/** Over the connection for single objects: between two questions it answers others. A question that fails ends all. */
async function askFor({ session, partition, signal }: ImportContext, known: readonly string[]): Promise<Answer> {
  const missing: string[] = [];
  let tookMs = 0;
  for (let start = 0; start < known.length; start += ASKED_AT_ONCE) {
    const asked = known.slice(start, start + ASKED_AT_ONCE);
    const present = new Set<string>();
    const begun = performance.now();
    await session.lookup.search(
      { base: partition, filter: guidFilter(asked), attributes: ['1.1'], controls: [extendedDn()] },
      (entry) => {
        const { guid } = parseExtendedDn(entry.dn);
        if (guid !== undefined) present.add(guid);
      },
      signal,
    );
    const ms = performance.now() - begun;
    tookMs += ms;
    missing.push(...asked.filter((guid) => !present.has(guid)));
    if (known.length > WAIT_UP_TO) await sleep(ms * PAUSE, signal);
  }
  return { missing, tookMs };
}
