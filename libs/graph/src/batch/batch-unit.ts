import type { SyncError } from '@adjoin/contracts';

/** One request inside a `$batch`; `url` is relative to the version, e.g. `/users/<id>`. */
export interface BatchCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly body?: unknown;
}

/** 0 = first. */
export type BatchPriority = 0 | 1 | 2;

/**
 * One to twenty calls that travel in one batch, each depending on the one before it (`dependsOn`).
 * A caller that needs an order between units waits for the first.
 */
export interface BatchUnit {
  readonly calls: readonly BatchCall[];
  readonly priority?: BatchPriority | undefined;
  /** True when a call may be sent again although it may have been executed: everything but creating something. */
  readonly repeatable: boolean;
  /** Asked right before the unit is put into a batch; false = it is not sent ({@link BatchReply} kind `dropped`). */
  readonly admit?: (() => boolean) | undefined;
}

export type BatchReply =
  /** The service answered; throttling and, for repeatable calls, server trouble were repeated before. */
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown }
  /** Throttled or unavailable beyond the time limit; not executed. */
  | { readonly kind: 'deferred'; readonly error: SyncError; readonly retryAfterMs: number }
  /** No answer: it may have been executed. */
  | { readonly kind: 'unknown'; readonly error: SyncError }
  /** Not tried since a call before it in the unit failed. */
  | { readonly kind: 'skipped' }
  /** Not tried since `admit` said no. */
  | { readonly kind: 'dropped' };

/** Why calls did not succeed at once: refused by the rate limit, 503, another 5xx, or no answer at all. */
export type BatchTrouble = 'throttled' | 'unavailable' | 'server-error' | 'no-answer';

/** What happens in the batcher, for metrics and spans. */
export interface BatchObserver {
  /** Wraps the request of one batch. */
  batch?<T>(calls: number, send: () => Promise<T>): Promise<T>;
  trouble?(trouble: BatchTrouble, calls: number): void;
}
