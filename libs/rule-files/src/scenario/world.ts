import {
  isBytes,
  isRef,
  valueEquals,
  valuesOf,
  type AttributeDefinition,
  type AttributeValue,
  type Attributes,
  type CsObject,
  type MvObject,
  type Ref,
  type RuleSet,
  type Scalar,
} from '@adjoin/engine';
import { normalizeDn } from './container-scope.js';
import type { WrittenValue } from './format.js';
import { decodeWritten, printValue } from './values.js';

/** An error that is present now: of the synchronization of an object, or of its last export. */
export interface CurrentError {
  readonly connector: string;
  readonly dn: string;
  readonly code: string;
  readonly message: string;
}

/** What an `expect` step may look at. */
export interface World {
  readonly ruleSet: RuleSet;
  cs(): Iterable<CsObject>;
  mv(): Iterable<MvObject>;
  csById(id: string): CsObject | undefined;
  mvById(id: string): MvObject | undefined;
  /** Rule by id. */
  ruleName(id: string): string;
  readonly errors: readonly CurrentError[];
}

/** Where a value stands, which tells how written values for it are read and references are compared. */
export type ValueSide =
  | { readonly kind: 'metaverse'; readonly type: string }
  | { readonly kind: 'connector-space'; readonly connector: string; readonly type: string };

export function definitionAt(world: World, side: ValueSide, attribute: string): AttributeDefinition | undefined {
  if (side.kind === 'metaverse') return world.ruleSet.metaverse?.[side.type]?.[attribute];
  return world.ruleSet.connectors.find(({ name }) => name === side.connector)?.schema?.[side.type]?.[attribute];
}

/** DNs a reference may be written as: of the object itself, else of the objects joined to the same metaverse object. */
function namesOf(world: World, ref: Ref): readonly string[] {
  const own = world.csById(ref.ref);
  const mv = world.mvById(own?.link?.mv ?? ref.ref);
  const linked = (mv?.links ?? []).flatMap(({ cs }) => world.csById(cs)?.dn ?? []);
  return [...(own === undefined ? [] : [own.dn]), ...(ref.dn === undefined ? [] : [ref.dn]), ...linked];
}

/** The DN by which differences name a reference. */
export function printAt(world: World, value: AttributeValue | null | undefined): string {
  return printValue(value, (ref) => namesOf(world, ref)[0] ?? ref.ref);
}

/** Equality of an actual value and a written one; lists compare as sets. */
export function equalsWritten(
  world: World,
  side: ValueSide,
  attribute: string,
  actual: AttributeValue | undefined,
  written: WrittenValue,
): boolean {
  const expected = decodeWritten(written, definitionAt(world, side, attribute), (dn) => ({ ref: '', dn }));
  if (expected === undefined || actual === undefined) return expected === undefined && actual === undefined;
  const left = valuesOf(actual);
  const right = valuesOf(expected);
  if (![...left, ...right].some(isRef)) return valueEquals(actual, expected);
  const matches = (a: Scalar, b: Scalar): boolean => sameScalar(world, a, b, false);
  return left.every((a) => right.some((b) => matches(a, b))) && right.every((b) => left.some((a) => matches(a, b)));
}

/** `where`: every attribute has the value; text without letter case, a multi-valued attribute by any value. */
export function matchesWhere(
  world: World,
  side: ValueSide,
  attributes: Attributes,
  where: Readonly<Record<string, WrittenValue>>,
): boolean {
  return Object.entries(where).every(([attribute, written]) => {
    const actual = attributes[attribute];
    const expected = decodeWritten(written, definitionAt(world, side, attribute), (dn) => ({ ref: '', dn }));
    if (expected === undefined) return actual === undefined;
    return valuesOf(expected).every((one) => valuesOf(actual).some((value) => sameScalar(world, value, one, true)));
  });
}

function sameScalar(world: World, actual: Scalar, expected: Scalar, ignoreCase: boolean): boolean {
  if (isRef(actual)) {
    const dn = typeof expected === 'string' ? expected : isRef(expected) ? (expected.dn ?? '') : '';
    return namesOf(world, actual).some((name) => normalizeDn(name) === normalizeDn(dn));
  }
  if (typeof actual === 'string' && typeof expected === 'string')
    return actual === expected || (ignoreCase && actual.toLowerCase() === expected.toLowerCase());
  if (isBytes(actual) && isBytes(expected)) return valueEquals(actual, expected);
  // A value written without a known type: 5 and "5", true and "True" mean the same.
  return (
    typeof actual !== 'object' &&
    typeof expected !== 'object' &&
    String(actual).toLowerCase() === String(expected).toLowerCase()
  );
}
