import { isBytes, isRef, type Scalar } from '../attribute/value.js';
import type { SpecialWord } from './ast.js';
import type { DateTime } from './date/date-time.js';

/**
 * Types of the language (expressions.md §4). `mv` is a multi-valued set of any type, `null` the type of NULL.
 * `var` is any type; `exp` is a condition; `void` gives no value.
 */
export const valueTypes = [
  'bin',
  'bool',
  'dt',
  'enum',
  'exp',
  'mvbin',
  'mvstr',
  'mvref',
  'mv',
  'num',
  'ref',
  'str',
  'var',
  'void',
  'null',
] as const;
export type ValueType = (typeof valueTypes)[number];

/** A special flow result, as it travels through IIF, Switch and With. */
export class Special {
  readonly word: SpecialWord;
  constructor(word: SpecialWord) {
    this.word = word;
  }
}

export const ignoreThisFlow = new Special('IgnoreThisFlow');
export const authoritativeNull = new Special('AuthoritativeNull');

/** One value inside an expression. */
export type One = Scalar | DateTime;

/** What a sub-expression gives: NULL, one value, a set with at least one value, or a special result. */
export type ExpressionValue = null | One | readonly One[] | Special;

export function isSet(value: ExpressionValue | undefined): value is readonly One[] {
  return Array.isArray(value);
}

/** NULL for no values, else the set. */
export function setOf(values: readonly One[]): ExpressionValue {
  return values.length === 0 ? null : values;
}

/** The type of one value. */
export function typeOfOne(value: One): 'str' | 'num' | 'bool' | 'bin' | 'dt' | 'ref' {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'bigint':
      return 'num';
    case 'boolean':
      return 'bool';
    default:
      if (isBytes(value)) return 'bin';
      return isRef(value) ? 'ref' : 'dt';
  }
}

/** The type of a result. Sets of numbers, Booleans or mixed values have no name of their own and are `var`. */
export function typeOf(value: ExpressionValue): ValueType {
  if (value === null) return 'null';
  if (value instanceof Special) return 'void';
  if (!isSet(value)) return typeOfOne(value);
  const types = new Set(value.map(typeOfOne));
  if (types.size > 1) return 'var';
  if (types.has('str')) return 'mvstr';
  if (types.has('bin')) return 'mvbin';
  return types.has('ref') ? 'mvref' : 'var';
}

const typeNames: Readonly<Record<ValueType, string>> = {
  bin: 'binary',
  bool: 'Boolean',
  dt: 'date and time',
  enum: 'option word',
  exp: 'condition',
  mvbin: 'multi-valued binary',
  mvstr: 'multi-valued text',
  mvref: 'multi-valued reference',
  mv: 'multi-valued values',
  num: 'number',
  ref: 'reference',
  str: 'text',
  var: 'value',
  void: 'special result',
  null: 'NULL',
};

/** The type in words, for messages. */
export function typeInWords(type: ValueType): string {
  return typeNames[type];
}

/** The type of a value in words, for messages. */
export function describeType(value: ExpressionValue): string {
  if (value instanceof Special) return value.word;
  return isSet(value) && typeOf(value) === 'var' ? 'multi-valued' : typeInWords(typeOf(value));
}
