import { isBytes, isRef, type AttributeValue, type Scalar } from '../attribute/value.js';
import { DateTime } from './date/date-time.js';
import { decodeBase64, encodeBase64 } from './encoding/base64.js';
import { parseGuid } from './encoding/guid.js';
import { parseSid } from './encoding/sid.js';
import { isSet, Special, type ExpressionValue, type One } from './value-type.js';

/** A value as JSON; see scenario-format.md, "Expressions on the command line". */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Thrown by {@link decodeValue} for JSON that is no value. */
export class JsonValueError extends Error {}

/**
 * JSON to an attribute value: a list is multi-valued, also with one element; `{$binary}` is Base64, `{$int}` decimal
 * digits, `{$guid}` and `{$sid}` binary values written as text. null and an empty list are absent.
 */
export function decodeValue(json: unknown): AttributeValue | undefined {
  if (json === null || json === undefined) return undefined;
  if (!Array.isArray(json)) return decodeOne(json);
  return json.length === 0 ? undefined : json.map(decodeOne);
}

function decodeOne(json: unknown): Scalar {
  switch (typeof json) {
    case 'string':
    case 'boolean':
      return json;
    case 'bigint':
      return within64Bits(json);
    case 'number':
      if (Number.isInteger(json)) return within64Bits(BigInt(json));
      throw new JsonValueError(`${json} is not a whole number`);
    case 'object':
      if (json !== null && !Array.isArray(json)) return decodeTagged(json);
  }
  throw new JsonValueError(
    'a value is text, a whole number, true, false, or one of {$binary}, {$int}, {$guid}, {$sid}',
  );
}

function decodeTagged(json: object): Scalar {
  const [[tag, content] = [], ...more] = Object.entries(json);
  const text =
    typeof content === 'string' || typeof content === 'number' || typeof content === 'bigint'
      ? String(content)
      : undefined;
  const decode = tag === undefined || more.length > 0 ? undefined : tagDecoders[tag];
  const value = text === undefined ? undefined : decode?.(text);
  if (value !== undefined) return value;
  throw new JsonValueError(`${JSON.stringify(json).slice(0, 80)} is not a {$binary}, {$int}, {$guid} or {$sid} value`);
}

const tagDecoders: Readonly<Record<string, (text: string) => Scalar | undefined>> = {
  $binary: decodeBase64,
  $guid: parseGuid,
  $sid: parseSid,
  $int: (text) => (/^-?\d{1,20}$/.test(text) ? within64Bits(BigInt(text)) : undefined),
};

function within64Bits(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new JsonValueError(`${value} does not fit into 64 bits`);
}

/** A result as JSON. Integers beyond 2^53 become `{$int}`, binary `{$binary}`, dates ISO 8601 text, references their DN. */
export function encodeValue(value: ExpressionValue): JsonValue {
  if (value === null) return null;
  if (value instanceof Special) return { special: value.word };
  return isSet(value) ? value.map(encodeOne) : encodeOne(value);
}

function encodeOne(value: One): JsonValue {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : { $int: value.toString() };
  }
  if (isBytes(value)) return { $binary: encodeBase64(value) };
  if (value instanceof DateTime) return value.toString();
  return isRef(value) ? (value.dn ?? value.ref) : value;
}
