import type { BatchReply, BatchUnit } from './batch-unit.js';

/** A unit on its way through the batcher. */
export interface Job {
  readonly unit: BatchUnit;
  readonly replies: BatchReply[];
  readonly resolve: (replies: readonly BatchReply[]) => void;
  /** When it became ready to be sent. */
  since: number;
  /** When it was first refused or not answered; the time limit of repeats counts from here. */
  troubleSince: number | undefined;
  attempt: number;
  renewed: boolean;
}

const openCalls = (job: Job): number => job.unit.calls.length - job.replies.length;
/** Reads cost nothing of the budget of writes. */
export const openWrites = (job: Job): number => {
  let writes = 0;
  for (let at = job.replies.length; at < job.unit.calls.length; at++)
    if (job.unit.calls[at]?.method !== 'GET') writes++;
  return writes;
};

/**
 * Units that are ready to be sent. Reads come first: writes wait for them, and they need no budget. Then writes by priority, each in the order
 * of arrival; a unit that is sent again goes before those that were never sent.
 */
export class BatchQueue {
  readonly #reads: Job[] = [];
  readonly #writes: readonly [Job[], Job[], Job[]] = [[], [], []];
  #size = 0;

  /** @param writes false: count reads only */
  size(writes = true): number {
    return writes ? this.#size : this.#reads.length;
  }

  add(job: Job): void {
    const queue = openWrites(job) === 0 ? this.#reads : this.#writes[job.unit.priority ?? 1];
    this.#size++;
    if (job.attempt > 0) queue.unshift(job);
    else queue.push(job);
  }

  /** When the unit became ready that waits the longest. */
  oldest(writes: boolean): number | undefined {
    let oldest = this.#reads[0]?.since;
    if (!writes) return oldest;
    for (const [job] of this.#writes)
      if (job !== undefined && (oldest === undefined || job.since < oldest)) oldest = job.since;
    return oldest;
  }

  /** Writes that the next batch of `room` calls would contain. @param most of them, but at least those of one unit */
  nextWrites(room: number, most: number): number {
    let left = room;
    let writes = 0;
    for (const job of this.#reads) {
      if (openCalls(job) > left) break;
      left -= openCalls(job);
    }
    for (const queue of this.#writes) {
      for (const job of queue) {
        const cost = openWrites(job);
        if (writes > 0 && writes + cost > most) return writes;
        if (openCalls(job) > left) break;
        left -= openCalls(job);
        writes += cost;
      }
    }
    return writes;
  }

  /**
   * Takes what fits into one batch.
   * @param writes most writes, whoever asks for them.
   * @param dropped told of units that are not admitted any more.
   */
  take(
    room: number,
    writes: number,
    dropped: (job: Job) => void,
  ): { readonly jobs: readonly Job[]; readonly writes: number } {
    const jobs: Job[] = [];
    let left = room;
    let open = writes;
    for (const queue of [this.#reads, ...this.#writes]) {
      for (let job = queue[0]; job !== undefined; job = queue[0]) {
        const cost = openWrites(job);
        if (openCalls(job) > left || cost > open) break;
        queue.shift();
        this.#size--;
        if (job.unit.admit?.() === false) {
          dropped(job);
          continue;
        }
        left -= openCalls(job);
        open -= cost;
        jobs.push(job);
      }
    }
    return { jobs, writes: writes - open };
  }
}
