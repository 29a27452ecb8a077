import { changesTopic, isWritten, resultsTopic, type AdjoinConfig } from '@adjoin/contracts';
import {
  BatchConsumer,
  deadLetter,
  holdLease,
  sleep,
  supervise,
  type createKafka,
  type Logger,
  type MessageProducer,
  type Runnable,
} from '@adjoin/shared';
import { Commands } from './commands/commands.js';
import type { EngineEnv } from './config.js';
import { PasswordScopePublisher } from './password-scope/password-scope.js';
import { Gates, type ExpectedPartition } from './release/gates.js';
import { Holds } from './release/holds.js';
import { Outbox } from './release/outbox.js';
import { Releaser } from './release/releaser.js';
import { Results } from './release/results.js';
import { ActiveRules } from './rules/active-rules.js';
import { ContainerCache } from './staging/container-cache.js';
import { checkOffsets } from './staging/offset-check.js';
import { RunTracker } from './staging/run-tracker.js';
import { Staging } from './staging/stage-batch.js';
import { ClockWatch } from './state/clock-watch.js';
import { StatusWriter } from './state/status-writer.js';
import type { Store } from './store.js';
import { SyncWorker } from './sync/sync-worker.js';
import { count } from './telemetry.js';

export interface ActiveEngineOptions {
  readonly env: EngineEnv;
  readonly log: Logger;
  readonly config: AdjoinConfig;
  readonly store: Store;
  readonly kafka: ReturnType<typeof createKafka>;
  readonly producer: MessageProducer;
}

/** Longer than any answer takes, throttling included: the window is what a tenant takes in about two minutes. */
const LOST_RELEASE_MS = 900_000;

/** A value that one domain controller took may be read from another one so much later. */
const REPLICATION_SECONDS = 60;

/** Under flow, answers and confirmations are gathered this long: a transaction costs as much for ten objects as for a hundred. */
const RESULTS_GATHER_MS = 150;
const CONFIRMATIONS_GATHER_MS = 300;
const FILLING_GATHER_MS = 400;

/** One replica is active, by lease; the others stand by. Everything the active one writes carries its epoch (docs/adr). */
export class ActiveEngine implements Runnable {
  readonly name = 'engine';
  readonly #options: ActiveEngineOptions;
  role: 'standby' | 'active' = 'standby';

  constructor(options: ActiveEngineOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal, working?: () => void): Promise<void> {
    const { store, env, log } = this.#options;
    const wanted = { name: 'sync-engine', owner: env.ADJOIN_INSTANCE, ttlMs: 6000, standby: working };
    const lease = await holdLease(store.db, wanted, signal);
    if (lease === undefined) return;
    log.info({ event: 'engine.active', epoch: lease.epoch });
    this.role = 'active';
    const work = new AbortController();
    const end = (): void => work.abort();
    lease.signal.addEventListener('abort', end, { once: true });
    signal.addEventListener('abort', end, { once: true });
    try {
      await store.takeOver(lease.epoch);
      const parts = await this.#parts();
      working?.();
      await Promise.all(parts.map((part) => supervise(part, { failure: undefined }, log, work.signal)));
    } finally {
      this.role = 'standby';
      work.abort();
      await lease.release();
    }
  }

