import { SyncError, toSyncError } from '@adjoin/contracts';
import type { WriteBudget } from '../budget/write-budget.js';
import { graphFailure, isServerTrouble, isThrottled, toGraphError } from '../errors/graph-failure.js';
import { wasNotSent } from '../errors/transport-error.js';
import { retryAfterMs } from '../http/retry-after.js';
import type { GraphReply } from '../graph-api.js';
import { BatchQueue, type Job } from './batch-queue.js';
import type { BatchCall, BatchObserver, BatchReply, BatchTrouble, BatchUnit } from './batch-unit.js';
import { LimitSigns } from './limit-signs.js';

/** The service takes this many calls in one batch (operations/graph-export.md section 4). */
export const MAX_BATCH = 20;

export interface BatcherOptions {
  /** Sends the envelope: POST /$batch. Rejects with a coded error when there was no answer. */
  readonly send: (body: { readonly requests: readonly WireCall[] }) => Promise<GraphReply>;
  /** Called for an item that was answered with 401: the token is to be renewed. */
  readonly onUnauthorized?: (() => void) | undefined;
  /** Awaited before each batch; what `admit` reads is made current here. */
  readonly beforeBatch?: (() => Promise<void>) | undefined;
  readonly observer?: BatchObserver | undefined;
  /** What may be written now; unlimited when absent. */
  readonly budget?: WriteBudget | undefined;
  /** Batches on the way at the same time; default 4. */
  readonly concurrency?: number | undefined;
  /** How long an incomplete batch waits for more while others are on the way, ms; default 4. */
  readonly lingerMs?: number | undefined;
  /** How long a throttled or unanswered call is repeated, ms; default 60,000. */
  readonly giveUpMs?: number | undefined;
  readonly now?: (() => number) | undefined;
  readonly random?: (() => number) | undefined;
  readonly delay?: ((ms: number, then: () => void) => void) | undefined;
}

export interface WireCall {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly dependsOn?: readonly string[];
}
export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
const JSON_HEADERS = { 'Content-Type': 'application/json' };

/**
 * Packs calls of many objects into `$batch` requests of 20, several at a time. Each item has its own fate: a throttled one waits for its
 * own Retry-After and goes into a later batch while the others are done. The promise of {@link submit} never rejects for one call.
 */
export class GraphBatcher {
  readonly #options: BatcherOptions;
  readonly #queue = new BatchQueue();
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #delay: (ms: number, then: () => void) => void;
  #waiting = 0;
  #inFlight = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  /** The budget has nothing for writes before. */
  #writesFrom = Number.NEGATIVE_INFINITY;
  /** Batches without any answer since the last answer. */
  #unanswered = 0;
  #wakeUpSoon = false;
  /** Time of the earliest timer that is set. */
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(options: BatcherOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#random = options.random ?? Math.random;
    this.#delay = options.delay ?? ((ms, then) => void setTimeout(then, ms));
  }

  /** Units that wait to be sent, repeats included. */
  get backlog(): number {
    return this.#waiting + this.#queue.size();
  }

  /** One reply for each call of the unit, in its order. */
  submit(unit: BatchUnit): Promise<readonly BatchReply[]> {
    if (unit.calls.length === 0) return Promise.resolve([]);
    if (unit.calls.length > MAX_BATCH)
      return Promise.reject(
        new SyncError('ADJ-GEN-0001', `A unit of ${unit.calls.length} calls does not fit into a batch.`),
      );
    return new Promise((resolve) => {
      this.#enqueue({ unit, replies: [], resolve, since: 0, troubleSince: undefined, attempt: 0, renewed: false });
    });
  }

