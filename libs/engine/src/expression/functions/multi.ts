import { compareKey, isRef } from '../../attribute/value.js';
import { DateTime } from '../date/date-time.js';
import { define, noBody, num, text } from '../function-definition.js';
import { FunctionFailure } from '../problem.js';
import { isSet, type ExpressionValue, type One } from '../value-type.js';
import { textOf } from './convert.js';

export const multiValueFunctions = [
  define(
    'num Contains(mvstr|mvref? attribute, str? search, [enum Casetype])',
    'Index of the first value that contains the text (references: equals it); 0 when none does.',
    ([values, search, casetype]) => indexContaining(setOrNone(values), search, casetype),
  ),
  define('num Count(mv? attribute)', 'Number of values.', ([values]) => BigInt(setOrNone(values).length), {
    form: 'counted',
  }),
  define(
    'var Item(mv? attribute, num! index)',
    'The value at an index; an error when there is none.',
    ([values, index]) => {
      const value = itemAt(values, num(index));
      if (value !== null) return value;
      throw new FunctionFailure(`There is no value ${num(index)} among ${setOrNone(values).length}.`, 'evaluation', 1);
    },
  ),
  define(
    'var ItemOrNull(mv? attribute, num! index)',
    'The value at an index; NULL when there is none.',
    ([values, index]) => itemAt(values, num(index)),
  ),
  define(
    'str Join(mv attribute, [str? Delimiter])',
    'The values in one text, separated by the delimiter (default a space).',
    ([values, delimiter]) =>
      setOrNone(values)
        .map(joinable)
        .join(delimiter === undefined ? ' ' : delimiter === null ? '' : text(delimiter)),
  ),
  define('mvstr RemoveDuplicates(mv attribute)', 'The values without repeated ones; exact comparison.', ([values]) =>
    withoutDuplicates(setOrNone(values)),
  ),
  define(
    'mvstr Split(str value, str! delimiter, [num! limit])',
    'The parts of a text between a delimiter of one character; with a limit the last part holds the rest.',
    ([value, delimiter, limit]) => split(text(value), text(delimiter), limit === undefined ? -1n : num(limit)),
  ),
  define('num ValueCount(str! attributeName)', 'Number of values of the attribute with that (quoted) name.', noBody, {
    form: 'value-count',
    undocumented: true,
  }),
];

function setOrNone(values: ExpressionValue | undefined): readonly One[] {
  return isSet(values) ? values : [];
}

function indexContaining(
  values: readonly One[],
  search: ExpressionValue | undefined,
  casetype: ExpressionValue | undefined,
): bigint {
  if (casetype !== undefined && casetype !== 'CaseInsensitive' && casetype !== 'CaseSensitive') {
    throw new FunctionFailure('The comparison is CaseInsensitive or CaseSensitive.', 'argument-type', 2);
  }
  if (typeof search !== 'string') return 0n;
  const fold = (value: string): string => (casetype === 'CaseInsensitive' ? value.toLowerCase() : value);
  const wanted = fold(search);
  const matches = (value: One): boolean => {
    if (typeof value === 'string') return fold(value).includes(wanted);
    return isRef(value) && fold(value.dn ?? value.ref) === wanted;
  };
  return BigInt(values.findIndex(matches) + 1);
}

function itemAt(values: ExpressionValue | undefined, index: bigint): One | null {
  return setOrNone(values)[Number(index) - 1] ?? null;
}

function joinable(value: One): string {
  const result = textOf(value);
  if (result === undefined)
    throw new FunctionFailure('Only values with a text form can be joined.', 'argument-type', 0);
  return result;
}

function withoutDuplicates(values: readonly One[]): readonly One[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const key = value instanceof DateTime ? `d:${value.ticks}` : compareKey(value);
    return !seen.has(key) && seen.add(key);
  });
}

function split(value: string, delimiter: string, limit: bigint): readonly string[] {
  if ([...delimiter].length !== 1) throw new FunctionFailure('The delimiter must be one character.', 'evaluation', 1);
  const parts = value.split(delimiter);
  const most = Number(limit);
  if (most < 1 || parts.length <= most) return parts;
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(delimiter)];
}
