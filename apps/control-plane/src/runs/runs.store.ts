import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { RunProfile, StartRun } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { AuditStore } from '../audit/audit.store.js';
import { CLOCK, MONGO, type Clock } from '../ports.js';
import { retryTransaction } from '../settings/retry-transaction.js';
import { importAttemptOf, type ImportAttempt } from './import-run-document.js';

export interface RunDocument {
  readonly _id: string;
  readonly connector: string;
  readonly profile: RunProfile;
  readonly requestedAt: Date;
  readonly by: string;
  /** Only ever `requested`: importers note what became of it in their own collection. */
  readonly status: 'requested';
  /** The operator confirms that a full read may return far fewer objects than before (ADJ-IMP-1012). */
  readonly acceptFewer?: boolean | undefined;
}

/** `engineState` document `run-result:<run id>`. */
const engineRunResult = z.object({
  status: z.enum(['running', 'completed', 'failed']),
  startedAt: z.unknown().optional(),
  endedAt: z.unknown().optional(),
});
export type EngineRunResult = z.infer<typeof engineRunResult>;

export interface Before {
  readonly at: Date;
  readonly id: string;
}

/** Owns `runs`: what was asked for. What came of it is read from the importers' and the engine's collections. */
@Injectable()
export class RunsStore {
  constructor(
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(AuditStore) private readonly audit: AuditStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async request({ connector, profile, acceptFewer }: StartRun, by: string): Promise<RunDocument> {
    const asked = { connector, profile, requestedAt: this.clock.now(), by, status: 'requested' as const };
    const run: RunDocument = { _id: this.clock.newId(), ...asked, ...(acceptFewer ? { acceptFewer } : {}) };
    await retryTransaction(this.mongo, async (session) => {
      await this.#runs().insertOne(run, { session });
      await this.audit.append(
        { by, action: 'runs.start', object: `${connector} ${profile}`, after: { run: run._id } },
        session,
      );
    });
    return run;
  }

  byId(id: string): Promise<RunDocument | null> {
    return this.#runs().findOne({ _id: id });
  }

  byIds(ids: readonly string[]): Promise<RunDocument[]> {
    return this.#runs()
      .find({ _id: { $in: [...ids] } })
      .toArray();
  }

  /** Requested runs before a point, newest first. */
  requested(connectors: readonly string[], before: Before | undefined, limit: number): Promise<RunDocument[]> {
    const older = before === undefined ? {} : { requestedAt: { $lte: before.at } };
    return this.#runs()
      .find({ connector: { $in: [...connectors] }, ...older })
      .sort({ requestedAt: -1, _id: -1 })
      .limit(limit)
      .toArray();
  }

  /** Import attempts of one connector, newest first; `before` bounds their start. */
  async attempts(connector: string, before: Before | undefined, limit: number): Promise<ImportAttempt[]> {
    // Importers may store instants as dates or as ISO text: both are asked for.
    const older =
      before === undefined
        ? {}
        : { $or: [{ startedAt: { $lte: before.at } }, { startedAt: { $lte: before.at.toISOString() } }] };
    const found = await this.#imports(connector).find(older).sort({ startedAt: -1 }).limit(limit).toArray();
    return found.flatMap((doc) => importAttemptOf(doc) ?? []);
  }

  async attemptsOf(connector: string, id: string): Promise<ImportAttempt[]> {
    const found = await this.#imports(connector)
      .find({ $or: [{ _id: id }, { runId: id }] })
      .sort({ startedAt: 1 })
      .toArray();
    return found.flatMap((doc) => importAttemptOf(doc) ?? []);
  }

  /** What the engine noted of a synchronization or export run; undefined while it has not begun. */
  async engineResult(id: string): Promise<EngineRunResult | undefined> {
    const found = await this.mongo.db.collection<{ _id: string }>('engineState').findOne({ _id: `run-result:${id}` });
    return engineRunResult.safeParse(found).data;
  }

  #runs() {
    return this.mongo.db.collection<RunDocument>('runs');
  }
  #imports(connector: string) {
    return this.mongo.db.collection<{ _id: string }>(`importRuns.${connector}`);
  }
}