  #enqueue(job: Job): void {
    job.since = this.#now();
    this.#queue.add(job);
    this.#wake();
  }

  #wake(): void {
    if (this.#wakeUpSoon) return;
    this.#wakeUpSoon = true;
    setImmediate(() => {
      this.#wakeUpSoon = false;
      this.#pump();
    });
  }

  /** Looks again in so many ms; nothing when a timer is set that ends earlier. */
  #wakeIn(ms: number): void {
    const at = this.#now() + ms;
    if (this.#timerAt <= at) return;
    this.#timerAt = at;
    this.#delay(ms, () => {
      if (this.#timerAt === at) this.#timerAt = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }

  #pump(): void {
    const now = this.#now();
    if (now < this.#pausedUntil) {
      this.#wakeIn(this.#pausedUntil - now);
      return;
    }
    // After an outage one batch tries first, so that everybody's backlog does not fall upon the service at once.
    const concurrency = this.#unanswered > 1 ? 1 : (this.#options.concurrency ?? 4);
    if (this.#inFlight >= concurrency) return;
    const writes = now >= this.#writesFrom;
    if (!writes) this.#wakeIn(this.#writesFrom - now);
    const ready = this.#queue.size(writes);
    if (ready === 0) return;
    if (ready < MAX_BATCH && this.#inFlight > 0 && !this.#lingered(writes)) return;
    this.#inFlight++;
    // The batch is composed after asynchronous checks; the queue is looked at again when that is done.
    void this.#flush().finally(() => {
      this.#inFlight--;
      this.#pump();
    });
  }

  /** True when the oldest ready unit has waited long enough; else arranges to look again. */
  #lingered(writes: boolean): boolean {
    const linger = this.#options.lingerMs ?? 4;
    const oldest = this.#queue.oldest(writes);
    if (oldest !== undefined && this.#now() - oldest >= linger) return true;
    this.#wakeIn(linger);
    return false;
  }

  async #flush(): Promise<void> {
    let granted: number;
    try {
      await this.#options.beforeBatch?.();
      granted = await this.#grant();
    } catch (error) {
      // Whether sending is allowed is unknown: nothing is sent.
      for (const job of this.#take(MAX_BATCH, false).jobs) this.#repeatOrDefer(job, toSyncError(error), undefined);
      return;
    }
    const { jobs, writes } = this.#take(granted);
    this.#wake();
    if (jobs.length === 0) return;
    const calls = jobs.reduce((sum, job) => sum + job.unit.calls.length - job.replies.length, 0);
    const send = (): Promise<GraphReply> =>
      this.#options.send({ requests: jobs.flatMap((job, index) => wireCalls(job, index)) });
    let reply: GraphReply;
    try {
      reply = await (this.#options.observer?.batch?.(calls, send) ?? send());
    } catch (cause) {
      this.#options.budget?.settled(writes);
      this.#outage(jobs, calls, toSyncError(cause, 'ADJ-EXP-3001'));
      return;
    }
    this.#options.budget?.settled(writes);
    this.#unanswered = 0;
    this.#spread(jobs, reply);
  }

  /** Writes that the next batch may contain; 0 when the budget has to fill up first. */
  async #grant(): Promise<number> {
    const { budget } = this.#options;
    if (budget === undefined) return MAX_BATCH;
    const wanted = this.#queue.nextWrites(MAX_BATCH, budget.most);
    if (wanted === 0 || this.#now() < this.#writesFrom) return 0;
    const drawn = budget.draw(wanted);
    const grant = drawn instanceof Promise ? await drawn : drawn;
    if (grant.writes === 0) {
      // Some jitter, so that replicas do not ask all at once.
      const wait = Math.ceil(grant.waitMs * (1 + this.#random() / 50));
      this.#writesFrom = this.#now() + wait;
      this.#wakeIn(wait);
    }
    return grant.writes;
  }

  /** @param drawn the writes were granted by the budget. */
  #take(granted: number, drawn = true): { readonly jobs: readonly Job[]; readonly writes: number } {
    const taken = this.#queue.take(MAX_BATCH, granted, (job) => finish(job, { kind: 'dropped' }));
    if (drawn && taken.writes < granted) this.#options.budget?.giveBack(granted - taken.writes);
    return taken;
  }

  #outage(jobs: readonly Job[], calls: number, error: SyncError): void {
    this.#unanswered++;
    this.#trouble('no-answer', calls);
    if (this.#unanswered > 1)
      this.#pausedUntil = this.#now() + retryAfterMs(undefined, this.#unanswered - 2, this.#random());
    for (const job of jobs) this.#noAnswer(job, error);
  }

  #spread(jobs: readonly Job[], reply: GraphReply): void {
    const replies = reply.status === 200 ? wireReplies(reply.body) : undefined;
    if (replies === undefined) {
      this.#envelopeRefused(jobs, reply);
      return;
    }
    const signs = new LimitSigns();
    for (const [index, job] of jobs.entries()) this.#settle(job, index, replies, signs);
    if (signs.throttled > 0) this.#trouble('throttled', signs.throttled);
    if (signs.pauseMs > 0) this.#pausedUntil = Math.max(this.#pausedUntil, this.#now() + signs.pauseMs);
    if (this.#options.budget !== undefined) void signs.tell(this.#options.budget).catch(() => undefined); // the next draw reports what is wrong with the store
  }

  /** Takes over the replies of one unit. */
  #settle(job: Job, index: number, replies: ReadonlyMap<string, WireReply>, signs: LimitSigns): void {
    for (let at = job.replies.length; at < job.unit.calls.length; at++) {
      const reply = replies.get(`${index}.${at}`);
      if (reply === undefined) {
        this.#trouble('no-answer', 1);
        this.#noAnswer(job, new SyncError('ADJ-EXP-3001', 'The answer of a batch lacks an item.'));
        return;
      }
      signs.see(reply, job.unit.calls[at]?.method !== 'GET');
      if (reply.status < 300) {
        job.replies.push({ kind: 'answer', status: reply.status, body: reply.body });
        continue;
      }
      this.#refused(job, reply);
      return;
    }
    job.resolve(job.replies);
  }

  #refused(job: Job, reply: WireReply): void {
    const failure = graphFailure(reply.status, reply.body);
    if (isServerTrouble(reply.status)) this.#trouble(reply.status === 503 ? 'unavailable' : 'server-error', 1);
    const again =
      isThrottled(reply.status) || reply.status === 503 || (job.unit.repeatable && isServerTrouble(reply.status));
    if (again) this.#repeatOrDefer(job, toGraphError(failure, 'The request'), header(reply.headers, 'retry-after'));
    else if (reply.status === 401 && !job.renewed) {
      job.renewed = true;
      this.#options.onUnauthorized?.();
      this.#enqueue(job);
    } else if (isServerTrouble(reply.status)) {
      finish(job, { kind: 'unknown', error: toGraphError(failure, 'The request') });
    } else finish(job, { kind: 'answer', status: reply.status, body: reply.body });
  }

  /** The whole batch was refused before any item ran (429, 503, 401, 403), or failed on the way (5xx). */
  #envelopeRefused(jobs: readonly Job[], reply: GraphReply): void {
    const failure = graphFailure(reply.status, reply.body);
    const error = toGraphError(failure, 'The batch');
    const after = header(reply.headers, 'retry-after');
    const notRun = reply.status < 500 || reply.status === 503;
    if (isThrottled(reply.status) || isServerTrouble(reply.status))
      this.#trouble(
        isThrottled(reply.status) ? 'throttled' : reply.status === 503 ? 'unavailable' : 'server-error',
        jobs.length,
      );
    if (isThrottled(reply.status) || reply.status === 503) {
      this.#pausedUntil = Math.max(
        this.#pausedUntil,
        this.#now() + retryAfterMs(after, jobs[0]?.attempt ?? 0, this.#random()),
      );
    }
    for (const job of jobs) {
      if (!notRun) this.#noAnswer(job, error);
      else if (error.retry === 'later') this.#repeatOrDefer(job, error, after);
      else finish(job, { kind: 'deferred', error, retryAfterMs: 60_000 });
    }
  }

  #noAnswer(job: Job, error: SyncError): void {
    if (job.unit.repeatable || wasNotSent(error)) this.#repeatOrDefer(job, error, undefined);
    else finish(job, { kind: 'unknown', error });
  }

  #repeatOrDefer(job: Job, error: SyncError, retryAfter: string | undefined): void {
    const now = this.#now();
    job.troubleSince ??= now;
    const wait = retryAfterMs(retryAfter, job.attempt++, this.#random());
    if (now + wait - job.troubleSince > (this.#options.giveUpMs ?? 60_000)) {
      finish(job, { kind: 'deferred', error, retryAfterMs: Math.round(wait) });
      return;
    }
    this.#waiting++;
    this.#delay(wait, () => {
      this.#waiting--;
      this.#enqueue(job);
    });
  }

  #trouble(trouble: BatchTrouble, calls: number): void {
    this.#options.observer?.trouble?.(trouble, calls);
  }
}

