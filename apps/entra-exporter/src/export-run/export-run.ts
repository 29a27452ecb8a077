import { BulkFlow } from './bulk-flow.js';
import { SyncError, exportMessage, toSyncError, type ExportMessage, type ResultMessage } from '@adjoin/contracts';
import { deadLetter, type BatchContext, type IncomingBatch, type IncomingMessage, type Logger, type MessageProducer } from '@adjoin/shared';
import type { GraphApi, GraphBatcher } from '@adjoin/graph';
import type { ExportGate } from '../gate/export-gate.js';
import type { Applied, ExportStateStore, Intent } from '../state/export-state.store.js';
import type { ShadowStore } from '../state/shadow.store.js';
import type { ExporterMetrics } from '../telemetry.js';
import type { TenantInfo } from '../tenant/tenant-info.js';
import type { DirectoryLookup } from './directory-lookup.js';
import { exportObject, type ExportContext } from './export-object.js';
import { recordSpan, withBatchSpan } from './export-spans.js';
import type { ConditionLog } from './condition-log.js';
import { toResult, type Outcome } from './outcome.js';

export interface ExportRunOptions {
  readonly api: GraphApi;
  readonly batcher: GraphBatcher;
  readonly tenant: TenantInfo;
  readonly lookup: DirectoryLookup;
  readonly gate: ExportGate;
  readonly state: ExportStateStore;
  readonly shadows: ShadowStore;
  readonly producer: MessageProducer;
  readonly resultsTopic: string;
  readonly windowMs: number;
  readonly metrics: ExporterMetrics;
  readonly condition: ConditionLog;
  readonly log: Logger;
}
interface Item {
  readonly message: ExportMessage;
  readonly headers: Readonly<Record<string, string>>;
}
interface Done extends Item {
  readonly outcome: Outcome;
  readonly at: Date;
}
/** Outcomes are stored and told in groups of this size, or after this time, so that a slow object does not hold back the others. */
const GROUP = 250;
const GROUP_MS = 100;
const HEARTBEAT_MS = 3000;

/**
 * Applies a batch of exports: durable intents for the creates, all objects at the same time through the batcher, what came of them stored,
 * then told. A rejection means that nothing may be committed; the batch comes again and finds what was done.
 */
export class ExportRun {
  readonly #options: ExportRunOptions;

  constructor(options: ExportRunOptions) {
    this.#options = options;
  }

  /** Whether exports come in bulk. */
  readonly bulk = new BulkFlow();

