import { isMulti, scalarEquals, valueEquals, type AttributeValue, type Scalar } from '../attribute/value.js';

/** Equal lists of identifiers. */
export function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((id, index) => id === b[index]));
}

/** Set equality with the usual case first: the same values in the same order. */
export function sameValue(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if (isMulti(a) && isMulti(b)) {
    if (a.length === b.length && a.every((one, index) => scalarEqualsAt(one, b[index]))) return true;
    return valueEquals(a, b);
  }
  return valueEquals(a, b);
}

function scalarEqualsAt(a: Scalar, b: Scalar | undefined): boolean {
  return b !== undefined && scalarEquals(a, b);
}
