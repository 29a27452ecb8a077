import { malformed } from '../drs-error.js';

/**
 * Security identifiers.
 *
 * Layout ([MS-DTYP] 2.4.2.2):
 *   Revision           u8  1
 *   SubAuthorityCount  u8  0..15
 *   IdentifierAuthority    6 bytes, big-endian
 *   SubAuthority           u32[count], little-endian
 */
const FIXED = 8;

/** `S-1-5-21-…` of SID bytes. Throws ADJ-PHS-7007 when they are no SID. */
export function sidText(bytes: Buffer): string {
  return `S-1-${String(bytes.readUIntBE(2, 6))}${subAuthorities(bytes)
    .map((part) => `-${String(part)}`)
    .join('')}`;
}

/** Inverse of {@link sidText}. Throws when the text is no SID. */
export function sidBytes(text: string): Buffer {
  if (!/^S-1-\d+(-\d+){0,15}$/.test(text)) throw new RangeError(`not a SID: ${text}`);
  const [authority = 0, ...parts] = text.split('-').slice(2).map(Number);
  const bytes = Buffer.alloc(FIXED + 4 * parts.length);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUIntBE(authority, 2, 6);
  parts.forEach((part, index) => bytes.writeUInt32LE(part, FIXED + 4 * index));
  return bytes;
}

/** The relative identifier: the last part of `S-1-5-21-…-1103`. Throws ADJ-PHS-7007 when there is none. */
export function ridOf(sid: Buffer): number {
  const rid = subAuthorities(sid).at(-1);
  if (rid === undefined) throw malformed('a security identifier has no relative part');
  return rid;
}

function subAuthorities(bytes: Buffer): readonly number[] {
  const count = bytes[1] ?? 0;
  if (bytes[0] !== 1 || bytes.length !== FIXED + 4 * count || count > 15) throw malformed('a security identifier');
  return Array.from({ length: count }, (_, index) => bytes.readUInt32LE(FIXED + 4 * index));
}
