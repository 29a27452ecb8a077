import { isBytes, isMulti, isRef, type AttributeValue, type Scalar } from '../attribute/value.js';
import type { AttributeDefinition, AttributeType } from './model.js';

/** The flow is as if it did not exist for this object. */
export const IGNORE: unique symbol = Symbol('IgnoreThisFlow');
/** No flow of lower precedence may contribute; the attribute becomes absent. */
export const AUTHORITATIVE_NULL: unique symbol = Symbol('AuthoritativeNull');

/** Result of one flow (declarative-provisioning.md §8); `null` = no contribution. */
export type FlowValue = AttributeValue | null | typeof IGNORE | typeof AUTHORITATIVE_NULL;

function typeOfScalar(value: Scalar): AttributeType {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'bigint':
      return 'number';
    default:
      return isBytes(value) ? 'binary' : 'reference';
  }
}

function fits(value: Scalar, type: AttributeType): boolean {
  switch (typeof value) {
    case 'string':
      return type === 'string';
    case 'boolean':
      return type === 'boolean';
    case 'bigint':
      return type === 'number';
    default:
      return isRef(value) ? type === 'reference' : type === 'binary';
  }
}

/** One value of the right type for a single-valued attribute. */
export function fitsAsIs(value: AttributeValue, target: AttributeDefinition): boolean {
  return !target.multiValued && !isMulti(value) && fits(value, target.type);
}

/**
 * The value in the form the target attribute has: a set for a multi-valued one, one value for a single-valued one.
 * Types are never converted (declarative-provisioning.md §6).
 * @returns the value, or the reason why it does not fit
 */
export function shapeValue(
  value: AttributeValue,
  target: AttributeDefinition,
): { readonly value: AttributeValue } | { readonly mismatch: string } {
  if (!isMulti(value)) {
    if (!fits(value, target.type)) return { mismatch: mismatch(value, target.type) };
    return { value: target.multiValued ? [value] : value };
  }
  for (const one of value) if (!fits(one, target.type)) return { mismatch: mismatch(one, target.type) };
  if (target.multiValued) return { value };
  const [only] = value;
  if (only === undefined || value.length > 1)
    return { mismatch: `the attribute holds one value and the flow gives ${value.length}` };
  return { value: only };
}

function mismatch(value: Scalar, wanted: AttributeType): string {
  return `the attribute has type ${wanted} and the flow gives ${typeOfScalar(value)}`;
}

/**
 * A constant as a value of the target type. Without a known target, `True` and `False` are Booleans and all else text.
 * @returns undefined when the text is no value of that type
 */
export function constantValue(text: string, target: AttributeDefinition | undefined): Scalar | undefined {
  const folded = text.trim().toLowerCase();
  const boolean = folded === 'true' ? true : folded === 'false' ? false : undefined;
  switch (target?.type) {
    case undefined:
      return boolean ?? text;
    case 'boolean':
      return boolean;
    case 'number':
      return /^[+-]?\d+$/.test(folded) ? BigInt(folded.replace(/^\+/, '')) : undefined;
    case 'string':
      return text;
    default:
      return undefined;
  }
}
