import type { Consumer, EachBatchPayload } from 'kafkajs';
import { toSyncError } from '@adjoin/contracts';
import { backoff, sleep } from '../async/async.js';
import type { BatchContext, ConsumerTuning, Handling, IncomingBatch } from './batch-types.js';
import { PartitionWork } from './partition-work.js';

/** Asked for so often while a handler works; the client sends one each `heartbeatInterval` at most. ms */
const BEAT_MS = 1000;

type Committer = Pick<Consumer, 'commitOffsets'>;
/** What of the options matters here. */
export type RoundOptions = ConsumerTuning & Handling;
interface Portion {
  readonly work: PartitionWork;
  readonly batch: IncomingBatch;
}

/** Hands what fetches bring to the handler, one partition at a time or merged. The client fetches again when all of a fetch was handled. */
export class Rounds {
  readonly #options: RoundOptions;
  readonly #consumer: Committer;
  readonly #signal: AbortSignal;
  readonly #size: number;
  readonly #waiting: PartitionWork[] = [];
  #woken = false;
  #running = 0;
  #fetched = { open: 0, at: 0, messages: 0 };

  constructor(options: RoundOptions, consumer: Committer, signal: AbortSignal) {
    this.#options = options;
    this.#consumer = consumer;
    this.#signal = signal;
    this.#size = options.batchSize ?? 500;
  }

  /** Resolves when everything was handled and committed, or given up since the partition is gone. */
  async add(payload: EachBatchPayload): Promise<void> {
    if (payload.batch.messages.length === 0) return;
    if (this.#fetched.open === 0) this.#fetched = { open: 0, at: performance.now(), messages: 0 };
    this.#fetched.open++;
    this.#fetched.messages += payload.batch.messages.length;
    const work = new PartitionWork(payload);
    this.#waiting.push(work);
    this.#wake();
    try {
      await work.done;
      await this.#gather();
    } finally {
      this.#fetched.open--;
    }
  }

  /** The other partitions of the same fetch come in the same turn: they are waited for. */
  #wake(): void {
    if (this.#woken) return;
    this.#woken = true;
    setImmediate(() => {
      this.#woken = false;
      while (this.#running < (this.#options.concurrency ?? 2) && this.#waiting.length > 0) void this.#next();
    });
  }

  /** The longer the next fetch waits, the more it brings; what was full already need not wait. */
  async #gather(): Promise<void> {
    const { at, messages } = this.#fetched;
    const { gatherMs = 0 } = this.#options;
    const rest = (typeof gatherMs === 'number' ? gatherMs : gatherMs()) - (performance.now() - at);
    if (rest > 0 && messages < this.#size) await sleep(rest, this.#signal);
  }

  #take(): readonly Portion[] {
    const portions: Portion[] = [];
    let room = this.#size;
    do {
      const work = this.#waiting.shift();
      if (work === undefined) break;
      const batch = work.take(room);
      room -= batch.messages.length;
      portions.push({ work, batch });
    } while ('onBatches' in this.#options && room > 0);
    return portions;
  }

  async #next(): Promise<void> {
    this.#running++;
    const portions = this.#take();
    const beats = setInterval(() => void beat(portions), BEAT_MS);
    try {
      const handled = await this.#handle(portions);
      if (handled) await this.#commit(portions);
      for (const { work } of portions) {
        if (handled && work.left > 0) this.#waiting.push(work);
        else work.end();
      }
    } catch (error) {
      for (const { work } of portions) work.fail(error); // the client joins the group again and fetches from the last commit
    } finally {
      clearInterval(beats);
      this.#running--;
      this.#wake();
    }
  }

  async #commit(portions: readonly Portion[]): Promise<void> {
    const offsets = portions.flatMap(({ work, batch: { topic, partition, messages } }) => {
      const last = messages.at(-1);
      if (last === undefined) return [];
      work.payload.resolveOffset(last.offset);
      return [{ topic, partition, offset: String(BigInt(last.offset) + 1n) }];
    });
    if (offsets.length > 0) await this.#consumer.commitOffsets(offsets);
    await portions[0]?.work.payload.heartbeat();
  }

  async #handle(portions: readonly Portion[]): Promise<boolean> {
    const heartbeat = async (): Promise<void> => portions[0]?.work.payload.heartbeat();
    const batches = portions.map(({ batch }) => batch);
    let reported = false;
    for (let attempt = 0; ; attempt++) {
      if (this.#signal.aborted || portions.some(({ work }) => work.revoked)) return false;
      try {
        await this.#call(batches, { signal: this.#signal, heartbeat });
        return true;
      } catch (cause) {
        const error = toSyncError(cause);
        const [first] = batches;
        if (!reported)
          this.#options.log.error(
            { event: 'batch.retry', topic: first?.topic, partition: first?.partition, code: error.code, err: cause },
            error.message,
          );
        reported = true;
      }
      await sleep(backoff(attempt, { maxMs: 3000 }), this.#signal);
      await heartbeat();
    }
  }

  async #call(batches: readonly IncomingBatch[], context: BatchContext): Promise<void> {
    if ('onBatches' in this.#options) return this.#options.onBatches(batches, context);
    for (const batch of batches) await this.#options.onBatch(batch, context);
  }
}

/** A membership that is lost is reported by the commit, which fails then, and by `heartbeat` to a handler that asks. */
async function beat([first]: readonly Portion[]): Promise<void> {
  await first?.work.payload.heartbeat().catch(() => undefined);
}