  async handle(batch: IncomingBatch, context: BatchContext): Promise<void> {
    await withBatchSpan(batch, () => this.#run(batch, context));
  }

  async #run(batch: IncomingBatch, { heartbeat, signal }: BatchContext): Promise<void> {
    const items = await this.#parse(batch);
    if (items.length === 0) return;
    const beats = setInterval(() => void heartbeat().catch(() => undefined), HEARTBEAT_MS); // a lost membership shows at the commit
    try {
      await Promise.race([this.#apply(items), stopped(signal)]);
      this.bulk.note(items.length);
    } finally {
      clearInterval(beats);
    }
  }

  async #parse(batch: IncomingBatch): Promise<readonly Item[]> {
    const latest = new Map<string, Item>();
    for (const message of batch.messages) {
      const parsed = parse(message);
      if (parsed === undefined) {
        this.#options.log.error({ event: 'export.poison', code: 'ADJ-KFK-0003', topic: batch.topic, offset: message.offset }, 'An export message cannot be read.');
        await deadLetter(this.#options.producer, batch.topic, message, 'ADJ-KFK-0003');
        continue;
      }
      // One export is in flight per object; should there be two, the newer one says all.
      const known = latest.get(parsed.objectId);
      if (known === undefined || known.message.version <= parsed.version) latest.set(parsed.objectId, { message: parsed, headers: message.headers });
    }
    return [...latest.values()];
  }

  async #apply(items: readonly Item[]): Promise<void> {
    const { gate, state, api, batcher, lookup, windowMs } = this.#options;
    const tenant = await this.#tenant();
    await gate.refresh();
    const known = await state.load(items.map((item) => item.message));
    const open = items.filter((item) => !replayed(item.message, known.applied.get(item.message.objectId)));
    const now = new Date();
    await state.begin(open.flatMap(({ message }) => intentOf(message, known, now, gate)));
    const context: ExportContext = { api, batcher, lookup, tenant, windowMs, admits: (epoch) => gate.admits(epoch), now: Date.now };
    const sink = new ResultSink(this.#options, new Set(known.applied.keys()));
    await Promise.all(
      items.map(async (item) => {
        const { objectId } = item.message;
        const applied = known.applied.get(objectId);
        const outcome: Outcome = replayed(item.message, applied)
          ? { kind: 'applied', ...(typeof applied?.cloudId === 'string' ? { cloudId: applied.cloudId } : {}), plain: [] }
          : await exportObject(context, item.message, { intent: known.intents.get(objectId), applied });
        await sink.add({ ...item, outcome, at: new Date() });
      }),
    );
    await sink.flush();
  }

  async #tenant(): ReturnType<TenantInfo['get']> {
    try {
      const [tenant] = await Promise.all([this.#options.tenant.get(), this.#options.lookup.knowRecycleBin(this.#options.api)]);
      return tenant;
    } catch (cause) {
      const error = toSyncError(cause, 'ADJ-EXP-3001');
      this.#options.condition.bad(error);
      throw error;
    }
  }
}

function parse(message: IncomingMessage): ExportMessage | undefined {
  try {
    const parsed = exportMessage.safeParse(JSON.parse(message.value?.toString('utf8') ?? 'null'));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // not JSON: poison, the caller reports it
  }
}

/** Was this version, or a newer one, applied before? References are sent again, since their results are not stored. */
function replayed(message: ExportMessage, applied: Applied | undefined): boolean {
  return (
    applied !== undefined &&
    applied.partial !== true &&
    applied.version >= message.version &&
    applied.releasedAt >= message.releasedAt &&
    (message.references === undefined || applied.version > message.version)
  );
}

function intentOf(message: ExportMessage, known: { intents: ReadonlyMap<string, Intent>; applied: ReadonlyMap<string, Applied> }, now: Date, gate: ExportGate): Intent[] {
  const exists = typeof known.applied.get(message.objectId)?.cloudId === 'string';
  if (message.operation !== 'add' || message.objectType === 'contact' || exists || known.intents.has(message.objectId) || !gate.admits(message.epoch)) return [];
  return [{ _id: message.objectId, version: message.version, anchor: message.sourceAnchor, type: message.objectType, startedAt: now }];
}

/** Stores and tells outcomes in groups; one group at a time. */
class ResultSink {
  readonly #options: ExportRunOptions;
  #waiting: Done[] = [];
  #since = 0;
  #running: Promise<void> = Promise.resolve();

  readonly #known: ReadonlySet<string>;

  constructor(options: ExportRunOptions, known: ReadonlySet<string>) {
    this.#options = options;
    this.#known = known;
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
    const { state, shadows, producer, resultsTopic } = this.#options;
    await shadows.apply(group.flatMap(shadowOf));
    const settled = group.filter(({ message, outcome }) => message.operation === 'add' && outcome.open !== true).map(({ message }) => message.objectId);
    await state.finish(settled, group.flatMap(appliedOf), this.#known);
    const messages = group.map((done) => {
      const result: ResultMessage = toResult(done.message, done.outcome, done.at.toISOString());
      return { key: done.message.objectId, value: result, headers: recordSpan(done.message, done.outcome, done.headers) };
    });
    await producer.send(resultsTopic, messages);
    for (const done of group) this.#report(done);
  }

  #report({ message, outcome }: Done): void {
    const { metrics, log, condition } = this.#options;
    const ids = { objectId: message.objectId, version: message.version, operation: message.operation, objectType: message.objectType };
    if (outcome.kind === 'applied') {
      condition.good();
      metrics.acknowledged(message.operation, message.objectType);
      log.debug({ event: 'export.applied', ...ids, cloudId: outcome.cloudId });
      return;
    }
    if (outcome.tenantChanged === true) this.#options.tenant.forget();
    const code = outcome.error?.code ?? outcome.kind;
    metrics.failed(code, outcome.kind);
    if (outcome.error !== undefined && ['ADJ-EXP-3001', 'ADJ-EXP-3002', 'ADJ-EXP-3003', 'ADJ-EXP-3004'].includes(code)) condition.bad(outcome.error);
    const level = outcome.kind === 'failed' && code !== 'ADJ-EXP-3008' ? 'warn' : 'debug';
    log[level]({ event: `export.${outcome.kind}`, ...ids, code, name: message.name }, outcome.error?.message ?? '');
  }
}

function shadowOf({ outcome }: Done): Parameters<ShadowStore['apply']>[0] {
  if (outcome.cloudId === undefined || outcome.shadows === undefined) return [];
  return [{ cloudId: outcome.cloudId, set: outcome.shadows, unset: (outcome.plain ?? []).filter((name) => SHADOWED.has(name)), fresh: outcome.created === true }];
}
const SHADOWED = new Set(['userPrincipalName', 'alias', 'displayName']);

/** An object that exists is remembered also when the rest of its export did not succeed. */
function appliedOf({ message, outcome, at }: Done): Applied[] {
  const { objectId: _id, version, releasedAt } = message;
  if (outcome.kind === 'applied') {
    const gone = message.operation === 'delete';
    return [{ _id, version, releasedAt, at, cloudId: gone ? null : (outcome.cloudId ?? null), ...(gone ? { deletedAt: at } : {}) }];
  }
  return outcome.created === true && outcome.cloudId !== undefined ? [{ _id, version, releasedAt, at, cloudId: outcome.cloudId, partial: true }] : [];
}

/** Rejects some time after the signal: what is not done by then comes again after the restart. */
function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const begin = (): void => void setTimeout(() => reject(new SyncError('ADJ-GEN-0001', 'The process stops before the batch is done.')), 15_000).unref();
    if (signal.aborted) begin();
    else signal.addEventListener('abort', begin, { once: true });
  });
}
