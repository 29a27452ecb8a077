import { isBytes, isRef, type Ref } from '../../attribute/value.js';
import { DateTime } from '../date/date-time.js';
import { parseDate } from '../date/parse-date.js';
import { decodeBase64, encodeBase64 } from '../encoding/base64.js';
import { formatGuid, parseGuid } from '../encoding/guid.js';
import { decodeHex, encodeHex } from '../encoding/hex.js';
import { formatSid } from '../encoding/sid.js';
import { decodeUtf16, encodeUtf16 } from '../encoding/utf16.js';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.js';
import { define, num, text } from '../function-definition.js';
import { FunctionFailure } from '../problem.js';
import type { ExpressionValue, One } from '../value-type.js';
import { numberOfBytes, parseNumber } from './number-text.js';

export const conversionFunctions = [
  define(
    'bool CBool(bool|num|str? Expression)',
    'True for True, a number other than 0, or the text "True"; False for everything else and for NULL.',
    ([value]) => toBoolean(value),
  ),
  define(
    'bin CBin(num value, num! length)',
    'The number as that many bytes, low byte first.',
    ([value, length]) => toBytes(num(value), num(length)),
    { undocumented: true },
  ),
  define(
    'dt CDate(str value)',
    'Date and time from text such as 2024-03-31 22:30 +2 or 3/9/2021 6:15 PM, in UTC.',
    ([value]) => found(parseDate(text(value)), value, 'a date'),
  ),
  define('bin CGuid(str GUID)', 'The 16 bytes of a GUID text, in the order of objectGUID.', ([value]) =>
    found(parseGuid(text(value)), value, 'a GUID'),
  ),
  define('num CNum(str|num|bin value)', 'The whole number written in a text.', ([value]) => toNumber(value)),
  define('ref CRef(str value)', 'A reference to the object with that distinguished name.', ([value]) =>
    unresolvedReference(text(value)),
  ),
  define('str CStr(num|ref|bool|str value)', 'The value as text.', ([value]) => toText(value as One)),
  define(
    'str ConvertFromBase64(str source, [enum Encoding])',
    'The text in Base64; Encoding is Unicode (default), ASCII or UTF8.',
    ([source, encoding]) => fromBase64(text(source), encoding === undefined ? 'Unicode' : text(encoding)),
  ),
  define('str ConvertToBase64(str|bin source)', 'Base64 of bytes, or of a text in UTF-16.', ([source]) =>
    encodeBase64(isBytes(source) ? source : encodeUtf16(text(source))),
  ),
  define('str ConvertFromUTF8Hex(str source)', 'The text whose UTF-8 bytes are written as hex digits.', ([source]) => {
    const bytes = found(decodeHex(text(source)), source, 'pairs of hexadecimal digits');
    return found(decodeUtf8(bytes), source, 'UTF-8');
  }),
  define('str ConvertToUTF8Hex(str source)', 'The UTF-8 bytes of a text as hex digits.', ([source]) =>
    encodeHex(encodeUtf8(text(source))),
  ),
  define('str StringFromGuid(bin GUID)', 'GUID text of 16 bytes.', ([value]) => {
    if (isBytes(value) && value.length === 16) return formatGuid(value) ?? null;
    throw new FunctionFailure('A GUID has 16 bytes.', 'evaluation', 0);
  }),
  define('str StringFromSid(bin ObjectSID)', 'SID text (S-1-…) of a binary SID.', ([value]) => {
    const sid = isBytes(value) ? formatSid(value) : undefined;
    if (sid !== undefined) return sid;
    throw new FunctionFailure('The bytes are not a security identifier.', 'evaluation', 0);
  }),
];

/** A reference of which only the DN is known; the engine resolves it, or makes a placeholder. */
export function unresolvedReference(dn: string): Ref {
  return { ref: `dn:${dn}`, dn };
}

/** What CStr gives; undefined for types it refuses. */
export function textOf(value: One): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return isRef(value) ? (value.dn ?? value.ref) : undefined;
}

/** What CNum gives; undefined when it fails. */
export function numberOf(value: ExpressionValue | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') return parseNumber(value);
  return isBytes(value) ? numberOfBytes(value) : undefined;
}

/** What CDate gives; undefined when it fails. */
export function dateOf(value: ExpressionValue | undefined): DateTime | undefined {
  if (value instanceof DateTime) return value;
  return typeof value === 'string' ? parseDate(value) : undefined;
}

function toBoolean(value: ExpressionValue | undefined): boolean {
  if (typeof value === 'bigint') return value !== 0n;
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}

function toNumber(value: ExpressionValue | undefined): bigint {
  const result = numberOf(value);
  if (result !== undefined) return result;
  if (isBytes(value)) throw new FunctionFailure('A binary number has 1 to 8 bytes.', 'evaluation', 0);
  return found<bigint>(undefined, value, 'a whole number of 64 bits');
}

function toText(value: One): string {
  const result = textOf(value);
  if (result === undefined) throw new FunctionFailure('This value has no text form.', 'argument-type', 0);
  return result;
}

function toBytes(value: bigint, length: bigint): Uint8Array {
  if (length < 1n || length > 4096n) throw new FunctionFailure('The length must be from 1 to 4096.', 'evaluation', 1);
  return Uint8Array.from({ length: Number(length) }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}

function fromBase64(source: string, encoding: string): string {
  const bytes = found(decodeBase64(source), source, 'Base64');
  switch (encoding) {
    case 'Unicode':
      return found(decodeUtf16(bytes), source, 'UTF-16 in Base64');
    case 'UTF8':
      return found(decodeUtf8(bytes), source, 'UTF-8 in Base64');
    case 'ASCII':
      // .NET puts a question mark for bytes that are not ASCII.
      return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : '?')).join('');
    default:
      throw new FunctionFailure(`Unknown encoding "${encoding}"; use Unicode, ASCII or UTF8.`, 'argument-type', 1);
  }
}

function found<T>(result: T | undefined, value: ExpressionValue | undefined, expected: string): T {
  if (result !== undefined) return result;
  const shown = typeof value === 'string' && value.length > 60 ? `${value.slice(0, 60)}…` : String(value);
  throw new FunctionFailure(`"${shown}" is not ${expected}.`, 'evaluation', 0);
}
