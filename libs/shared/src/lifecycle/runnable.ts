import type { Logger } from '../logging/logger.js';
import { toSyncError } from '@adjoin/contracts';
import { backoff, sleep } from '../async/async.js';

/** Something that works until the signal aborts. A rejection means: start it again after a while. */
export interface Runnable {
  readonly name: string;
  /** `working` is called when it does its work (again): an earlier failure is over then. */
  run(signal: AbortSignal, working?: () => void): Promise<void>;
}

export interface RunnableState {
  failure: { code: string; message: string; since: string } | undefined;
}

/** Who does not report that he works does so when he has not failed for so long; longer than a connection is tried. */
const WORKING_AFTER_MS = 60_000;

/** Runs it until the signal aborts, with growing pauses after failures; a failure that repeats is logged once. */
export async function supervise(
  runnable: Runnable,
  state: RunnableState,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const started = performance.now();
    const working = (): void => {
      state.failure = undefined;
    };
    const lasting = setTimeout(working, WORKING_AFTER_MS).unref();
    try {
      await runnable.run(signal, working);
      if (signal.aborted) return;
      state.failure = undefined;
    } catch (cause) {
      if (signal.aborted) return;
      const error = toSyncError(cause);
      if (state.failure?.code !== error.code)
        log.error(
          { event: 'runnable.failed', runnable: runnable.name, code: error.code, hint: error.hint, err: cause },
          error.message,
        );
      state.failure = {
        code: error.code,
        message: error.message,
        since: state.failure?.since ?? new Date().toISOString(),
      };
      if (performance.now() - started > 60_000) attempt = 0;
    } finally {
      clearTimeout(lasting);
    }
    await sleep(backoff(attempt, { maxMs: 5000 }), signal);
  }
}
