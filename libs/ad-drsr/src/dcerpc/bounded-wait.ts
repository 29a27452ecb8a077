import { SyncError } from '@adjoin/contracts';

export interface WaitLimit {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  /** What is waited for, for the message: "an answer of dc1". */
  readonly what: string;
}

/**
 * Runs `work` with an end: ADJ-PHS-7005 after the time-out, the signal's reason when aborted. `giveUp` is called then and
 * must make `work` end, so that nothing stays pending.
 */
export async function boundedWait<T>(limit: WaitLimit, work: Promise<T>, giveUp: () => void): Promise<T> {
  let stop: (reason: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => (stop = reject));
  const { signal } = limit;
  const abort = (): void => stop(signal?.reason);
  const late = (): void => stop(new SyncError('ADJ-PHS-7005', `No ${limit.what} within ${String(limit.timeout)} ms.`));
  const timer = setTimeout(late, limit.timeout);
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  let ended = false;
  const watched = work.finally(() => (ended = true));
  try {
    return await Promise.race([watched, stopped]);
  } catch (error) {
    if (!ended) giveUp();
    // The loser of the race ends as well, with an error nobody waits for.
    watched.catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
