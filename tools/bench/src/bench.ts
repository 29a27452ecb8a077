import type { BenchOptions } from './options.js';
import type { Figure } from './result/figure.js';

/** What a bench is given. */
export interface BenchContext {
  readonly options: BenchOptions;
  /** A line of progress. */
  readonly report: (line: string) => void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Where processes write CPU profiles; undefined without `--profile`. */
  readonly profileFolder: string | undefined;
  /** Runs a part under the profiler when `--profile` was given. */
  profiled<T>(name: string, work: () => T): T;
}

export interface BenchOutcome {
  readonly parameters: Readonly<Record<string, number>>;
  readonly figures: readonly Figure[];
  readonly notes?: readonly string[] | undefined;
}

/** A named measurement. */
export interface Bench {
  readonly name: string;
  /** One line for the help. */
  readonly does: string;
  run(context: BenchContext): Promise<BenchOutcome>;
}
