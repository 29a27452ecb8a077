import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until the condition holds or the deadline passes; returns whether it held. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  options: {
    readonly deadlineMs: number;
    readonly everyMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<boolean> {
  const end = performance.now() + options.deadlineMs;
  for (;;) {
    if (await condition()) return true;
    if (options.signal?.aborted === true || performance.now() >= end) return false;
    await sleep(options.everyMs ?? 50);
  }
}
