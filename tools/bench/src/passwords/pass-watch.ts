import { setTimeout as wait } from 'node:timers/promises';

/** What an incremental pass found. */
export type PassKind = 'none' | 'one';

interface Total {
  readonly count: number;
  readonly seconds: number;
}

const METRIC = 'adjoin_password_pass_seconds';
/** Well below the time from one pass to the next, so that each pass is seen by itself. */
const LOOK_MS = 200;

/**
 * Durations of single incremental passes, from the histogram at `/metrics` of password-hash-sync: between two looks at most one pass ends, so the
 * difference of the sums is its duration. Where several ended, each counts with their mean.
 */
export class PassWatch {
  readonly #metricsUrl: string;
  readonly #durations: Readonly<Record<PassKind, number[]>> = { none: [], one: [] };
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(metricsUrl: string) {
    this.#metricsUrl = metricsUrl;
  }

  start(): void {
    this.#running = this.#watch();
  }

  /** Ends and gives what was seen, ms. */
  async stop(): Promise<Readonly<Record<PassKind, readonly number[]>>> {
    this.#stop.abort();
    await this.#running;
    return this.#durations;
  }

  async #watch(): Promise<void> {
    let before = await this.#look();
    while (!this.#stop.signal.aborted) {
      await wait(LOOK_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      const now = await this.#look();
      for (const kind of ['none', 'one'] as const) this.#durations[kind].push(...between(before[kind], now[kind]));
      before = now;
    }
  }

  async #look(): Promise<Readonly<Record<PassKind, Total>>> {
    const response = await fetch(this.#metricsUrl, { signal: AbortSignal.timeout(5000) });
    const text = await response.text();
    return { none: passTotal(text, 'none'), one: passTotal(text, 'one') };
  }
}

/** How many passes of a kind there were and how long they took in all; zero when the text (Prometheus exposition format) has none. */
export function passTotal(text: string, kind: PassKind): Total {
  const value = (suffix: string): number => {
    const series = text
      .split('\n')
      .find((line) => line.startsWith(`${METRIC}_${suffix}{`) && line.includes(`changes="${kind}"`));
    return Number(series === undefined ? 0 : /\} (\S+)/.exec(series)?.[1]);
  };
  return { count: value('count'), seconds: value('sum') };
}

/** Durations of the passes between two totals, ms. */
export function between(before: Total, now: Total): readonly number[] {
  const passes = now.count - before.count;
  return Array.from({ length: passes }, () => ((now.seconds - before.seconds) * 1000) / passes);
}
