import { BulkFlow } from './bulk-flow.js';
import { SyncError, exportMessage, toSyncError, type ExportMessage } from '@adjoin/contracts';
import {
  deadLetter,
  type BatchContext,
  type ExportGate,
  type IncomingBatch,
  type IncomingMessage,
  type Logger,
  type MessageProducer,
} from '@adjoin/shared';
import type { Applied, AppliedStore, Release } from '../state/applied.store.js';
import type { Intent, IntentStore } from '../state/intent.store.js';
import type { ShadowStore } from '../state/shadow.store.js';
import type { ExporterMetrics } from '../telemetry.js';
import type { ApplyContext, DirectoryTarget } from '../target/directory-target.js';
import { withBatchSpan } from './export-spans.js';
import type { ConditionLog } from './condition-log.js';
import type { Outcome } from './outcome.js';
import { Membership } from './membership.js';
import { OpenCreates } from './open-creates.js';
import { ResultSink, type ExportItem } from './result-sink.js';

export interface ExportRunOptions {
  readonly target: Pick<DirectoryTarget, 'prepare' | 'forget' | 'apply' | 'createsNeedIntent'>;
  readonly gate: Pick<ExportGate, 'refresh' | 'admits'>;
  readonly intents: Pick<IntentStore, 'load' | 'begin'>;
  readonly applied: Pick<AppliedStore, 'load' | 'record' | 'noteUpdates'>;
  readonly shadows: Pick<ShadowStore, 'apply'>;
  readonly producer: MessageProducer;
  readonly resultsTopic: string;
  readonly metrics: ExporterMetrics;
  readonly condition: ConditionLog;
  readonly log: Logger;
  /** Time in ms since 1970; default Date.now. */
  readonly now?: (() => number) | undefined;
}
/** A batch gets so long to end after the process was told to stop. */
const STOP_MS = 15_000;

/** What is stored about the objects of a batch. */
interface Stored {
  readonly intents: ReadonlyMap<string, Intent>;
  readonly applied: ReadonlyMap<string, Applied>;
}

/**
 * Applies a batch of exports: durable intents for the creates, all objects at the same time through the batcher, what came of them stored,
 * then told. A rejection means that nothing may be committed; the batch comes again and finds what was done.
 */
export class ExportRun {
  readonly #options: ExportRunOptions;

  constructor(options: ExportRunOptions) {
    this.#options = options;
  }

  readonly #open = new OpenCreates();

  /** Whether exports come in bulk. */
  readonly bulk = new BulkFlow();

