import {
  isBytes,
  isRef,
  valuesOf,
  type AttributeDefinition,
  type AttributeType,
  type AttributeValue,
  type Ref,
  type Scalar,
} from '@adjoin/engine';
import type { WrittenBytes, WrittenValue } from './format.js';

/** Makes a reference to the object with this DN. */
export type ReferenceOf = (dn: string) => Ref;

/**
 * A written value as the engine has it. The definition decides between text, number, Boolean and bytes; without one the
 * notation decides. A multi-valued attribute becomes a set, a list of one value for a single-valued attribute its value.
 * @returns undefined for null and for an empty list
 */
export function decodeWritten(
  written: WrittenValue,
  definition: AttributeDefinition | undefined,
  referenceOf: ReferenceOf,
): AttributeValue | undefined {
  if (written === null) return undefined;
  const isList = Array.isArray(written);
  const scalars = (isList ? written : [written]).map((one) =>
    decodeScalar(one as Exclude<WrittenValue, null | readonly unknown[]>, definition?.type, referenceOf),
  );
  const [first] = scalars;
  if (first === undefined) return undefined;
  const multi = definition === undefined ? isList : definition.multiValued || scalars.length > 1;
  return multi ? scalars : first;
}

function decodeScalar(
  written: string | number | bigint | boolean | WrittenBytes,
  type: AttributeType | undefined,
  referenceOf: ReferenceOf,
): Scalar {
  if (typeof written === 'object') return decodeObject(written);
  const text = typeof written === 'boolean' ? (written ? 'True' : 'False') : String(written);
  switch (type) {
    case 'string':
      return text;
    case 'reference':
      return referenceOf(text);
    case 'boolean':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : text;
    case 'number':
      return /^[+-]?\d+$/.test(text) ? BigInt(text) : text;
    case 'binary':
      return textAsBytes(text);
    case undefined:
      if (typeof written === 'number') return Number.isInteger(written) ? BigInt(written) : text;
      return written;
  }
}

function decodeObject(written: WrittenBytes): Scalar {
  if ('$binary' in written) return new Uint8Array(Buffer.from(written.$binary, 'base64'));
  if ('$guid' in written) return guidBytes(written.$guid);
  if ('$sid' in written) return sidBytes(written.$sid);
  return BigInt(written.$int);
}

/** Text for a binary attribute: a GUID, a SID or Base64. */
function textAsBytes(text: string): Uint8Array {
  if (/^\{?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\}?$/i.test(text)) return guidBytes(text);
  if (/^S-1-\d+(-\d+)*$/i.test(text)) return sidBytes(text);
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** The 16 bytes of a GUID as Windows stores them: the first three fields little-endian. */
export function guidBytes(text: string): Uint8Array {
  const hex = text.replace(/[{}-]/g, '');
  const raw = Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Uint8Array.from(order, (index) => raw[index] ?? 0);
}

/** GUID text of 16 bytes in Windows order. */
export function guidText(bytes: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order.map((index) => (bytes[index] ?? 0).toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A SID in its binary form (MS-DTYP 2.4.2.2). */
export function sidBytes(text: string): Uint8Array {
  const [revision = 1, authority = 0, ...subs] = text.split('-').slice(1).map(Number);
  const bytes = new Uint8Array(8 + subs.length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, revision);
  view.setUint8(1, subs.length);
  view.setUint16(2, Math.floor(authority / 2 ** 32));
  view.setUint32(4, authority >>> 0);
  for (const [index, sub] of subs.entries()) view.setUint32(8 + index * 4, sub, true);
  return bytes;
}

/** A value for a difference line. `dnOf` names the object behind a reference. */
export function printValue(value: AttributeValue | undefined | null, dnOf: (ref: Ref) => string): string {
  if (value === undefined || value === null) return '(absent)';
  const texts = valuesOf(value).map((one) => printScalar(one, dnOf));
  return Array.isArray(value) ? `[${texts.join(', ')}]` : (texts[0] ?? '(absent)');
}

function printScalar(value: Scalar, dnOf: (ref: Ref) => string): string {
  if (isBytes(value)) return `{$binary: ${Buffer.from(value).toString('base64')}}`;
  if (isRef(value)) return dnOf(value);
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
