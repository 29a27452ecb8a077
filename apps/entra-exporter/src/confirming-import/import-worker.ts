import { randomUUID } from 'node:crypto';
import { SyncError, confirmRequest, confirmTopic, toSyncError, type EntraConnectorConfig } from '@adjoin/contracts';
import {
  BatchConsumer,
  backoff,
  deadLetter,
  holdLease,
  sleep,
  tracer,
  type IncomingBatch,
  type Lease,
  type Logger,
  type MongoHandle,
  type Runnable,
  type createKafka,
} from '@adjoin/shared';
import type { ConditionLog } from '../export-run/condition-log.js';
import type { TargetReader } from '../target/directory-target.js';
import type { ExporterMetrics } from '../telemetry.js';
import { Sequence, type PublisherTarget } from './change-publisher.js';
import { ImportCursorStore } from './import-cursor.store.js';
import type { ImportBase, ImportResult } from './import-context.js';
import { ImportRunStore, type DueRun } from './import-run.store.js';

export interface ImportWorkerOptions {
  readonly connector: EntraConnectorConfig;
  /** Poll by itself; else only requested runs are executed. */
  readonly continuous: boolean;
  readonly owner: string;
  readonly reader: TargetReader;
  readonly mongo: MongoHandle;
  readonly kafka: ReturnType<typeof createKafka>;
  readonly target: PublisherTarget;
  readonly metrics: ExporterMetrics;
  readonly condition: ConditionLog;
  /** Exports are coming in bulk at the moment. */
  readonly bulk: () => boolean;
  readonly log: Logger;
}
const MIN_PAUSE_MS = 250;
/** In a bulk the tenant changes faster than it is worth to read it back: exports go first, confirmations follow at this distance at the latest. */
const BULK_PAUSE_MS = 60_000;
const BULK_CHECK_MS = 500;

