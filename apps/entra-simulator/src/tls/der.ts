/**
 * Writes DER (ITU-T X.690): just the forms an X.509 certificate needs.
 */

/** Tag octets of the universal types used here (X.690 8.1.2). */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  const octets: number[] = [];
  for (let rest = size; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

/** One tag-length-value element. */
export function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

export const sequence = (...items: readonly Buffer[]): Buffer => element(TAG.sequence, Buffer.concat(items));
export const set = (...items: readonly Buffer[]): Buffer => element(TAG.set, Buffer.concat(items));
export const boolean = (value: boolean): Buffer => element(TAG.boolean, Buffer.from([value ? 0xff : 0]));
export const octetString = (value: Buffer): Buffer => element(TAG.octetString, value);
export const utf8String = (value: string): Buffer => element(TAG.utf8String, Buffer.from(value, 'utf8'));

/** BIT STRING; `unusedBits` counts the padding bits of the last octet. */
export function bitString(value: Buffer, unusedBits = 0): Buffer {
  return element(TAG.bitString, Buffer.concat([Buffer.from([unusedBits]), value]));
}

/** INTEGER of non-negative big-endian octets. */
export function integer(value: Buffer): Buffer {
  const first = value.findIndex((octet) => octet !== 0);
  const trimmed = first < 0 ? Buffer.from([0]) : value.subarray(first);
  const negative = ((trimmed[0] ?? 0) & 0x80) !== 0;
  return element(TAG.integer, negative ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed);
}

/** OBJECT IDENTIFIER from its dotted form (X.690 8.19). */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const group: number[] = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) group.unshift((left & 0x7f) | 0x80);
    octets.push(...group);
  }
  return element(TAG.objectIdentifier, Buffer.from(octets));
}

/** UTCTime, valid for the years 1950 to 2049 (RFC 5280 4.1.2.5.1). */
export function utcTime(value: Date): Buffer {
  const text = value.toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return element(TAG.utcTime, Buffer.from(`${text}Z`, 'ascii'));
}

/** Context-specific constructed element `[n]`. */
export const context = (number: number, ...items: readonly Buffer[]): Buffer =>
  element(0xa0 | number, Buffer.concat(items));

/** Context-specific primitive element `[n] IMPLICIT`. */
export const contextPrimitive = (number: number, content: Buffer): Buffer => element(0x80 | number, content);
