/** Waits; resolves early (without an error) when the signal aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** Waiting time before try `attempt` (0-based): doubles from `baseMs` to `maxMs`, with up to 20 % of jitter. */
export function backoff(attempt: number, { baseMs = 200, maxMs = 15_000, random = Math.random } = {}): number {
  return Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 20)) * (0.8 + 0.2 * random());
}

/** Runs `work` over the items, at most `limit` at a time; results in the order of the items. The first failure rejects. */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as T, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
