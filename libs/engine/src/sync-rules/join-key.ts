import { compareKey, isRef, valuesOf, type AttributeValue, type Scalar } from '../attribute/value.js';

/**
 * Key under which an attribute value is found by joins: attribute, NUL, and the value folded to lower case.
 * Two values that only differ in case share a key; a case-sensitive condition is verified on the object itself.
 */
export function joinKey(attribute: string, value: Scalar): string {
  return `${attribute}\u0000${typeof value === 'string' ? `s:${value.toLowerCase()}` : compareKey(value)}`;
}

/** Adds the join keys of every value; references never join. */
export function addJoinKeys(attribute: string, value: AttributeValue | undefined, keys: Set<string>): void {
  if (value === undefined) return;
  for (const one of valuesOf(value)) if (!isRef(one)) keys.add(joinKey(attribute, one));
}

/** True when the two values have one value in common under the rules of a join condition (declarative-provisioning.md §4). */
export function joinMatches(
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
  caseSensitive: boolean,
): boolean {
  if (left === undefined || right === undefined) return false;
  for (const a of valuesOf(left)) for (const b of valuesOf(right)) if (sameJoinValue(a, b, caseSensitive)) return true;
  return false;
}

function sameJoinValue(a: Scalar, b: Scalar, caseSensitive: boolean): boolean {
  if (typeof a === 'string' && typeof b === 'string')
    return a === b || (!caseSensitive && a.toLowerCase() === b.toLowerCase());
  if (typeof a !== 'object') return a === b;
  return typeof b === 'object' && !isRef(a) && !isRef(b) && compareKey(a) === compareKey(b);
}
