import { SyncError, toSyncError } from '@adjoin/contracts';
import { graphFailure, isServerTrouble, isThrottled, toGraphError } from '../errors/graph-failure.js';
import { retryAfterMs } from '../http/retry-after.js';
import type { GraphReply } from '../graph-api.js';
import type { BatchCall, BatchObserver, BatchReply, BatchUnit } from './batch-unit.js';

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
interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
interface Job {
  readonly unit: BatchUnit;
  readonly replies: BatchReply[];
  readonly resolve: (replies: readonly BatchReply[]) => void;
  readonly since: number;
  attempt: number;
  renewed: boolean;
}
const JSON_HEADERS = { 'Content-Type': 'application/json' };

/**
 * Packs calls of many objects into `$batch` requests of 20, several at a time. Each item has its own fate: a throttled one waits for its
 * own Retry-After and goes into a later batch while the others are done. The promise of {@link submit} never rejects for one call.
 */
export class GraphBatcher {
  readonly #options: BatcherOptions;
  readonly #ready: [Job[], Job[], Job[]] = [[], [], []];
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #delay: (ms: number, then: () => void) => void;
  #waiting = 0;
  #inFlight = 0;
  #pausedUntil = 0;
  #wakeUp: 'none' | 'soon' | 'paused' = 'none';

  constructor(options: BatcherOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#delay = options.delay ?? ((ms, then) => void setTimeout(then, ms));
  }

  /** Units that wait to be sent, repeats included. */
  get backlog(): number {
    return this.#waiting + this.#ready.reduce((sum, queue) => sum + queue.length, 0);
  }

  /** One reply for each call of the unit, in its order. */
  submit(unit: BatchUnit): Promise<readonly BatchReply[]> {
    if (unit.calls.length === 0) return Promise.resolve([]);
    if (unit.calls.length > MAX_BATCH)
      return Promise.reject(
        new SyncError('ADJ-GEN-0001', `A unit of ${unit.calls.length} calls does not fit into a batch.`),
      );
    return new Promise((resolve) => {
      this.#enqueue({ unit, replies: [], resolve, since: this.#now(), attempt: 0, renewed: false });
    });
  }

