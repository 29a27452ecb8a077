import { median } from './statistics.js';

export type Direction = 'more' | 'less';

/** One measured quantity of a bench: a value for each run. */
export interface Figure {
  readonly name: string;
  /** As it is printed: `objects/s`, `ms`, `CPU ms/1000 objects`, `MB`, `bytes/object`. */
  readonly unit: string;
  /** Which way is better. */
  readonly better: Direction;
  readonly values: readonly number[];
  /** What we want to reach, and what must not be missed. */
  readonly goal?: number | undefined;
  readonly floor?: number | undefined;
}

/** How a figure stands to its goal and floor; undefined when it has neither. */
export type Verdict = 'goal reached' | 'goal missed' | 'BELOW THE FLOOR';

export function verdictOf({ values, better, goal, floor }: Figure): Verdict | undefined {
  const value = median(values);
  const reaches = (wanted: number): boolean => (better === 'more' ? value >= wanted : value <= wanted);
  if (floor !== undefined && !reaches(floor)) return 'BELOW THE FLOOR';
  if (goal === undefined) return undefined;
  return reaches(goal) ? 'goal reached' : 'goal missed';
}

/** Collects the figures of several runs under their names, in the order in which the first run gave them. */
export class FigureTable {
  readonly #figures = new Map<string, Omit<Figure, 'values'> & { readonly values: number[] }>();

  add(value: number, figure: Omit<Figure, 'values'>): void {
    const known = this.#figures.get(figure.name);
    if (known === undefined) this.#figures.set(figure.name, { ...figure, values: [value] });
    else known.values.push(value);
  }

  figures(): readonly Figure[] {
    return [...this.#figures.values()];
  }
}
