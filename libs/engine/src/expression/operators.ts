import { isBytes, isRef, scalarEquals } from '../attribute/value.js';
import type { BinaryOperator } from './ast.js';
import { DateTime } from './date/date-time.js';
import { FunctionFailure } from './problem.js';
import { describeType, typeOfOne, type ExpressionValue, type One } from './value-type.js';

/** Operands are NULL or single values; `argument` 0 and 1 of a failure are the left and the right one. */
export type OperatorBody = (left: One | null, right: One | null) => ExpressionValue;

/** The operators whose operands are both evaluated (expressions.md §3, §5). */
export const operatorBodies: Readonly<Record<Exclude<BinaryOperator, '&&' | '||'>, OperatorBody>> = {
  '*': arithmetic('*', (a, b) => a * b),
  '/': arithmetic('/', divide),
  '+': arithmetic('+', (a, b) => a + b),
  '-': arithmetic('-', (a, b) => a - b),
  '&': concatenate,
  '=': (a, b) => equal(a, b),
  '<>': (a, b) => !equal(a, b),
  '<': ordering('<', (order) => order < 0),
  '<=': ordering('<=', (order) => order <= 0),
  '>': ordering('>', (order) => order > 0),
  '>=': ordering('>=', (order) => order >= 0),
};

/** `-x`; NULL stays NULL. */
export function negate(value: One | null): ExpressionValue {
  return value === null ? null : within64Bits(-numberOperand('-', value, 0));
}

function arithmetic(operator: string, compute: (a: bigint, b: bigint) => bigint): OperatorBody {
  return (left, right) => {
    const a = left === null ? null : numberOperand(operator, left, 0);
    const b = right === null ? null : numberOperand(operator, right, 1);
    return a === null || b === null ? null : within64Bits(compute(a, b));
  };
}

function numberOperand(operator: string, value: One, argument: number): bigint {
  if (typeof value === 'bigint') return value;
  throw wrongOperand(operator, 'numbers', value, argument);
}

function divide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new FunctionFailure('Division by zero.');
  return a / b;
}

function within64Bits(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new FunctionFailure('The result does not fit into a 64-bit number.');
}

/** No directory value is longer; stops texts that double in nested With calls. */
const longestText = 10_000_000;

/** Text with text or bytes with bytes; NULL counts as empty. */
function concatenate(left: One | null, right: One | null): ExpressionValue {
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length + right.length <= longestText) return left + right;
    throw new FunctionFailure(`The text is longer than ${longestText} characters.`);
  }
  const a = left ?? (isBytes(right) ? new Uint8Array() : '');
  const b = right ?? (isBytes(left) ? new Uint8Array() : '');
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (isBytes(a) && isBytes(b)) {
    const joined = new Uint8Array(a.length + b.length);
    joined.set(a);
    joined.set(b, a.length);
    return joined;
  }
  const wrong = typeof a === 'string' || isBytes(a) ? 1 : 0;
  const value = wrong === 0 ? a : b;
  throw new FunctionFailure(`"&" joins texts, not a ${describeType(value)}; use CStr.`, 'argument-type', wrong);
}

/** Ordinal and case-sensitive for text; NULL equals nothing. */
function equal(left: One | null, right: One | null): boolean {
  if (left === null || right === null) return false;
  sameType('=', left, right);
  if (left instanceof DateTime) return right instanceof DateTime && left.ticks === right.ticks;
  if (right instanceof DateTime) return false;
  if (isRef(left) && isRef(right) && left.dn !== undefined && right.dn !== undefined) {
    return left.ref === right.ref || left.dn.toLowerCase() === right.dn.toLowerCase();
  }
  return scalarEquals(left, right);
}

function ordering(operator: string, holds: (order: number) => boolean): OperatorBody {
  return (left, right) => {
    if (left === null || right === null) return false;
    sameType(operator, left, right);
    return holds(compare(operator, left, right));
  };
}

function compare(operator: string, left: One, right: One): number {
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (left instanceof DateTime && right instanceof DateTime) {
    return left.ticks < right.ticks ? -1 : left.ticks > right.ticks ? 1 : 0;
  }
  throw wrongOperand(operator, 'numbers, texts and dates', left, 0);
}

function sameType(operator: string, left: One, right: One): void {
  if (typeof left === typeof right && typeof left !== 'object') return;
  if (typeOfOne(left) === typeOfOne(right)) return;
  const message = `"${operator}" cannot compare a ${describeType(left)} with a ${describeType(right)}.`;
  throw new FunctionFailure(message, 'argument-type', 1);
}

function wrongOperand(operator: string, takes: string, value: One, argument: number): FunctionFailure {
  return new FunctionFailure(`"${operator}" takes ${takes}, not a ${describeType(value)}.`, 'argument-type', argument);
}
