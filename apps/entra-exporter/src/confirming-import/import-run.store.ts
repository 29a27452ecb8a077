import type { Collection, Db } from '@adjoin/shared';
import { TENANT_PARTITION } from './import-cursor.store.js';
import type { ImportResult, ImportRun } from './import-context.js';

export type ImportProfile = 'full-import' | 'delta-import';
export type DueRun = ImportRun & { readonly profile: ImportProfile };

interface RequestDocument {
  _id: string;
  connector: string;
  profile: string;
  requestedAt?: Date;
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
  /** The read showed far fewer objects than the last complete one. */
  collapsed?: boolean;
}

/** Requested runs come from `runs`, which control-plane writes; what became of them is in `importRuns.<connector>`, owned here. */
export class ImportRunStore {
  readonly #connector: string;
  readonly #requests: Collection<RequestDocument>;
  readonly #runs: Collection<ImportRunDocument>;

  constructor(db: Db, connector: string) {
    this.#connector = connector;
    this.#requests = db.collection<RequestDocument>('runs');
    this.#runs = db.collection<ImportRunDocument>(`importRuns.${connector}`);
  }

  /** A run cut short by a restart, with its next attempt; else the oldest requested one that was not begun. */
  async nextDue(): Promise<DueRun | undefined> {
    const open = await this.#runs.findOne({ status: 'in-progress' }, { sort: { startedAt: 1 } });
    if (open !== null)
      return { id: open.runId, profile: open.profile, attempt: Number(open.attempt) + 1, acceptFewer: false };
    const requests = await this.#requests
      .find({ connector: this.#connector, profile: { $in: ['full-import', 'delta-import'] } })
      .sort({ requestedAt: -1, _id: -1 })
      .limit(20)
      .toArray();
    if (requests.length === 0) return undefined;
    const begun = await this.#runs
      .find({ _id: { $in: requests.map((request) => request._id) } }, { projection: { _id: 1 } })
      .toArray();
    const ids = new Set(begun.map((run) => run._id));
    const due = requests.findLast((request) => !ids.has(request._id));
    return due === undefined
      ? undefined
      : { id: due._id, profile: due.profile as ImportProfile, attempt: 1, acceptFewer: due.acceptFewer === true };
  }

  async started(run: DueRun): Promise<void> {
    const { id, profile, attempt } = run;
    await this.#runs.replaceOne(
      { _id: id },
      { runId: id, profile, partition: TENANT_PARTITION, attempt, status: 'in-progress', startedAt: new Date() },
      { upsert: true },
    );
  }

  async ended(run: DueRun, result: ImportResult): Promise<void> {
    const { failure, complete } = result;
    const status = failure !== undefined ? 'failed' : complete ? 'success' : 'incomplete';
    await this.#runs.updateOne(
      { _id: run.id },
      {
        $set: {
          status,
          complete,
          endedAt: new Date(),
          counters: { objects: result.objects, messages: result.messages },
          ...(failure === undefined ? {} : { failure: { ...failure } }),
          ...(failure?.code === 'ADJ-IMP-1012' ? { collapsed: true } : {}),
        },
      },
    );
  }
}
