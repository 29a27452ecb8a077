import { SyncError, type AdConnectorConfig } from '@adjoin/contracts';
import { extendedDn, pagedSearch, parseExtendedDn, readRootDse, seesDeletedObjects } from '@adjoin/ad-ldap';
import type { Logger } from '@adjoin/shared';
import type { DirectorySession } from '../directory/directory-session.js';
import { IMPORTED_CLASSES } from '@adjoin/ad-ldap';
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

/** A sweep may take at most this part of the time, and comes at most this often. */
const SHARE = 0.05;
const AT_MOST_EVERY_MS = 3_000;
/** So many objects are read in less than a second: that is waited for. */
const WAIT_UP_TO = 5_000;

/** The names of all objects being read. */
interface Reading {
  /** State of the server before it. */
  readonly usn: string | undefined;
  readonly started: number;
  /** What was known before it. */
  readonly known: readonly string[];
  read: Promise<void>;
  /** Undefined while it goes on. */
  outcome: { readonly present: ReadonlySet<string> } | { readonly error: unknown } | undefined;
}

/**
 * Finds deletions where DirSync does not show tombstones to the account: with object security, and on Samba in any mode, they need
 * the right to list CN=Deleted Objects. Compares the GUIDs of a complete paged read with the index and confirms each missing object
 * by a read of its own. Runs only when the server has committed something since the last sweep.
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
   * Publishes deletes for objects that are gone, if it is time to look. Reading a large domain takes longer than changes may wait: it goes on beside
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
    await this.#conclude(context, reading, reading.outcome.present);
  }

  /** Resolves to false when there is no need to look now. */
  async #begin(context: ImportContext): Promise<boolean> {
    if (this.#sees === 'yes' || Date.now() < this.#nextAt) return false;
    const { highestCommittedUsn: usn } = await readRootDse(context.session.bulk, context.signal);
    if (usn !== undefined && usn === this.#sweptUsn) return false;
    if ((await this.#look(context)) === 'yes') return false;
    const reading: Reading = {
      usn,
      started: Date.now(),
      known: [...context.index.guids()],
      outcome: undefined,
      read: Promise.resolve(),
    };
    reading.read = presentGuids(context).then(
      (present) => void (reading.outcome = { present }),
      (error: unknown) => void (reading.outcome = { error }),
    );
    this.#reading = reading;
    return true;
  }

  async #conclude(
    context: ImportContext,
    { usn, started, known }: Reading,
    present: ReadonlySet<string>,
  ): Promise<void> {
    const missing = known.filter((guid) => !present.has(guid) && context.index.get(guid) !== undefined);
    const doubt = collapseDoubt(context.partition, known.length - missing.length, known.length);
    if (doubt !== undefined) throw doubt;
    await readByGuid(context, missing, { reportAbsent: true });
    await context.publisher.flush();
    await context.index.flush();
    this.#sweptUsn = usn;
    this.#nextAt = Date.now() + Math.max(AT_MOST_EVERY_MS, (Date.now() - started) / SHARE);
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

/** Over the connection for single objects, page by page: between two pages it answers others. */
async function presentGuids(context: ImportContext): Promise<Set<string>> {
  const present = new Set<string>();
  await pagedSearch(
    context.session.lookup,
    { base: context.partition, filter: IMPORTED_CLASSES, attributes: ['1.1'], controls: [extendedDn()] },
    (entry) => {
      const { guid } = parseExtendedDn(entry.dn);
      if (guid !== undefined) present.add(guid);
    },
    context.signal,
  );
  return present;
}
