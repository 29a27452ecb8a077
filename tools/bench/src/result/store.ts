import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from './figure.js';
import type { Machine } from './machine.js';
import { median } from './statistics.js';

/** What one bench measured; also the form in which it is kept and printed with `--json`. */
export interface BenchResult {
  readonly bench: string;
  /** What was asked for, e.g. `{ users: 2000 }`: only results of equal parameters are compared. */
  readonly parameters: Readonly<Record<string, number>>;
  /** ISO 8601. */
  readonly at: string;
  readonly machine: Machine;
  readonly figures: readonly (Figure & { readonly median: number })[];
  readonly notes: readonly string[];
}

/** The last result of each bench and parameters, as JSON files in a folder. */
export class ResultStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The result that was kept last; undefined when there is none or it cannot be read (an older form). */
  previous(bench: string, parameters: BenchResult['parameters']): BenchResult | undefined {
    try {
      const content: unknown = JSON.parse(readFileSync(this.#file(bench, parameters), 'utf8'));
      return isResult(content) ? content : undefined;
    } catch {
      return undefined;
    }
  }

  save(result: BenchResult): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#file(result.bench, result.parameters), `${JSON.stringify(result, undefined, 2)}\n`);
  }

  #file(bench: string, parameters: BenchResult['parameters']): string {
    const names = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
    return join(this.#folder, `${[bench, ...names.map(([name, value]) => `${name}-${value}`)].join('.')}.json`);
  }
}

function isResult(content: unknown): content is BenchResult {
  return typeof content === 'object' && content !== null && Array.isArray((content as { figures?: unknown }).figures);
}

/** Present median by the median of the earlier result; undefined when the earlier one has no such figure. */
export function ratioTo(previous: BenchResult | undefined, figure: Figure): number | undefined {
  const before = previous?.figures.find(({ name, unit }) => name === figure.name && unit === figure.unit);
  if (before === undefined || before.median === 0) return undefined;
  return median(figure.values) / before.median;
}