  #enqueue(job: Job): void {
    this.#ready[job.unit.priority ?? 1].push(job);
    this.#wake();
  }

  #wake(): void {
    if (this.#wakeUp === 'soon') return;
    this.#wakeUp = 'soon';
    setImmediate(() => {
      this.#wakeUp = 'none';
      this.#pump();
    });
  }

  #pump(): void {
    const pause = this.#pausedUntil - this.#now();
    if (pause > 0) {
      if (this.#wakeUp === 'none') {
        this.#wakeUp = 'paused';
        this.#delay(pause, () => {
          this.#wakeUp = 'none';
          this.#pump();
        });
      }
      return;
    }
    while (this.#inFlight < (this.#options.concurrency ?? 4)) {
      const ready = this.#ready.reduce((sum, queue) => sum + queue.length, 0);
      if (ready === 0) return;
      if (ready < MAX_BATCH && this.#inFlight > 0 && !this.#lingered()) return;
      this.#inFlight++;
      void this.#flush().finally(() => {
        this.#inFlight--;
        this.#pump();
      });
      // The batch is composed after an asynchronous check; the queue is looked at again when that is done.
      return;
    }
  }

  /** True when the oldest ready unit has waited long enough; else arranges to look again. */
  #lingered(): boolean {
    const linger = this.#options.lingerMs ?? 4;
    const now = this.#now();
    if (this.#ready.some((queue) => queue[0] !== undefined && now - queue[0].since >= linger)) return true;
    if (this.#wakeUp === 'none') {
      this.#wakeUp = 'paused';
      this.#delay(linger, () => {
        this.#wakeUp = 'none';
        this.#pump();
      });
    }
    return false;
  }

  async #flush(): Promise<void> {
    try {
      await this.#options.beforeBatch?.();
    } catch (error) {
      // Whether sending is allowed is unknown: nothing is sent.
      for (const job of this.#take()) this.#repeatOrDefer(job, toSyncError(error), undefined);
      return;
    }
    const jobs = this.#take();
    this.#wake();
    if (jobs.length === 0) return;
    const calls = jobs.reduce((sum, job) => sum + job.unit.calls.length - job.replies.length, 0);
    const send = (): Promise<GraphReply> =>
      this.#options.send({ requests: jobs.flatMap((job, index) => wireCalls(job, index)) });
    let reply: GraphReply;
    try {
      reply = await (this.#options.observer?.batch?.(calls, send) ?? send());
    } catch (cause) {
      const error = toSyncError(cause, 'ADJ-EXP-3001');
      for (const job of jobs) this.#noAnswer(job, error);
      return;
    }
    this.#spread(jobs, reply);
  }

  #take(): Job[] {
    const jobs: Job[] = [];
    let room = MAX_BATCH;
    for (const queue of this.#ready) {
      while (queue[0] !== undefined && queue[0].unit.calls.length - queue[0].replies.length <= room) {
        const job = queue.shift();
        if (job === undefined) break;
        if (job.unit.admit?.() === false) {
          finish(job, { kind: 'dropped' });
          continue;
        }
        room -= job.unit.calls.length - job.replies.length;
        jobs.push(job);
      }
    }
    return jobs;
  }

  #spread(jobs: readonly Job[], reply: GraphReply): void {
    const replies = reply.status === 200 ? wireReplies(reply.body) : undefined;
    if (replies === undefined) {
      this.#envelopeRefused(jobs, reply);
      return;
    }
    let throttled = 0;
    for (const [index, job] of jobs.entries()) if (this.#settle(job, index, replies)) throttled++;
    if (throttled > 0) this.#options.observer?.throttled?.(throttled);
  }

  /** Takes over the replies of one unit; true when it was throttled. */
  #settle(job: Job, index: number, replies: ReadonlyMap<string, WireReply>): boolean {
    for (let at = job.replies.length; at < job.unit.calls.length; at++) {
      const reply = replies.get(`${index}.${at}`);
      if (reply === undefined) {
        this.#noAnswer(job, new SyncError('ADJ-EXP-3001', 'The answer of a batch lacks an item.'));
        return false;
      }
      if (reply.status < 300) {
        job.replies.push({ kind: 'answer', status: reply.status, body: reply.body });
        continue;
      }
      return this.#refused(job, reply);
    }
    job.resolve(job.replies);
    return false;
  }

  #refused(job: Job, reply: WireReply): boolean {
    const failure = graphFailure(reply.status, reply.body);
    const again =
      isThrottled(reply.status) || reply.status === 503 || (job.unit.repeatable && isServerTrouble(reply.status));
    if (again) {
      this.#repeatOrDefer(job, toGraphError(failure, 'The request'), header(reply.headers, 'retry-after'));
      return isThrottled(reply.status);
    }
    if (reply.status === 401 && !job.renewed) {
      job.renewed = true;
      this.#options.onUnauthorized?.();
      this.#enqueue(job);
      return false;
    }
    if (isServerTrouble(reply.status)) finish(job, { kind: 'unknown', error: toGraphError(failure, 'The request') });
    else finish(job, { kind: 'answer', status: reply.status, body: reply.body });
    return false;
  }

  /** The whole batch was refused before any item ran (429, 503, 401, 403), or failed on the way (5xx). */
  #envelopeRefused(jobs: readonly Job[], reply: GraphReply): void {
    const failure = graphFailure(reply.status, reply.body);
    const error = toGraphError(failure, 'The batch');
    const after = header(reply.headers, 'retry-after');
    const notRun = reply.status < 500 || reply.status === 503;
    if (isThrottled(reply.status) || reply.status === 503) {
      this.#options.observer?.throttled?.(jobs.length);
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
    // Without a token or a trusted certificate nothing was sent.
    const notSent = error.code === 'ADJ-EXP-3002' || error.code === 'ADJ-EXP-3004';
    if (job.unit.repeatable || notSent) this.#repeatOrDefer(job, error, undefined);
    else finish(job, { kind: 'unknown', error });
  }

  #repeatOrDefer(job: Job, error: SyncError, retryAfter: string | undefined): void {
    const wait = retryAfterMs(retryAfter, job.attempt++, this.#random());
    if (this.#now() + wait - job.since > (this.#options.giveUpMs ?? 60_000)) {
      finish(job, { kind: 'deferred', error, retryAfterMs: Math.round(wait) });
      return;
    }
    this.#waiting++;
    this.#delay(wait, () => {
      this.#waiting--;
      this.#enqueue(job);
    });
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
