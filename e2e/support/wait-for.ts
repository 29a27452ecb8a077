import { setTimeout as sleep } from 'node:timers/promises';
import { describeLab } from './describe-lab.js';
import type { Lab } from './lab.js';

/** A wait by condition. */
export interface Waiting {
  readonly deadlineMs?: number;
  readonly everyMs?: number;
}

const DEADLINE_MS = 90_000;
const EVERY_MS = 200;

/**
 * Asks until the answer is neither undefined nor false and resolves to it. When the deadline passes it fails with what was waited for, what was
 * seen last, and what the lab says of itself: gates, readiness and the last log lines. A failing question is asked again.
 */
export async function waitFor<T>(
  lab: Lab,
  what: string,
  ask: () => Promise<T | undefined | false>,
  waiting: Waiting = {},
): Promise<T> {
  const deadlineMs = waiting.deadlineMs ?? DEADLINE_MS;
  const end = performance.now() + deadlineMs;
  let seen: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      seen = answer;
    } catch (error) {
      seen = error instanceof Error ? error.message : error;
    }
    if (performance.now() > end)
      throw new Error(await failure(lab, what, `after ${deadlineMs / 1000} s; seen last: ${String(seen)}`));
    await sleep(waiting.everyMs ?? EVERY_MS);
  }
}

/** Waits until the list of what is wrong is empty; the failure shows the first entries of the last list. */
export async function waitForNone(
  lab: Lab,
  what: string,
  ask: () => Promise<readonly string[]>,
  waiting: Waiting = {},
): Promise<void> {
  const deadlineMs = waiting.deadlineMs ?? DEADLINE_MS;
  const end = performance.now() + deadlineMs;
  for (;;) {
    const wrong = await ask().catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
    if (wrong.length === 0) return;
    if (performance.now() > end)
      throw new Error(
        await failure(
          lab,
          what,
          `after ${deadlineMs / 1000} s; ${wrong.length} left:\n  ${wrong.slice(0, 12).join('\n  ')}`,
        ),
      );
    await sleep(waiting.everyMs ?? EVERY_MS);
  }
}

async function failure(lab: Lab, what: string, seen: string): Promise<string> {
  return [`Waited for ${what} in vain ${seen}`, ...(await describeLab(lab))].join('\n');
}