/** The confirming import of one tenant: one holder of the lease among all replicas runs it. */
export class ImportWorker implements Runnable {
  readonly name = 'confirming-import';
  readonly #options: ImportWorkerOptions;
  readonly #runs: ImportRunStore;
  /** Runs of one tenant never overlap. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ImportWorkerOptions) {
    this.#options = options;
    this.#runs = new ImportRunStore(options.mongo.db, options.connector.name);
  }

  async run(signal: AbortSignal, working: () => void = () => undefined): Promise<void> {
    const { mongo, connector, owner } = this.#options;
    while (!signal.aborted) {
      const name = `import:${connector.name}:tenant`;
      const lease = await holdLease(mongo.db, { name, owner, standby: working }, signal);
      if (lease === undefined) return;
      try {
        await this.#work(lease, working);
      } finally {
        await lease.release();
      }
    }
  }

  async #work(lease: Lease, working: () => void): Promise<void> {
    const { mongo, connector, log } = this.#options;
    const cursor = await ImportCursorStore.open(mongo.db, connector.name, lease);
    log.info({ event: 'import.lease', epoch: cursor.epoch });
    const stop = new AbortController();
    const signal = AbortSignal.any([lease.signal, stop.signal]);
    const lasting = { cursor, sequence: new Sequence(cursor.epoch), reported: new Map<string, number>(), signal };
    const confirmations = this.#confirmations(lasting).run(signal, working);
    confirmations.catch(() => undefined); // awaited below
    try {
      await Promise.race([this.#loop(lasting), confirmations]);
    } finally {
      stop.abort();
      await confirmations.catch(() => undefined); // the first failure is the one to report
    }
  }

  async #loop(lasting: Lasting): Promise<void> {
    const { connector, condition, log } = this.#options;
    for (let failures = 0; !lasting.signal.aborted;) {
      const begun = performance.now();
      try {
        await this.#exclusive(() => this.#once(lasting));
        failures = 0;
      } catch (cause) {
        if (lasting.signal.aborted) return;
        const error = toSyncError(cause);
        if (error.code.startsWith('ADJ-EXP-') || error.code.startsWith('ADJ-IMP-')) condition.bad(error);
        else log.error({ event: 'import.failed', code: error.code, err: cause }, error.message);
        await lasting.cursor.save({ failure: { code: error.code, message: error.message } });
        await sleep(backoff(failures++, { baseMs: 500 }), lasting.signal);
        continue;
      }
      await sleep(Math.max(MIN_PAUSE_MS, connector.pollSeconds * 1000 - (performance.now() - begun)), lasting.signal);
      await this.#bulkPause(begun, lasting.signal);
    }
  }

  /** Waits while exports come in bulk, unless somebody asked for a run. */
  async #bulkPause(begun: number, signal: AbortSignal): Promise<void> {
    const { bulk } = this.#options;
    while (
      !signal.aborted &&
      bulk() &&
      performance.now() - begun < BULK_PAUSE_MS &&
      (await this.#runs.nextDue()) === undefined
    )
      await sleep(BULK_CHECK_MS, signal);
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined); // the caller has it
    return result;
  }

  async #once(lasting: Lasting): Promise<void> {
    const { continuous, condition, metrics, reader } = this.#options;
    const base = this.#base(lasting);
    const [continues, due] = await Promise.all([reader.canContinue(lasting.cursor.current), this.#runs.nextDue()]);
    if (!continues) {
      const own =
        due?.profile === 'full-import'
          ? due
          : { id: randomUUID(), profile: 'full-import' as const, attempt: 1, acceptFewer: false };
      if (due !== undefined || continuous) await this.#recorded(own, () => reader.full(base, own));
    } else if (due !== undefined) {
      await this.#recorded(
        due,
        () => (due.profile === 'full-import' ? reader.full(base, due) : reader.delta(base, due, true)),
        base,
      );
    } else if (continuous) {
      const begun = performance.now();
      const run = { id: randomUUID(), attempt: 1, acceptFewer: false };
      await this.#renewing(base, () => reader.delta(base, run, false));
      metrics.importLag((performance.now() - begun) / 1000);
    }
    condition.good();
  }

  async #recorded(run: DueRun, work: () => Promise<ImportResult>, base?: ImportBase): Promise<void> {
    const { log } = this.#options;
    await this.#runs.started(run);
    const ids = { runId: run.id, profile: run.profile, attempt: run.attempt };
    log.info({ event: 'import.started', ...ids });
    await tracer().startActiveSpan(
      'import.run',
      { attributes: { 'adjoin.run.id': run.id, 'adjoin.run.profile': run.profile } },
      async (span) => {
        try {
          const result = await (base === undefined ? work() : this.#renewing(base, work));
          await this.#runs.ended(run, result);
          log[result.failure === undefined ? 'info' : 'error'](
            {
              event: 'import.completed',
              ...ids,
              objects: result.objects,
              complete: result.complete,
              code: result.failure?.code,
            },
            result.failure?.message ?? '',
          );
        } catch (cause) {
          const error = toSyncError(cause);
          await this.#runs.ended(run, {
            objects: 0,
            messages: 0,
            complete: false,
            failure: { code: error.code, message: error.message },
          });
          throw cause;
        } finally {
          span.end();
        }
      },
    );
  }

  /** An expired token ends delta reads; the full read that follows deletes nothing by itself. */
  async #renewing<T>(base: ImportBase, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof SyncError && cause.code === 'ADJ-EXP-3009')
        await base.cursor.save({ links: undefined, cookie: undefined });
      throw cause;
    }
  }

  #confirmations(lasting: Lasting): BatchConsumer {
    const { kafka, connector, log } = this.#options;
    return new BatchConsumer({
      kafka,
      groupId: `entra-exporter.${connector.name}.confirm`,
      topics: [confirmTopic(connector.name)],
      log,
      batchSize: 1,
      onBatch: (batch) => this.#confirm(batch, lasting),
    });
  }

  async #confirm(batch: IncomingBatch, lasting: Lasting): Promise<void> {
    for (const message of batch.messages) {
      const parsed = confirmRequest.safeParse(parseJson(message.value));
      if (!parsed.success) {
        await deadLetter(this.#options.target.producer, batch.topic, message, 'ADJ-KFK-0003');
        continue;
      }
      await this.#exclusive(() =>
        this.#options.reader.confirmAbsence(
          this.#base(lasting),
          parsed.data,
          `${parsed.data.run.id}/confirm/${message.offset}/${lasting.cursor.epoch}`,
        ),
      );
    }
  }

  #base(lasting: Lasting): ImportBase {
    const { target, metrics, log } = this.#options;
    return { ...lasting, target, metrics, log };
  }
}

type Lasting = Pick<ImportBase, 'cursor' | 'sequence' | 'reported' | 'signal'>;

function parseJson(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString('utf8') ?? 'null');
  } catch {
    return undefined; // fails the schema, which is reported
  }
}
