import { isThrottled } from '../errors/graph-failure.js';
import type { WriteBudget } from '../budget/write-budget.js';
import type { WireReply } from './graph-batcher.js';

/** Refusals without a reason are about everybody when they are this many and at least half of the batch; fewer are a mishap of single items. */
const CLEAR = 10;

/** What the answers of one batch say about the limits of the service (operations/graph-export.md section 5). */
export class LimitSigns {
  /** Calls refused by a rate limit. */
  throttled = 0;
  #pauseMs = 0;
  #writes = 0;
  #refused = 0;
  #named = false;
  #retryAfterMs = 0;
  #used: number | undefined;

  /** Time in ms to send nothing at all: a limit that also counts reads, or one that has no name. */
  get pauseMs(): number {
    const unnamed = !this.#named && this.#refused >= CLEAR && this.#refused * 2 >= this.#writes;
    return unnamed ? Math.max(this.#pauseMs, this.#retryAfterMs) : this.#pauseMs;
  }

  see({ status, headers }: WireReply, write: boolean): void {
    if (write) this.#writes++;
    if (isThrottled(status)) this.#seeRefusal(headers, write);
    else {
      const used = headers['x-ms-throttle-limit-percentage'];
      if (used !== undefined) this.#used = Math.max(this.#used ?? 0, Number(used));
    }
  }

  #seeRefusal(headers: Readonly<Record<string, string>>, write: boolean): void {
    this.throttled++;
    const after = Number(headers['Retry-After'] ?? headers['retry-after']) * 1000 || 0;
    const reason = headers['x-ms-throttle-information'] ?? '';
    if (reason.startsWith('ResourceUnit') || reason.startsWith('CPU')) this.#pauseMs = Math.max(this.#pauseMs, after);
    else if (write) {
      this.#refused++;
      this.#named ||= reason.startsWith('Write');
      this.#retryAfterMs = Math.max(this.#retryAfterMs, after);
    }
  }

  /** Passes on what was seen; nothing in the usual case. */
  async tell(budget: WriteBudget): Promise<void> {
    if (this.#named) await budget.noteRefused(this.#retryAfterMs, this.#refused);
    else if (this.#used !== undefined) await budget.notePercentage(this.#used);
  }
}
