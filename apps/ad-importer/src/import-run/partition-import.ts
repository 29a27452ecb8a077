import { createHash, randomUUID } from 'node:crypto';
import { SyncError, toSyncError, type AdConnectorConfig, type ConfirmRequest, type RunRef } from '@adjoin/contracts';
import { traceHeaders, type Logger } from '@adjoin/shared';
import type { CursorStore } from '../cursor/cursor-store.js';
import type { DirectorySession, Reading } from '../directory/directory-session.js';
import type { ImportIndex } from '../index-store/import-index.js';
import { AttributePlan, type Inclusion } from '../object/attribute-plan.js';
import { ChangePublisher, type PublisherOptions, type SequenceSource } from '../publish/change-publisher.js';
import { readHighestUsn, ContainerScope } from '@adjoin/ad-ldap';
import { countLeaving } from '../scope/count-leaving.js';
import { resolveScope } from '../scope/resolve-scope.js';
import { traceRun, type ImportMetrics } from '../telemetry.js';
import { AbsenceSweep } from './absence-sweep.js';
import { readFull } from './full-import.js';
import type { ImportContext } from './import-context.js';
import { MarkerSchedule } from './marker-schedule.js';
import { adoptServer } from './adopt-server.js';
import { readByGuid } from './object-reader.js';
import { readChanges } from './read-changes.js';
import { ReadSchedule } from './read-schedule.js';
import { RecentChanges, type UsnRange } from './recent-changes.js';
import type { DueRun, RunStore } from './run-store.js';

export interface PartitionImportOptions {
  readonly config: AdConnectorConfig;
  readonly partition: string;
  readonly session: DirectorySession;
  readonly cursor: CursorStore;
  readonly index: ImportIndex;
  readonly sequence: SequenceSource;
  readonly publishing: Omit<PublisherOptions, 'connector' | 'partition' | 'epoch'>;
  readonly runs: RunStore;
  readonly metrics: ImportMetrics;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onRead: () => void;
}

/** Progress and freshness are written at most this often while nothing changes. */
const SAVE_EVERY_MS = 5_000;
const KEEP_ALIVE_EVERY_MS = 120_000;

/**
 * Imports of one partition over one session, one after the other. The caller holds the lease and never runs two of these methods at
 * the same time.
 */
export class PartitionImport {
  readonly #options: PartitionImportOptions;
  #plan: AttributePlan;
  #scope: ContainerScope;
  #lastSaved = 0;
  readonly #markers = new MarkerSchedule();
  readonly #schedule: ReadSchedule;
  readonly #recent: RecentChanges;
  #keptAliveAt = performance.now();
  readonly #reported = new Set<string>();
  #sweep: AbsenceSweep | undefined;

  private constructor(options: PartitionImportOptions, inclusion: Inclusion) {
    this.#options = options;
    this.#schedule = new ReadSchedule(options.config.pollSeconds * 1000);
    this.#recent = new RecentChanges(options.session.rootDse.vendorName !== undefined);
    this.#plan = new AttributePlan(inclusion, options.session.schema);
    this.#scope = new ContainerScope(options.partition, options.config.scope);
  }

  static async open(options: PartitionImportOptions, inclusion: Inclusion): Promise<PartitionImport> {
    const opened = new PartitionImport(options, inclusion);
    await opened.#resolveScope();
    const { session, config, partition, log, signal } = options;
    await adoptServer(options.cursor, session, new Date());
    opened.#sweep = await AbsenceSweep.ifNeeded({ session, config, partition, log, signal });
    return opened;
  }

  /** The rules need other attributes now. */
  useInclusion(inclusion: Inclusion): void {
    this.#plan = new AttributePlan(inclusion, this.#options.session.schema);
  }

