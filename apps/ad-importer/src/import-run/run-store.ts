import type { Collection, Db } from '@adjoin/shared';
import type { ObjectError } from './import-context.js';

export type ImportProfile = 'full-import' | 'delta-import';

/** A run that this partition has to execute. */
export interface DueRun {
  readonly id: string;
  readonly profile: ImportProfile;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Set on a run request: the operator has seen ADJ-IMP-1012 and confirms that so many objects are gone. */
  readonly acceptFewer: boolean;
}
export interface RunResult {
  readonly counters: Readonly<Record<string, number>>;
  readonly complete: boolean;
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
  readonly objectErrors: readonly ObjectError[];
  /** Set for a failure that may pass by itself. */
  readonly retryable?: boolean | undefined;
}

interface RunRequestDocument {
  _id: string;
  connector: string;
  profile: string;
  requestedAt: Date;
  acceptFewer?: boolean;
}
interface ImportRunDocument {
  _id: string;
  runId: string;
  profile: ImportProfile;
  partition: string;
  attempt: number;
  status: 'in-progress' | 'success' | 'incomplete' | 'failed';
  startedAt: Date;
  endedAt?: Date;
  complete?: boolean;
  counters?: Readonly<Record<string, number>>;
  failure?: { code: string; message: string };
  objectErrors?: readonly ObjectError[];
  /** The failure may pass: the run is tried again. */
  retryable?: boolean;
}

/** A run that failed this often stays failed; a full import that is still necessary gets a run of its own. */
const MAX_ATTEMPTS = 5;

/**
 * Runs of one partition. Requests come from collection `runs`, which control-plane alone writes; what became of them is kept in
 * `importRuns.<connector>`, one document a run and partition.
 */
export class RunStore {
  readonly #requests: Collection<RunRequestDocument>;
  readonly #runs: Collection<ImportRunDocument>;

  constructor(
    db: Db,
    private readonly connector: string,
    private readonly partition: string,
    private readonly partitions: number,
  ) {
    this.#requests = db.collection<RunRequestDocument>('runs');
    this.#runs = db.collection<ImportRunDocument>(`importRuns.${connector}`);
  }

  /** The oldest run that is requested and not ended for this partition; a run cut short by a restart comes back with the next attempt. */
  async nextDue(): Promise<DueRun | undefined> {
    const repeat = { status: 'failed' as const, retryable: true, attempt: { $lt: MAX_ATTEMPTS } };
    const open = await this.#runs.findOne(
      { partition: this.partition, $or: [{ status: 'in-progress' }, repeat] },
      { sort: { startedAt: 1 } },
    );
    const request = open === null ? await this.#nextRequest() : await this.#requests.findOne({ _id: open.runId });
    if (open !== null)
      return {
        id: open.runId,
        profile: open.profile,
        attempt: Number(open.attempt) + 1,
        acceptFewer: request?.acceptFewer === true,
      };
    if (request === null) return undefined;
    return {
      id: request._id,
      profile: request.profile as ImportProfile,
      attempt: 1,
      acceptFewer: request.acceptFewer === true,
    };
  }

  async #nextRequest(): Promise<RunRequestDocument | null> {
    const requested = this.#requests
      .find({ connector: this.connector, status: 'requested', profile: { $in: ['full-import', 'delta-import'] } })
      .sort({ requestedAt: -1 })
      .limit(50);
    const newest = await requested.toArray();
    if (newest.length === 0) return null;
    const taken = await this.#runs
      .find({ _id: { $in: newest.map((run) => this.#id(run._id)) } }, { projection: { _id: 1 } })
      .toArray();
    const ids = new Set(taken.map((run) => run._id));
    return newest.findLast((run) => !ids.has(this.#id(run._id))) ?? null;
  }

  async started(run: DueRun): Promise<void> {
    await this.#runs.updateOne(
      { _id: this.#id(run.id) },
      {
        $set: {
          runId: run.id,
          profile: run.profile,
          partition: this.partition,
          attempt: run.attempt,
          status: 'in-progress',
          startedAt: new Date(),
        },
        $unset: { endedAt: '', complete: '', failure: '', counters: '', objectErrors: '', retryable: '' },
      },
      { upsert: true },
    );
  }

  async progress(run: DueRun, counters: Readonly<Record<string, number>>): Promise<void> {
    await this.#runs.updateOne({ _id: this.#id(run.id) }, { $set: { counters: { ...counters } } });
  }

  async ended(run: DueRun, result: RunResult): Promise<void> {
    const status = result.failure !== undefined ? 'failed' : result.complete ? 'success' : 'incomplete';
    const { failure, objectErrors } = result;
    await this.#runs.updateOne(
      { _id: this.#id(run.id) },
      {
        $set: {
          status,
          endedAt: new Date(),
          complete: result.complete,
          counters: { ...result.counters },
          ...(failure === undefined ? {} : { failure: { ...failure } }),
          ...(result.retryable === true ? { retryable: true } : {}),
          ...(objectErrors.length === 0 ? {} : { objectErrors: [...objectErrors] }),
        },
      },
    );
  }

  /** With one domain the run id itself, so that it can be looked up directly. */
  #id(runId: string): string {
    return this.partitions === 1 ? runId : `${runId}:${this.partition}`;
  }
}
