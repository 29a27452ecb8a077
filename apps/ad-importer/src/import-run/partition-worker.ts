import { randomUUID } from 'node:crypto';
import { toSyncError, type AdConnectorConfig } from '@adjoin/contracts';
import { backoff, holdLease, sleep, type Lease, type Logger, type MongoHandle, type Runnable } from '@adjoin/shared';
import { CursorStore } from '../cursor/cursor-store.js';
import { openSession, type DirectorySession } from '../directory/directory-session.js';
import { ImportIndex } from '../index-store/import-index.js';
import { InclusionStore, type ActiveInclusion } from '../object/inclusion-store.js';
import { SequenceSource, type PublisherOptions } from '../publish/change-publisher.js';
import { importMetrics, type ImportMetrics } from '../telemetry.js';
import { confirmationConsumer, ConfirmationQueue } from './confirmation-queue.js';
import { PartitionImport } from './partition-import.js';
import { initialState, type PartitionState } from './partition-state.js';
import { RunStore, type DueRun } from './run-store.js';

export interface PartitionWorkerOptions {
  readonly config: AdConnectorConfig;
  readonly partition: string;
  readonly continuous: boolean;
  readonly mongo: MongoHandle;
  readonly kafka: Parameters<typeof confirmationConsumer>[0]['kafka'];
  readonly publishing: Omit<PublisherOptions, 'connector' | 'partition' | 'epoch'>;
  readonly owner: string;
  readonly leaseMs: number;
  readonly log: Logger;
}

/** Everything that one holder of the lease works with. */
interface Tenure {
  readonly cursor: CursorStore;
  readonly index: ImportIndex;
  readonly sequence: SequenceSource;
  readonly runs: RunStore;
  readonly inclusions: InclusionStore;
  readonly queue: ConfirmationQueue;
  readonly metrics: ImportMetrics;
  readonly signal: AbortSignal;
}

/** A run that an operator asks for begins within this time and the pause between two polls. */
const LOOK_EVERY_MS = 500;

/**
 * Imports one domain for as long as this process holds its lease: first full import, then delta after delta, requested runs and
 * confirmations between them. Trouble with the domain controller, Kafka or MongoDB is reported once and waited out.
 */
export class PartitionWorker implements Runnable {
  readonly name: string;
  readonly state: PartitionState = initialState();
  readonly #options: PartitionWorkerOptions;
  /** Something went wrong since the last read that succeeded. */
  #failing = false;

  constructor(options: PartitionWorkerOptions) {
    this.#options = options;
    this.name = `import ${options.partition}`;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { mongo, config, partition, owner, leaseMs } = this.#options;
    this.#set(false, 'asking MongoDB whether another replica imports this domain');
    const standby = (): void => this.#set(true, 'standby: another replica imports this domain');
    const name = `import:${config.name}:${partition}`;
    const lease = await holdLease(mongo.db, { name, owner, ttlMs: leaseMs, standby }, signal);
    if (lease === undefined) return;
    try {
      await this.#tenure(lease, AbortSignal.any([signal, lease.signal]));
    } finally {
      await lease.release();
    }
  }

  async #tenure(lease: Lease, signal: AbortSignal): Promise<void> {
    const { mongo, config, partition, kafka, publishing, log } = this.#options;
    this.#set(false, 'loading the index of known objects');
    const cursor = await CursorStore.open(mongo.db, config.name, partition, lease);
    this.state.lastReadAt = cursor.current.lastDeltaAt?.getTime();
    const tenure: Tenure = {
      cursor,
      index: await ImportIndex.load(mongo.db, config.name, partition),
      sequence: new SequenceSource(cursor.epoch),
      runs: new RunStore(mongo.db, config.name, partition, config.domains.length),
      inclusions: new InclusionStore(mongo.db, config.name),
      queue: new ConfirmationQueue(),
      metrics: importMetrics({ connector: config.name, partition }, () => this.#freshness()),
      signal,
    };
    log.info({ event: 'import.lease', partition, epoch: cursor.epoch, known: tenure.index.size });
    const ended = new AbortController();
    const consumer = confirmationConsumer({
      kafka,
      connector: config.name,
      partition,
      queue: tenure.queue,
      producer: publishing.producer,
      log,
    });
    const consuming = this.#keepConsuming(consumer, AbortSignal.any([signal, ended.signal]));
    try {
      await this.#serveSessions(tenure);
    } finally {
      tenure.queue.rejectAll();
      ended.abort();
      await consuming;
    }
  }

