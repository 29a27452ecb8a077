import { valuesOf, type AttributeValue, type Scalar } from '../attribute/value.js';
import type { FlowSource, Parameters } from './flow-source.js';
import type { ScopeClause, ScopeOperator } from './model.js';

/** Answers whether one object fulfils a clause. */
export type ScopeTest = (source: FlowSource) => boolean;

interface Wanted {
  readonly text: string;
  readonly folded: string;
  readonly number: bigint | undefined;
}

/** Operators that test presence, and those that are true for an absent attribute. */
type ValueOperator = Exclude<ScopeOperator, 'ISNULL' | 'ISNOTNULL' | 'ISMEMBEROF' | 'ISNOTMEMBEROF'>;
type PositiveOperator =
  | 'EQUAL'
  | 'LESSTHAN'
  | 'LESSTHAN_OR_EQUAL'
  | 'GREATERTHAN'
  | 'GREATERTHAN_OR_EQUAL'
  | 'CONTAINS'
  | 'STARTSWITH'
  | 'ENDSWITH'
  | 'ISBITSET';

const positive: Readonly<Record<ValueOperator, { readonly test: PositiveOperator; readonly negated: boolean }>> = {
  EQUAL: { test: 'EQUAL', negated: false },
  NOTEQUAL: { test: 'EQUAL', negated: true },
  LESSTHAN: { test: 'LESSTHAN', negated: false },
  LESSTHAN_OR_EQUAL: { test: 'LESSTHAN_OR_EQUAL', negated: false },
  GREATERTHAN: { test: 'GREATERTHAN', negated: false },
  GREATERTHAN_OR_EQUAL: { test: 'GREATERTHAN_OR_EQUAL', negated: false },
  CONTAINS: { test: 'CONTAINS', negated: false },
  NOTCONTAINS: { test: 'CONTAINS', negated: true },
  STARTSWITH: { test: 'STARTSWITH', negated: false },
  NOTSTARTSWITH: { test: 'STARTSWITH', negated: true },
  ENDSWITH: { test: 'ENDSWITH', negated: false },
  NOTENDSWITH: { test: 'ENDSWITH', negated: true },
  ISIN: { test: 'EQUAL', negated: false },
  ISNOTIN: { test: 'EQUAL', negated: true },
  ISBITSET: { test: 'ISBITSET', negated: false },
  ISBITNOTSET: { test: 'ISBITSET', negated: true },
};

/**
 * Compiles one clause (declarative-provisioning.md §3). Text compares without case, numbers numerically, Booleans by
 * name. An absent attribute fails every positive operator and passes every negated one. A clause on a multi-valued
 * attribute holds for the positive operator when any value does. An empty group name means "no group filter": true.
 */
export function compileClause(clause: ScopeClause): ScopeTest {
  if (!clause.value.includes('%')) return compileWithValue(clause, clause.value);
  const byValue = new Map<string, ScopeTest>();
  return (source) => {
    const value = resolveParameters(clause.value, source.object.parameters);
    let test = byValue.get(value);
    if (test === undefined) byValue.set(value, (test = compileWithValue(clause, value)));
    return test(source);
  };
}

function compileWithValue(clause: ScopeClause, value: string): ScopeTest {
  const { attribute, operator } = clause;
  switch (operator) {
    case 'ISNULL':
      return (source) => source.read(attribute) === undefined && !source.count(attribute);
    case 'ISNOTNULL':
      return (source) => source.read(attribute) !== undefined || Boolean(source.count(attribute));
    case 'ISMEMBEROF':
    case 'ISNOTMEMBEROF': {
      if (value === '') return () => true;
      const member = operator === 'ISMEMBEROF';
      return (source) => source.object.isMember?.(value) === member;
    }
    default: {
      const { test, negated } = positive[operator];
      const wanted: Wanted = { text: value, folded: value.toLowerCase(), number: toInteger(value) };
      return (source) => holds(source.read(attribute), test, wanted) !== negated;
    }
  }
}

const parameterPattern = /%([\w.-]+)%/g;

/** Names of the parameters in a comparison value. */
export function parametersOf(text: string): readonly string[] {
  return [...text.matchAll(parameterPattern)].map((match) => match[1] ?? '');
}

/** Replaces `%Name%` by the parameter; an unknown parameter stays as it is written and is reported by the validation. */
function resolveParameters(text: string, parameters: Parameters): string {
  return text.replace(parameterPattern, (whole, name: string) => parameters.get(name) ?? whole);
}

function holds(value: AttributeValue | undefined, operator: PositiveOperator, wanted: Wanted): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'object') return holdsForOne(value, operator, wanted);
  for (const one of valuesOf(value)) if (holdsForOne(one, operator, wanted)) return true;
  return false;
}

function holdsForOne(value: Scalar, operator: PositiveOperator, wanted: Wanted): boolean {
  if (operator === 'ISBITSET') return hasBits(value, wanted.number);
  if (typeof value === 'bigint' && wanted.number !== undefined) return holdsForNumber(value, operator, wanted.number);
  return holdsForText(textOf(value).toLowerCase(), operator, wanted.folded);
}

function hasBits(value: Scalar, bits: bigint | undefined): boolean {
  const number = typeof value === 'bigint' ? value : typeof value === 'string' ? toInteger(value) : undefined;
  return number !== undefined && bits !== undefined && (number & bits) === bits;
}

function holdsForNumber(value: bigint, operator: Exclude<PositiveOperator, 'ISBITSET'>, wanted: bigint): boolean {
  switch (operator) {
    case 'EQUAL':
      return value === wanted;
    case 'LESSTHAN':
      return value < wanted;
    case 'LESSTHAN_OR_EQUAL':
      return value <= wanted;
    case 'GREATERTHAN':
      return value > wanted;
    case 'GREATERTHAN_OR_EQUAL':
      return value >= wanted;
    default:
      return holdsForText(value.toString(), operator, wanted.toString());
  }
}

function holdsForText(value: string, operator: Exclude<PositiveOperator, 'ISBITSET'>, wanted: string): boolean {
  switch (operator) {
    case 'EQUAL':
      return value === wanted;
    case 'LESSTHAN':
      return value < wanted;
    case 'LESSTHAN_OR_EQUAL':
      return value <= wanted;
    case 'GREATERTHAN':
      return value > wanted;
    case 'GREATERTHAN_OR_EQUAL':
      return value >= wanted;
    case 'CONTAINS':
      return value.includes(wanted);
    case 'STARTSWITH':
      return value.startsWith(wanted);
    case 'ENDSWITH':
      return value.endsWith(wanted);
  }
}

/** Text of a value for comparisons: Booleans by name, references by DN, bytes as hexadecimal digits. */
function textOf(value: Scalar): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return value.toString();
    default:
      if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
      return value.dn ?? value.ref;
  }
}

function toInteger(text: string): bigint | undefined {
  return /^[+-]?\d+$|^0x[\da-f]+$/i.test(text.trim()) ? BigInt(text.trim().replace(/^\+/, '')) : undefined;
}