  /** @param batches of one lane, of several partitions. */
  async handle(batches: readonly IncomingBatch[], context: BatchContext): Promise<void> {
    await withBatchSpan(batches, () => this.#run(batches, context));
  }

  async #run(batches: readonly IncomingBatch[], { heartbeat, signal }: BatchContext): Promise<void> {
    const items = (await Promise.all(batches.map((batch) => this.#parse(batch)))).flat();
    if (items.length === 0) return;
    const membership = new Membership(heartbeat);
    const done = new AbortController();
    try {
      await Promise.race([this.#apply(items, membership), stopped(signal, done.signal)]);
      this.bulk.note(items.length);
    } finally {
      membership.end();
      done.abort();
    }
  }

  async #parse(batch: IncomingBatch): Promise<readonly ExportItem[]> {
    const latest = new Map<string, ExportItem>();
    for (const message of batch.messages) {
      const parsed = parse(message);
      if (parsed === undefined) {
        this.#options.log.error(
          { event: 'export.poison', code: 'ADJ-KFK-0003', topic: batch.topic, offset: message.offset },
          'An export message cannot be read.',
        );
        await deadLetter(this.#options.producer, batch.topic, message, 'ADJ-KFK-0003');
        continue;
      }
      // One export is in flight per object; should there be two, the newer one says all.
      const known = latest.get(parsed.objectId);
      if (known === undefined || known.message.version <= parsed.version)
        latest.set(parsed.objectId, { message: parsed, headers: message.headers });
    }
    return [...latest.values()];
  }

  async #apply(items: readonly ExportItem[], membership: { readonly lost: boolean }): Promise<void> {
    const { gate, intents, target } = this.#options;
    await this.#prepare();
    const [known] = await Promise.all([this.#known(items), gate.refresh()]);
    const open = items.filter(({ message }) => !wasApplied(message, known.applied.get(message.objectId)));
    const clock = this.#options.now ?? Date.now;
    const now = new Date(clock());
    const begun = await intents.begin(
      target.createsNeedIntent ? open.flatMap(({ message }) => intentOf(message, known, now, gate)) : [],
    );
    const context: ApplyContext = {
      admits: (epoch) => !membership.lost && gate.admits(epoch),
      now: clock,
    };
    const sink = new ResultSink(this.#options, known.applied);
    const outcomes = target.apply(
      open.map(({ message }) => ({
        message,
        known: {
          intent: this.#open.since(known.intents.get(message.objectId), now),
          applied: known.applied.get(message.objectId),
        },
      })),
      context,
    );
    const outcomeOf = new Map(open.map((item, index) => [item, outcomes[index]]));
    await Promise.all(
      items.map(async (item) => {
        const { objectId } = item.message;
        const applied = known.applied.get(objectId);
        const sent = await outcomeOf.get(item);
        const outcome: Outcome = sent ?? {
          kind: 'applied',
          ...(typeof applied?.cloudId === 'string' ? { cloudId: applied.cloudId } : {}),
          plain: [],
        };
        this.#open.note(objectId, outcome, clock());
        await sink.add({ ...item, outcome, at: new Date(clock()), replayed: sent === undefined });
      }),
    );
    await sink.flush();
    await begun.settle(sink.settled, known.intents);
  }

  async #known(items: readonly ExportItem[]): Promise<Stored> {
    const adds = items.filter(({ message }) => message.operation === 'add').map(({ message }) => message.objectId);
    const [intents, applied] = await Promise.all([
      this.#options.intents.load(adds),
      this.#options.applied.load(items.map(({ message }) => message.objectId)),
    ]);
    return { intents, applied };
  }

  async #prepare(): Promise<void> {
    try {
      await this.#options.target.prepare();
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

/**
 * Was this version, or a newer one, applied before? Kafka may deliver again what was sent long ago: an old value, or a member who has left, must not
 * come back. References of the same version are sent again, since their results are not stored.
 */
function wasApplied(message: ExportMessage, applied: Applied | undefined): boolean {
  if (applied === undefined) return false;
  if (isAfter(applied.update, message)) return true;
  return (
    applied.partial !== true &&
    applied.version >= message.version &&
    applied.releasedAt >= message.releasedAt &&
    (message.references === undefined || applied.version > message.version)
  );
}

/** Versions begin again when an object is provisioned anew, and clocks may be set back: both have to say so. */
function isAfter(release: Release | undefined, message: Release): boolean {
  return release !== undefined && release.version > message.version && release.releasedAt >= message.releasedAt;
}

function intentOf(message: ExportMessage, known: Stored, now: Date, gate: Pick<ExportGate, 'admits'>): Intent[] {
  const exists = typeof known.applied.get(message.objectId)?.cloudId === 'string';
  if (
    message.operation !== 'add' ||
    message.objectType === 'contact' ||
    exists ||
    known.intents.has(message.objectId) ||
    !gate.admits(message.epoch)
  )
    return [];
  return [
    {
      id: message.objectId,
      version: message.version,
      anchor: message.sourceAnchor,
      type: message.objectType,
      startedAt: now,
    },
  ];
}

/**
 * Rejects some time after `signal`: what is not done by then comes again after the restart. Lets go of everything when `done` aborts: `signal` lives
 * as long as the process, and would keep each batch otherwise.
 */
function stopped(signal: AbortSignal, done: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const begin = (): void => {
      const timer = setTimeout(
        () => reject(new SyncError('ADJ-GEN-0001', 'The process stops before the batch is done.')),
        STOP_MS,
      ).unref();
      done.addEventListener('abort', () => clearTimeout(timer), { once: true });
    };
    if (signal.aborted) begin();
    else signal.addEventListener('abort', begin, { once: true, signal: done });
  });
}