/** Ends a unit: this reply for the next call, the rest is skipped (dropped stays dropped). */
function finish(job: Job, reply: BatchReply): void {
  job.replies.push(reply);
  while (job.replies.length < job.unit.calls.length)
    job.replies.push(reply.kind === 'dropped' || reply.kind === 'deferred' ? reply : { kind: 'skipped' });
  job.resolve(job.replies);
}

function wireCalls(job: Job, index: number): WireCall[] {
  const first = job.replies.length;
  return job.unit.calls
    .slice(first)
    .map((call, offset) =>
      wireCall(call, `${index}.${first + offset}`, offset === 0 ? undefined : `${index}.${first + offset - 1}`),
    );
}

function wireCall(call: BatchCall, id: string, after: string | undefined): WireCall {
  return {
    id,
    method: call.method,
    url: call.url,
    ...(call.body === undefined ? {} : { headers: JSON_HEADERS, body: call.body }),
    ...(after === undefined ? {} : { dependsOn: [after] }),
  };
}

function wireReplies(body: unknown): ReadonlyMap<string, WireReply> | undefined {
  const list = typeof body === 'object' && body !== null && 'responses' in body ? body.responses : undefined;
  if (!Array.isArray(list)) return undefined;
  return new Map(
    list.map((item: { id?: unknown; status?: unknown; headers?: unknown; body?: unknown }) => [
      String(item.id),
      {
        status: Number(item.status),
        headers: (item.headers ?? {}) as Readonly<Record<string, string>>,
        body: item.body,
      },
    ]),
  );
}

function header(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  for (const [key, value] of Object.entries(headers)) if (key.toLowerCase() === name) return value;
  return undefined;
}