  async #parts(): Promise<readonly Runnable[]> {
    const { store, env, log, config, kafka, producer } = this.#options;
    const rules = new ActiveRules(store, config, log);
    await rules.load();
    const expected = expectedPartitions(config);
    await checkOffsets({ store, kafka, connectors: config.connectors.map(({ name }) => name), expected, log });
    const containers = new ContainerCache();
    await containers.load(store);
    const targets = new Map(
      config.connectors
        .filter((connector) => connector.type === 'entra')
        .map((connector) => [connector.name, connector]),
    );
    const isTarget = (name: string): boolean => targets.has(name);
    // Forests that are written back to are sources all the same: only their exports go the way of a target's.
    const written = new Set(config.connectors.filter(isWritten).map(({ name }) => name));
    const outbox = new Outbox(store, producer);
    const releasers = new Map<string, Releaser>();
    for (const target of written) {
      const gates = new Gates(store, target, expected);
      releasers.set(
        target,
        new Releaser({
          store,
          target,
          gates,
          holds: new Holds(store, target, log),
          outbox,
          log,
          window: env.ADJOIN_RELEASE_WINDOW,
        }),
      );
    }
    const status = new StatusWriter(
      store,
      config.connectors.map(({ name }) => name),
      releasers,
    );
    const wake = (): void => {
      for (const releaser of releasers.values()) releaser.notify();
      status.notify();
    };
    const worker = new SyncWorker({
      store,
      log,
      plan: () => rules.plan,
      targetEdges: () => rules.targetEdges,
      isTarget,
      isWritten: (name) => written.has(name),
      connectors: config.connectors.map(({ name }) => name),
      firstLoadDone: () => firstLoadDone(store, expected),
      committed: (commit) => {
        count('synchronized', commit.processed);
        wake();
      },
    });
    const staging = new Staging({
      store,
      containers,
      runs: new RunTracker(store, outbox, log),
      log,
      expected,
      targetEdges: () => rules.targetEdges,
      isTarget,
      consistencyMs: (name) => (targets.get(name)?.consistencySeconds ?? REPLICATION_SECONDS) * 1000,
      scopeGroups: () => rules.scopeGroups,
      arrived: (target, ids) => releasers.get(target)?.arrived(ids),
      deadLetter: (topic, message, code) => deadLetter(producer, topic, message, code),
    });
    const results = new Results(
      store,
      log,
      (topic, message, code) => deadLetter(producer, topic, message, code),
      (target) => releasers.get(target),
    );
    // Sources and targets are consumed apart: what somebody changed must not queue behind the confirmations of a bulk.
    const changes = (groupId: string, connectors: readonly { readonly name: string }[], gatherMs = 0): Runnable => {
      let filling = false;
      const names = connectors.map(({ name }) => name);
      const consumer = new BatchConsumer({
        kafka,
        groupId,
        topics: names.map(changesTopic),
        log,
        gatherMs: () => (filling ? FILLING_GATHER_MS : gatherMs),
        onBatches: async (batches) => {
          for (const [topic, group] of Map.groupBy(batches, (batch) => batch.topic)) {
            const staged = await staging.stage(group);
            filling = staged.filling;
            count('staged', staged.staged, { topic });
            outbox.notify();
            worker.notify();
            wake();
          }
        },
      });
      return {
        name: consumer.name,
        // Each time it begins again, Kafka may be another one.
        run: async (signal, working) => {
          await checkOffsets({ store, kafka, connectors: names, expected, log });
          await consumer.run(signal, working);
        },
      };
    };
    const due = (): void => {
      worker.notify();
      wake();
    };
    const passwordSources = passwordForests(config);
    return [
      outbox,
      ...(passwordSources.size === 0
        ? []
        : [new PasswordScopePublisher({ store, outbox, plan: () => rules.plan, sources: passwordSources, isTarget })]),
      {
        name: 'lost releases',
        run: async (signal) => {
          while (!signal.aborted) {
            await sleep(LOST_RELEASE_MS / 15, signal);
            for (const target of written) if (!signal.aborted) await results.reclaim(target, LOST_RELEASE_MS);
          }
        },
      },
      worker,
      status,
      new ClockWatch({ store, log, due, connectors: config.connectors.map(({ name }) => name) }),
      ...releasers.values(),
      new Commands({
        store,
        config,
        rules,
        log,
        wake: due,
      }),
      changes(
        'adjoin-sync-engine',
        config.connectors.filter(({ name }) => !isTarget(name)),
      ),
      changes(
        'adjoin-sync-engine-confirmations',
        config.connectors.filter(({ name }) => isTarget(name)),
        CONFIRMATIONS_GATHER_MS,
      ),
      new BatchConsumer({
        kafka,
        groupId: 'adjoin-sync-engine-results',
        topics: [...written].map(resultsTopic),
        log,
        gatherMs: RESULTS_GATHER_MS,
        onBatches: async (batches) => {
          const summary = await results.handle(batches);
          count('acknowledged', summary.acknowledged);
          count('refused', summary.failed);
          worker.notify();
          wake();
        },
      }),
    ];
  }
}

/** Connectors whose passwords are synchronized. */
function passwordForests(config: AdjoinConfig): ReadonlySet<string> {
  const forests = config.connectors.filter(
    (connector) => connector.type === 'ad' && connector.enabled && connector.passwordHashSync?.enabled === true,
  );
  return new Set(forests.map(({ name }) => name));
}

/** Every expected partition has had one complete full import at some time. */
async function firstLoadDone(store: Store, expected: readonly ExpectedPartition[]): Promise<boolean> {
  const ids = expected.map(({ connector, partition }) => `baseline:${connector}:${partition}`);
  return (await store.state.countDocuments({ _id: { $in: ids }, complete: true })) === ids.length;
}

/** Every partition whose complete full import the baseline gate waits for. */
function expectedPartitions(config: AdjoinConfig): readonly ExpectedPartition[] {
  return config.connectors
    .filter((connector) => connector.enabled)
    .flatMap((connector) =>
      connector.type === 'ad'
        ? connector.domains.map(({ dn }) => ({ connector: connector.name, partition: dn }))
        : [{ connector: connector.name, partition: 'tenant' }],
    );
}
