import { InvalidArgumentError, type Command } from 'commander';
import { DEFAULT_PAGE, MAX_PAGE } from '@adjoin/contracts';

export interface PageOptions {
  readonly limit: number;
  readonly cursor?: string;
}

/** A whole number between two bounds, as a commander argument parser. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };

/** Adds `--limit` and `--cursor` to a list. */
export const withPaging = (command: Command): Command =>
  command
    .option('--limit <n>', `number of items, at most ${MAX_PAGE}`, wholeNumber(1, MAX_PAGE), DEFAULT_PAGE)
    .option('--cursor <text>', 'go on where the page before ended');

/** Collects an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `name=value`, as a commander argument parser for a repeatable option. */
export function nameValues(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[^=]+=/.test(text)) throw new InvalidArgumentError('Expected name=value.');
  return [...before, text];
}
