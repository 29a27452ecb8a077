import { isBytes } from '../../attribute/value.js';
import { define, num, text } from '../function-definition.js';
import { FunctionFailure } from '../problem.js';
import type { ExpressionValue } from '../value-type.js';
import { characterCount, sliceCharacters } from './characters.js';
import { lowerCase, properCase, upperCase } from './letter-case.js';
import { findBackward, findForward } from './find-text.js';
import { replaceCharacters, replaceText } from './replace-text.js';

export const textFunctions = [
  define('str Guid()', 'A new random GUID as text.', (_, context) => context.newGuid(), { aliases: ['GUID'] }),
  define(
    'num InStr(str? stringcheck, str? stringmatch, [num! start], [enum compare])',
    'Place of the first occurrence at or behind start, counted from 1; 0 when there is none.',
    ([value, match, start, compare]) => findForward(value, match, start, compare),
  ),
  define(
    'num InStrRev(str? stringcheck, str? stringmatch, [num! start], [enum compare])',
    'Place of the last occurrence, searching back from start (default: the end); 0 when there is none.',
    ([value, match, start, compare]) => findBackward(value, match, start, compare),
  ),
  define('str LCase(str value)', 'The text in lower case.', ([value]) => lowerCase(text(value))),
  define(
    'str Left(str? string, num! NumChars)',
    'The first characters; all for a negative number, "" for NULL.',
    ([value, count]) => {
      if (value === null) return '';
      return num(count) < 0n ? text(value) : sliceCharacters(text(value), 0, Number(num(count)));
    },
  ),
  define('num Len(str|bin? value)', 'Number of characters, or of bytes; 0 for NULL.', ([value]) => {
    if (value === null) return 0n;
    return BigInt(isBytes(value) ? value.length : characterCount(text(value)));
  }),
  define('str LTrim(str value)', 'The text without white space at its start.', ([value]) => text(value).trimStart()),
  define(
    'str Mid(str|bin? string, num! start, [num! NumChars])',
    'Characters from a place counted from 1, up to the end without a number. All of them for a start outside the text or a negative number.',
    ([value, start, count]) => middle(value ?? '', num(start), count === undefined ? undefined : num(count)),
  ),
  define(
    'str PadLeft(str? string, num! length, str! padCharacter)',
    'The text filled up at its start to a length.',
    ([value, length, pad]) => padding(value, num(length), text(pad)) + optionalText(value),
  ),
  define(
    'str PadRight(str? string, num! length, str! padCharacter)',
    'The text filled up at its end to a length.',
    ([value, length, pad]) => optionalText(value) + padding(value, num(length), text(pad)),
  ),
  define(
    'str PCase(str value)',
    'First letter of each word upper, the rest lower case; words all in capitals stay.',
    ([value]) => properCase(text(value)),
  ),
  define(
    'str Replace(str string, str? OldValue, str? NewValue)',
    'All occurrences of a text replaced; \\n, \\r and \\t are understood.',
    ([value, old, replacement]) => replaceText(text(value), optionalText(old), optionalText(replacement)),
  ),
  define(
    'str ReplaceChars(str string, str! ReplacePattern)',
    'Characters replaced by a list of character:text pairs with commas, such as Å:Aa,æ:ae.',
    ([value, pattern]) => replaceCharacters(text(value), text(pattern)),
  ),
  define(
    'str Right(str? string, num! NumChars)',
    'The last characters; all for a negative number, "" for NULL.',
    ([value, count]) => {
      if (value === null) return '';
      const size = characterCount(text(value));
      return num(count) < 0n ? text(value) : sliceCharacters(text(value), Math.max(0, size - Number(num(count))));
    },
  ),
  define('str RTrim(str value)', 'The text without white space at its end.', ([value]) => text(value).trimEnd()),
  define('str Trim(str value)', 'The text without white space at its start and end.', ([value]) => text(value).trim()),
  define('str UCase(str string)', 'The text in upper case.', ([value]) => upperCase(text(value))),
  define(
    'str Word(str? string, num! WordNumber, str? delimiters)',
    'The n-th word; every character of delimiters separates words. "" when there is none.',
    ([value, number, delimiters]) => word(optionalText(value), num(number), optionalText(delimiters)),
  ),
];

function middle(value: ExpressionValue, start: bigint, count: bigint | undefined): ExpressionValue {
  const size = isBytes(value) ? value.length : characterCount(text(value));
  if (count === 0n) return isBytes(value) ? new Uint8Array() : '';
  if (start <= 0n || start > BigInt(size) || (count !== undefined && count < 0n)) return value;
  const first = Number(start) - 1;
  const end = count === undefined ? size : first + Number(count);
  return isBytes(value) ? value.slice(first, end) : sliceCharacters(text(value), first, end);
}

/** No directory value is longer; stops a mistyped length from filling the memory. */
const longestPadding = 1_000_000n;

/** NULL as the empty text. */
function optionalText(value: ExpressionValue | undefined): string {
  return value === null ? '' : text(value);
}

/** NULL is not padded (expressions.md §5). */
function padding(value: ExpressionValue | undefined, length: bigint, pad: string): string {
  if (characterCount(pad) !== 1) throw new FunctionFailure('The padding must be one character.', 'evaluation', 2);
  if (length > longestPadding) throw new FunctionFailure('The length is too large.', 'evaluation', 1);
  if (value === null) return '';
  const missing = Number(length) - characterCount(text(value));
  return missing > 0 ? pad.repeat(missing) : '';
}

function word(value: string, number: bigint, delimiters: string): string {
  if (number < 1n) return '';
  const separators = new Set(delimiters);
  let current = '';
  let found = 0n;
  for (const char of value) {
    if (!separators.has(char)) current += char;
    else if (current !== '') {
      if (++found === number) return current;
      current = '';
    }
  }
  return current !== '' && found + 1n === number ? current : '';
}
