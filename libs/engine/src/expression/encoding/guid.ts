import { decodeHex, encodeHex } from './hex.js';

const shape = /^(\{?)([0-9A-Fa-f]{8})-([0-9A-Fa-f]{4})-([0-9A-Fa-f]{4})-([0-9A-Fa-f]{4})-([0-9A-Fa-f]{12})(\}?)$/;

/** Windows order: the first three fields low byte first, as in objectGUID. Index = place in the text, value = place in the bytes. */
const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** GUID text with or without braces to its 16 bytes; undefined for another shape. */
export function parseGuid(text: string): Uint8Array | undefined {
  const match = shape.exec(text);
  if (match === null || (match[1] === '{') !== (match[7] === '}')) return undefined;
  const straight = decodeHex(match.slice(2, 7).join(''));
  return straight && Uint8Array.from(order, (place) => straight[place] ?? 0);
}

/** 16 bytes to lower-case GUID text without braces; undefined for another length. */
export function formatGuid(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 16) return undefined;
  const hex = encodeHex(Uint8Array.from(order, (place) => bytes[place] ?? 0)).toLowerCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
