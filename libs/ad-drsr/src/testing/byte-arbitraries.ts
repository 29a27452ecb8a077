import fc from 'fast-check';
import { guidText } from '../names/guid.js';

/** Bytes as a Buffer. */
export const someBytes = (
  limits: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<Buffer> => fc.uint8Array(limits).map((bytes) => Buffer.from(bytes));

export const someGuid = someBytes({ minLength: 16, maxLength: 16 }).map(guidText);
export const someU32 = fc.integer({ min: 0, max: 0xffff_ffff });
export const someI64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
/** Text without null characters, also beyond the basic plane. */
export const someText = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', ''));

/** A numbers generator that gives the same sequence for the same seed (mulberry32); values from 0 to below `limit`. */
export function seededNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** A copy with one to four faults: changed bytes or bits, a cut end, a removed or inserted piece, extreme numbers. */
export function corrupted(original: Buffer, random: (limit: number) => number): Buffer {
  let bytes = Buffer.from(original);
  for (let fault = 0; fault <= random(4); fault++) {
    const at = random(bytes.length || 1);
    const kind = random(6);
    if (bytes.length === 0) return bytes;
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    else if (kind === 2) bytes = bytes.subarray(0, at);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(8))]);
    else if (kind === 4)
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + random(8)), bytes.subarray(at)]);
    else
      bytes.writeUInt32LE(
        [0, 1, 0x7fff_ffff, 0xffff_ffff][random(4)] ?? 0,
        Math.max(0, Math.min(at & ~3, bytes.length - 4)),
      );
    if (bytes.length < 4) return bytes;
  }
  return bytes;
}