  /** Why a full import is due, in words; undefined when deltas can go on. */
  fullImportReason(): string | undefined {
    const { cookie, invocationId, attributes, configuration } = this.#options.cursor.current;
    if (cookie === undefined) return 'no cookie';
    if (invocationId !== this.#options.session.invocationId) return 'another domain controller';
    if (configuration !== configurationHash(this.#options.config, this.#options.session.reading))
      return 'scope, object types or rights changed';
    if (this.#plan.growsBeyond(attributes ?? [])) return 'more attributes are needed';
    return undefined;
  }

  /** A full import under this run id; a failed one is published as failed and thrown. */
  full(due: DueRun): Promise<void> {
    return this.#whole(() => this.#full(due));
  }

  async #full(due: DueRun): Promise<void> {
    const { cursor, index, session, runs } = this.#options;
    const { publisher, context } = this.#attempt({ id: due.id, attempt: due.attempt, profile: 'full-import' });
    const last = cursor.current.lastCompleteCount;
    const expected = last === undefined || due.acceptFewer ? undefined : Math.min(last, index.objectsInScope);
    const hasCookie = cursor.current.cookie !== undefined && cursor.current.invocationId === session.invocationId;
    this.#tellScopeChange();
    this.#recent.forget();
    await runs.started(due);
    await this.#recorded(due, publisher, context, async () => {
      const usn = await readHighestUsn(session.bulk, context.signal);
      const changedMeanwhile = async (): Promise<UsnRange | undefined> =>
        this.#recent.between(usn, await readHighestUsn(session.bulk, context.signal));
      const result = await readFull(context, { expectedCount: expected, hasCookie, changedMeanwhile });
      await cursor.save({
        cookie: result.cookie ?? cursor.current.cookie,
        invocationId: session.invocationId,
        attributes: this.#plan.requested,
        server: session.url,
        configuration: configurationHash(this.#options.config, session.reading),
        lastDeltaAt: new Date(),
        failure: undefined,
        ...(result.doubt === undefined ? { lastCompleteCount: result.count, lastCompleteFullAt: new Date() } : {}),
      });
      if (result.doubt === undefined) {
        this.#sweep?.sweptAt(usn);
        // The changes since `usn` may only have been listed: the next poll asks for all of them.
        this.#recent.covered(usn, false);
      }
      return { complete: result.doubt === undefined, failure: result.doubt };
    });
    this.#markers.owe();
  }

  /** Says beforehand what another scope will take away, by what is known without reading. */
  #tellScopeChange(): void {
    const { cursor, index, config, session, log, partition } = this.#options;
    const { configuration } = cursor.current;
    if (configuration === undefined || configuration === configurationHash(config, session.reading)) return;
    const { leaving, byType } = countLeaving(index, this.#scope, config.objectTypes);
    const known = index.objectsInScope;
    log.warn({ event: 'import.scope-change', partition, known, leaving, byType }, 'the scope or the rights changed');
  }

  /**
   * One delta import. A requested one is recorded and always ends with markers; a poll of nothing new seldom does. A
   * refused cookie or a replaced DC is thrown as ADJ-IMP-1011 after the cookie was dropped.
   */
  delta(due: DueRun | undefined): Promise<void> {
    return this.#whole(() => this.#delta(due));
  }

  async #delta(due: DueRun | undefined): Promise<void> {
    const { cursor, runs } = this.#options;
    const { cookie } = cursor.current;
    if (cookie === undefined) throw new SyncError('ADJ-IMP-1011', `There is no cookie for ${this.#options.partition}.`);
    const run = { id: due?.id ?? randomUUID(), attempt: due?.attempt ?? 1, profile: 'delta-import' } as const;
    const { publisher, context } = this.#attempt(run);
    const read = async (): Promise<{ complete: boolean; failure: undefined }> => {
      if (due === undefined && (await this.#unchanged(context))) return { complete: true, failure: undefined };
      const usn = due === undefined ? this.#schedule.usn : await readHighestUsn(context.session.bulk, context.signal);
      const recent = this.#recent.next(usn);
      const wasListed = await readChanges(context, cookie, (next) => this.#advance(next, publisher), recent);
      this.#recent.covered(usn, recent === undefined || !wasListed);
      if (publisher.objects > 0) this.#schedule.found();
      return { complete: true, failure: undefined };
    };
    try {
      if (due === undefined) await this.#poll(publisher, context, read);
      else {
        await runs.started(due);
        await this.#recorded(due, publisher, context, read);
      }
    } catch (error) {
      this.#schedule.failed();
      this.#recent.forget();
      if (toSyncError(error).code === 'ADJ-IMP-1011') await cursor.save({ cookie: undefined });
      throw error;
    }
  }

  /** Whether there is nothing to read now, by the change number of the domain controller. */
  async #unchanged(context: ImportContext): Promise<boolean> {
    const usn = await readHighestUsn(context.session.bulk, context.signal);
    await this.#keepAlive(context);
    return !this.#schedule.isDue(usn);
  }

  /** Time until the next poll after one that took so long, ms. */
  pauseMs(tookMs: number): number {
    return this.#schedule.pauseMs(tookMs);
  }

  /** A server closes a connection that nothing came over for a while (AD: 15 minutes); the one for single objects is used now and then only. */
  async #keepAlive({ session, signal }: ImportContext): Promise<void> {
    if (performance.now() - this.#keptAliveAt < KEEP_ALIVE_EVERY_MS) return;
    this.#keptAliveAt = performance.now();
    await readHighestUsn(session.lookup, signal);
  }

  /** Answers one request of the engine by reading the objects by GUID. */
  confirm(request: ConfirmRequest): Promise<void> {
    return this.#whole(() => this.#confirm(request));
  }

  /** What a read that ended early did to the index is taken back: its messages may never have left, and it is read again. */
  async #whole(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.index.rollback();
      throw error;
    }
  }

  async #confirm(request: ConfirmRequest): Promise<void> {
    const { publisher, context } = this.#attempt(request.run);
    await readByGuid(context, request.anchors, { reportAbsent: true });
    await publisher.flush();
    await this.#options.index.flush();
    this.#options.log.info({
      event: 'import.confirmed',
      runId: request.run.id,
      anchors: request.anchors.length,
      deleted: context.counters.deleted,
    });
  }

  async #poll(publisher: ChangePublisher, context: ImportContext, read: () => Promise<unknown>): Promise<void> {
    const startedAt = new Date().toISOString();
    await read();
    await this.#sweep?.run(context);
    this.#options.onRead();
    this.#count(context);
    const changed = publisher.objects > 0;
    if (this.#markers.isDue(changed))
      await publisher.markers({ complete: true, startedAt, endedAt: new Date().toISOString() });
    if (changed)
      this.#options.log.info({ event: 'import.delta', partition: this.#options.partition, ...context.counters });
  }

  /** Runs a recorded attempt: its markers, its record and its span. */
  async #recorded(
    due: DueRun,
    publisher: ChangePublisher,
    context: ImportContext,
    work: () => Promise<{ complete: boolean; failure: SyncError | undefined }>,
  ): Promise<void> {
    const { runs, metrics, log, partition, config } = this.#options;
    const started = new Date();
    const ids = { runId: due.id, attempt: due.attempt, profile: due.profile, partition };
    log.info({ event: 'import.started', ...ids });
    const progress = setInterval(() => void runs.progress(due, context.counters).catch(() => undefined), SAVE_EVERY_MS);
    try {
      await traceRun(
        { 'adjoin.connector': config.name, 'adjoin.run': due.id, 'adjoin.profile': due.profile },
        async () => {
          const { complete, failure } = await work();
          const outcome = {
            complete,
            startedAt: started.toISOString(),
            endedAt: new Date().toISOString(),
            ...failureOf(failure),
          };
          await publisher.markers(outcome);
          await runs.ended(due, {
            counters: context.counters,
            complete,
            objectErrors: context.objectErrors,
            ...failureOf(failure),
          });
          if (failure !== undefined)
            log.error({ event: 'import.incomplete', ...ids, code: failure.code, hint: failure.hint }, failure.message);
        },
      );
    } catch (cause) {
      await this.#failed(due, publisher, context, { cause, started });
    } finally {
      clearInterval(progress);
    }
    this.#options.onRead();
    this.#count(context);
    metrics.run(due.profile, (Date.now() - started.getTime()) / 1000);
    log.info({ event: 'import.completed', ...ids, ...context.counters, ms: Date.now() - started.getTime() });
  }

  /** The attempt is over. When the process itself stops, the run stays open and its next attempt takes it up. */
  async #failed(
    due: DueRun,
    publisher: ChangePublisher,
    context: ImportContext,
    { cause, started }: { cause: unknown; started: Date },
  ): Promise<never> {
    const { runs, signal, log } = this.#options;
    if (signal.aborted) throw cause;
    const failure = toSyncError(cause);
    const outcome = {
      complete: false,
      startedAt: started.toISOString(),
      endedAt: new Date().toISOString(),
      ...failureOf(failure),
    };
    try {
      if (failure.code !== 'ADJ-KFK-0001') await publisher.markers(outcome);
      await runs.ended(due, {
        counters: context.counters,
        complete: false,
        objectErrors: context.objectErrors,
        ...failureOf(failure),
        retryable: failure.retry !== 'never',
      });
    } catch (second) {
      log.warn(
        { event: 'import.failure-not-recorded', runId: due.id, err: second },
        'the failure of the run could not be recorded',
      );
    }
    throw failure;
  }

  /** Called for each page that is safely published. Without changes the freshness is stored now and then only. */
  async #advance(cookie: Buffer, publisher: ChangePublisher): Promise<void> {
    const { cursor } = this.#options;
    const known = cursor.current;
    const now = Date.now();
    if (publisher.objects === 0 && now - this.#lastSaved < SAVE_EVERY_MS && known.failure === undefined) return;
    this.#lastSaved = now;
    await cursor.save({
      cookie,
      lastDeltaAt: new Date(now),
      failure: undefined,
      counts: { inScope: this.#options.index.objectsInScope },
    });
  }

  #attempt(run: RunRef): { publisher: ChangePublisher; context: ImportContext } {
    const { config, partition, session, index, log, signal, sequence, publishing } = this.#options;
    const publisher = new ChangePublisher(
      { ...publishing, connector: config.name, partition, epoch: sequence.epoch },
      sequence,
      run,
      traceHeaders,
    );
    const context: ImportContext = {
      config,
      partition,
      session,
      plan: this.#plan,
      index,
      publisher,
      log,
      signal,
      scope: this.#scope,
      readStartedAt: new Date().toISOString(),
      objectErrors: [],
      met: new Set(),
      counters: { read: 0, published: 0, deleted: 0, errors: 0 },
      refreshScope: async () => {
        await this.#resolveScope();
        context.scope = this.#scope;
      },
    };
    return { publisher, context };
  }

  async #resolveScope(): Promise<void> {
    const { session, partition, config, cursor, signal, log } = this.#options;
    const known = cursor.current.scopeGuids ?? [];
    const resolved = await resolveScope(session.lookup, partition, config.scope, known, signal);
    this.#scope = new ContainerScope(partition, resolved.lists);
    for (const problem of resolved.problems) {
      if (this.#reported.has(problem.message)) continue;
      this.#reported.add(problem.message);
      log.warn({ event: 'import.scope', code: problem.code, hint: problem.hint, partition }, problem.message);
    }
    const warnings = resolved.problems.map(({ code, message }) => ({ code, message }));
    if (JSON.stringify(warnings) !== JSON.stringify(cursor.current.warnings ?? []))
      await cursor.save({ warnings: warnings.length === 0 ? undefined : warnings });
    if (JSON.stringify(resolved.guids) !== JSON.stringify(known)) await cursor.save({ scopeGuids: resolved.guids });
  }

  #count(context: ImportContext): void {
    const { metrics } = this.#options;
    const { read, published, deleted, errors } = context.counters;
    if (read > 0) metrics.read(read);
    if (published + deleted > 0) metrics.published(published + deleted);
    if (errors > 0) metrics.errors(errors);
  }
}

const failureOf = (failure: SyncError | undefined): { failure?: { code: string; message: string } } =>
  failure === undefined ? {} : { failure: { code: failure.code, message: failure.message } };

/** Changes of these settings make a full import necessary; with other rights other objects are seen. */
export function configurationHash(config: AdConnectorConfig, reading: Reading): string {
  const how = { dirsync: [], 'dirsync-object-security': ['object security'], usn: ['usn'] }[reading];
  const seen = [config.scope, [...config.objectTypes].sort(), ...how];
  return createHash('sha256').update(JSON.stringify(seen)).digest('hex');
}