  async #keepConsuming(consumer: Runnable, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await consumer.run(signal);
      } catch (cause) {
        const error = toSyncError(cause, 'ADJ-KFK-0001');
        this.#options.log.warn({ event: 'import.confirmations', code: error.code }, error.message);
      }
      await sleep(backoff(attempt), signal);
    }
  }

  /** One session after the other; each lasts until something goes wrong with it. */
  async #serveSessions(tenure: Tenure): Promise<void> {
    const { signal } = tenure;
    let reported: string | undefined;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      let session: DirectorySession | undefined;
      try {
        const active = await this.#waitForInclusion(tenure);
        if (active === undefined) return;
        session = await openSession(this.#options.config, this.#options.partition, signal, {
          before: tenure.cursor.current.server,
        });
        await this.#serve(tenure, session, active, () => {
          attempt = 0;
          reported = undefined;
        });
      } catch (cause) {
        if (signal.aborted) return;
        reported = await this.#trouble(tenure, cause, reported);
      } finally {
        await session?.close();
      }
      await sleep(backoff(attempt), signal);
    }
  }

  /** Reports a failure once, until something else fails or a read succeeds. */
  async #trouble(tenure: Tenure, cause: unknown, reported: string | undefined): Promise<string> {
    const { log, partition } = this.#options;
    const error = toSyncError(cause);
    tenure.metrics.failure(error.code);
    this.#failing = true;
    this.#set(false, `[${error.code}] ${error.message}`);
    const text = `${error.code} ${error.message}`;
    if (text === reported) return text;
    const level = error.code === 'ADJ-IMP-1011' ? 'warn' : 'error';
    log[level](
      {
        event: 'import.failed',
        partition,
        code: error.code,
        hint: error.hint,
        err: error.code === 'ADJ-GEN-0001' ? cause : undefined,
      },
      error.message,
    );
    await tenure.cursor.save({ failure: { code: error.code, message: error.message } }).catch(() => undefined); // the log has it
    return text;
  }

  async #waitForInclusion(tenure: Tenure): Promise<ActiveInclusion | undefined> {
    for (;;) {
      const active = await tenure.inclusions.current();
      if (active !== undefined || tenure.signal.aborted) return active;
      this.#set(false, 'waiting for the engine to publish its active rule set');
      await sleep(LOOK_EVERY_MS, tenure.signal);
    }
  }

  async #serve(
    tenure: Tenure,
    session: DirectorySession,
    active: ActiveInclusion,
    onSuccess: () => void,
  ): Promise<void> {
    const { signal, queue } = tenure;
    let wake = new AbortController();
    queue.onArrival(() => wake.abort());
    const imports = await this.#openImport(tenure, session, active, onSuccess);
    let hash = active.hash;
    // Not the wall clock: one that is set back would make the next look wait for as long.
    let looked = -Infinity;
    while (!signal.aborted) {
      const due =
        performance.now() - looked >= LOOK_EVERY_MS
          ? await this.#due(tenure, imports, { hash, took: (next) => (hash = next) })
          : undefined;
      if (due !== undefined || performance.now() - looked >= LOOK_EVERY_MS) looked = performance.now();
      const started = performance.now();
      // Reading a large domain for the first time takes long: it is what the process is there for, unless the last try failed.
      if (due !== undefined && !this.state.ok)
        this.#set(!this.#failing, `first read of the domain: ${due.profile} ${due.id}, attempt ${String(due.attempt)}`);
      if (due?.profile === 'full-import') await imports.full(due);
      else if (due !== undefined || this.#options.continuous) await imports.delta(due);
      await queue.answerAll((request) => imports.confirm(request));
      const pause = this.#options.continuous ? imports.pauseMs(performance.now() - started) : LOOK_EVERY_MS;
      if (pause > 0 && queue.waiting === 0) await sleep(pause, AbortSignal.any([signal, wake.signal]));
      if (wake.signal.aborted) wake = new AbortController();
    }
  }

  #openImport(
    tenure: Tenure,
    session: DirectorySession,
    active: ActiveInclusion,
    onSuccess: () => void,
  ): Promise<PartitionImport> {
    const { config, partition, publishing, log } = this.#options;
    const onRead = (): void => {
      this.state.lastReadAt = Date.now();
      this.#failing = false;
      this.#set(true, `reading from ${session.bulk.server}`);
      onSuccess();
    };
    return PartitionImport.open({ ...tenure, config, partition, session, publishing, log, onRead }, active.inclusion);
  }

  /** The run to execute now: a requested one, or a full import that became necessary. */
  async #due(
    tenure: Tenure,
    imports: PartitionImport,
    rules: { readonly hash: string; took(hash: string): void },
  ): Promise<DueRun | undefined> {
    const active = await tenure.inclusions.current();
    if (active !== undefined && active.hash !== rules.hash) {
      imports.useInclusion(active.inclusion);
      rules.took(active.hash);
    }
    const requested = await tenure.runs.nextDue();
    const reason = imports.fullImportReason();
    if (reason === undefined || requested?.profile === 'full-import') return requested;
    this.#options.log.info({ event: 'import.full-needed', partition: this.#options.partition, reason });
    this.#set(false, `full import: ${reason}`);
    return { id: randomUUID(), profile: 'full-import', attempt: 1, acceptFewer: false };
  }

  #freshness(): number | undefined {
    return this.state.lastReadAt === undefined ? undefined : (Date.now() - this.state.lastReadAt) / 1000;
  }

  #set(ok: boolean, detail: string): void {
    this.state.ok = ok;
    this.state.detail = detail;
  }
}
