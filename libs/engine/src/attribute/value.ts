/**
 * Reference to another object of the same space: `ref` is the connector-space id (or metaverse id),
 * `dn` the distinguished name as text when it is known.
 */
export interface Ref {
  readonly ref: string;
  readonly dn?: string | undefined;
}

/** One value: text, Boolean, 64-bit integer (always bigint), bytes, or a reference. */
export type Scalar = string | boolean | bigint | Uint8Array | Ref;

/**
 * A single value, or a multi-valued set (an array, also when it has one element).
 * An absent attribute is `undefined`. Empty arrays never occur.
 */
export type AttributeValue = Scalar | readonly Scalar[];

/** The values of one object by attribute name (case-sensitive); absent attributes have no key. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** True for a reference value. */
export function isRef(value: unknown): value is Ref {
  return typeof value === 'object' && value !== null && typeof (value as { ref?: unknown }).ref === 'string';
}

/** True for a binary value. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

/** True for a multi-valued set, also with one element. */
export function isMulti(value: AttributeValue | undefined): value is readonly Scalar[] {
  return Array.isArray(value);
}

const none: readonly Scalar[] = [];

/** The values as a list: none for an absent attribute, one for a single value. */
export function valuesOf(value: AttributeValue | undefined): readonly Scalar[] {
  if (value === undefined) return none;
  return isMulti(value) ? value : [value];
}

/** Equality of two values: exact text, bytes by content, references by `ref` only (the DN text may differ). */
export function scalarEquals(a: Scalar, b: Scalar): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (isBytes(a)) return isBytes(b) && bytesEqual(a, b);
  return !isBytes(b) && a.ref === b.ref;
}

function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Equality as sets: order and repetition do not matter, and a single value equals a set of that one value.
 * Two absent values are equal.
 */
export function valueEquals(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return valuesOf(a).length === 0 && valuesOf(b).length === 0;
  if (!isMulti(a) && !isMulti(b)) return scalarEquals(a, b);
  const left = new Set(valuesOf(a).map(compareKey));
  const right = new Set(valuesOf(b).map(compareKey));
  if (left.size !== right.size) return false;
  for (const key of left) if (!right.has(key)) return false;
  return true;
}

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A string that is equal for two values exactly when {@link scalarEquals} holds; its first letter tells the type. */
export function compareKey(value: Scalar): string {
  switch (typeof value) {
    case 'string':
      return `s:${value}`;
    case 'bigint':
      return `i:${value}`;
    case 'boolean':
      return value ? 'b:1' : 'b:0';
    case 'object':
      return isBytes(value) ? `x:${toHex(value)}` : `r:${value.ref}`;
  }
}

function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexPairs[byte];
  return text;
}
