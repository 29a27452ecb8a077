import type { ExportMessage, ResultMessage } from '@adjoin/contracts';
import type { Logger, MessageProducer } from '@adjoin/shared';
import type { Applied, AppliedStore, SentUpdate } from '../state/applied.store.js';
import type { ShadowStore } from '../state/shadow.store.js';
import type { ExporterMetrics } from '../telemetry.js';
import type { DirectoryTarget } from '../target/directory-target.js';
import type { ConditionLog } from './condition-log.js';
import { recordSpan } from './export-spans.js';
import { toResult, type Outcome } from './outcome.js';

export interface SinkOptions {
  readonly target: Pick<DirectoryTarget, 'forget'>;
  readonly applied: Pick<AppliedStore, 'record' | 'noteUpdates'>;
  readonly shadows: Pick<ShadowStore, 'apply'>;
  readonly producer: Pick<MessageProducer, 'send'>;
  readonly resultsTopic: string;
  readonly metrics: Pick<ExporterMetrics, 'acknowledged' | 'failed'>;
  readonly condition: ConditionLog;
  readonly log: Logger;
}
export interface ExportItem {
  readonly message: ExportMessage;
  readonly headers: Readonly<Record<string, string>>;
}
export interface Done extends ExportItem {
  readonly outcome: Outcome;
  readonly at: Date;
  /** It was not sent: it, or a newer one, was before. */
  readonly replayed: boolean;
}
/** Outcomes are stored and told in groups of this size, or after this time, so that a slow object does not hold back the others. */
const GROUP = 500;
const GROUP_MS = 250;

/** Stores and tells outcomes in groups; one group at a time. */
export class ResultSink {
  readonly #options: SinkOptions;
  readonly #known: ReadonlyMap<string, Applied>;
  readonly #settled = new Set<string>();
  #waiting: Done[] = [];
  #since = 0;
  #running: Promise<void> = Promise.resolve();

  /** @param known records of before the batch. */
  constructor(options: SinkOptions, known: ReadonlyMap<string, Applied>) {
    this.#options = options;
    this.#known = known;
  }

  /** Objects whose create is no longer open, and what came of it stored. */
  get settled(): ReadonlySet<string> {
    return this.#settled;
  }

  async add(done: Done): Promise<void> {
    if (this.#waiting.length === 0) this.#since = Date.now();
    this.#waiting.push(done);
    if (this.#waiting.length >= GROUP || Date.now() - this.#since >= GROUP_MS) await this.flush();
  }

  flush(): Promise<void> {
    const group = this.#waiting;
    this.#waiting = [];
    this.#running = this.#running.then(() => this.#write(group));
    return this.#running;
  }

  async #write(group: readonly Done[]): Promise<void> {
    if (group.length === 0) return;
    const { applied, shadows, producer, resultsTopic } = this.#options;
    const records = group.flatMap((done) => this.#recordOf(done));
    await Promise.all([shadows.apply(group.flatMap(shadowOf)), applied.record(records, this.#known)]);
    for (const { message, outcome } of group)
      if (message.operation === 'add' && outcome.open !== true) this.#settled.add(message.objectId);
    const messages = group.map((done) => {
      const result: ResultMessage = toResult(done.message, done.outcome, done.at.toISOString());
      return {
        key: done.message.objectId,
        value: result,
        headers: recordSpan(done.message, done.outcome, done.headers),
      };
    });
    const recorded = new Set(records.map(({ _id }) => _id));
    const updates = group.filter(({ message }) => !recorded.has(message.objectId)).flatMap(updateOf);
    await Promise.all([producer.send(resultsTopic, messages), applied.noteUpdates(updates)]);
    for (const done of group) this.#report(done);
  }

  /** An object that exists is remembered also when the rest of its export did not succeed. */
  #recordOf({ message, outcome, at }: Done): Applied[] {
    const { objectId: _id, version, releasedAt } = message;
    const known = this.#known.get(_id);
    if (outcome.kind === 'applied') {
      if (message.operation === 'update' && message.cloudId !== undefined && known?.partial !== true) return [];
      if (known !== undefined && known.version === version && known.releasedAt === releasedAt && known.partial !== true)
        return [];
      const gone = message.operation === 'delete';
      return [
        {
          _id,
          version,
          releasedAt,
          at,
          cloudId: gone ? null : (outcome.cloudId ?? null),
          ...(gone ? { deletedAt: at } : {}),
        },
      ];
    }
    return outcome.created === true && outcome.cloudId !== undefined
      ? [{ _id, version, releasedAt, at, cloudId: outcome.cloudId, partial: true }]
      : [];
  }

  #report({ message, outcome }: Done): void {
    const { metrics, log, condition } = this.#options;
    const ids = {
      objectId: message.objectId,
      version: message.version,
      operation: message.operation,
      objectType: message.objectType,
    };
    if (outcome.kind === 'applied') {
      condition.good();
      metrics.acknowledged(message.operation, message.objectType);
      log.debug({ event: 'export.applied', ...ids, cloudId: outcome.cloudId });
      if (outcome.error === undefined) return;
      metrics.failed(outcome.error.code, 'quarantined');
      log.warn(
        { event: 'export.quarantined', ...ids, code: outcome.error.code, name: message.name },
        outcome.error.message,
      );
      return;
    }
    if (outcome.tenantChanged === true) this.#options.target.forget();
    const code = outcome.error?.code ?? outcome.kind;
    metrics.failed(code, outcome.kind);
    if (outcome.error !== undefined && ['ADJ-EXP-3001', 'ADJ-EXP-3002', 'ADJ-EXP-3003', 'ADJ-EXP-3004'].includes(code))
      condition.bad(outcome.error);
    const level = outcome.kind === 'failed' && code !== 'ADJ-EXP-3008' ? 'warn' : 'debug';
    log[level]({ event: `export.${outcome.kind}`, ...ids, code, name: message.name }, outcome.error?.message ?? '');
  }
}

function updateOf({ message, outcome, replayed }: Done): SentUpdate[] {
  if (message.operation !== 'update' || replayed || outcome.kind === 'stale-gate') return [];
  const { objectId, version, releasedAt, cloudId = null } = message;
  return [{ objectId, version, releasedAt, cloudId }];
}

function shadowOf({ outcome }: Done): Parameters<ShadowStore['apply']>[0] {
  if (outcome.cloudId === undefined || outcome.shadows === undefined) return [];
  return [
    {
      cloudId: outcome.cloudId,
      set: outcome.shadows,
      unset: (outcome.plain ?? []).filter((name) => SHADOWED.has(name)),
      fresh: outcome.created === true,
    },
  ];
}
const SHADOWED = new Set(['userPrincipalName', 'alias', 'displayName', 'mail']);
