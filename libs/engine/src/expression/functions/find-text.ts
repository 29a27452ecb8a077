import { num } from '../function-definition.js';
import { FunctionFailure } from '../problem.js';
import type { ExpressionValue } from '../value-type.js';
import { characterCount, indexOfPlace, placeOf } from './characters.js';
import { lowerCase } from './letter-case.js';

type Argument = ExpressionValue | undefined;

/** InStr: NULL or empty text holds nothing; an empty match is found at the start (VBA). */
export function findForward(value: Argument, match: Argument, start: Argument, compare: Argument): bigint {
  const fold = folding(compare);
  const first = start === undefined ? 1n : num(start);
  if (first < 1n) throw new FunctionFailure('The start must be at least 1.', 'evaluation', 2);
  if (typeof value !== 'string' || typeof match !== 'string' || value === '') return 0n;
  if (first > BigInt(characterCount(value))) return 0n;
  const folded = fold(value);
  return BigInt(placeOf(folded, folded.indexOf(fold(match), indexOfPlace(folded, Number(first)))));
}

/** InStrRev: the occurrence must end at or before start (VBA). */
export function findBackward(value: Argument, match: Argument, start: Argument, compare: Argument): bigint {
  const fold = folding(compare);
  if (typeof value !== 'string' || typeof match !== 'string' || value === '') return 0n;
  const size = characterCount(value);
  // VBA writes -1 for "from the end".
  const last = start === undefined || num(start) === -1n ? size : Number(num(start));
  if (last < 1) throw new FunctionFailure('The start must be at least 1.', 'evaluation', 2);
  if (last > size) return 0n;
  if (match === '') return BigInt(last);
  const folded = fold(value);
  const searched = folded.slice(0, indexOfPlace(folded, last + 1));
  return BigInt(placeOf(searched, searched.lastIndexOf(fold(match))));
}

function folding(compare: Argument): (text: string) => string {
  if (compare === undefined || compare === 'vbBinaryCompare') return (text) => text;
  if (compare === 'vbTextCompare') return lowerCase;
  throw new FunctionFailure('The comparison is vbBinaryCompare or vbTextCompare.', 'argument-type', 3);
}
