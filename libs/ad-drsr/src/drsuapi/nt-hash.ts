import { SyncError } from '@adjoin/contracts';
import { desDecrypt, desEncrypt } from '../crypto/des.js';

/** Bytes of an NT hash, MD4 of the password. */
export const NT_HASH_LENGTH = 16;

/**
 * Removes the layer that binds a stored NT hash to its account ([MS-SAMR] 2.2.11.1.1): two DES blocks under keys from the
 * relative identifier. The result is a new buffer that the caller zeroes.
 */
export function unwrapNtHash(wrapped: Buffer, rid: number): Buffer {
  return inHalves(wrapped, rid, desDecrypt);
}

/** Counterpart of {@link unwrapNtHash}, what a server does. */
export function wrapNtHash(hash: Buffer, rid: number): Buffer {
  return inHalves(hash, rid, desEncrypt);
}

function inHalves(value: Buffer, rid: number, des: (key: Buffer, block: Buffer) => Buffer): Buffer {
  if (value.length !== NT_HASH_LENGTH) {
    throw new SyncError('ADJ-PHS-7010', `A password hash has ${String(value.length)} bytes.`);
  }
  const [first, second] = ridKeys(rid);
  const halves = [des(first, value.subarray(0, 8)), des(second, value.subarray(8))];
  const whole = Buffer.concat(halves);
  for (const half of halves) half.fill(0);
  return whole;
}

/** [MS-SAMR] 2.2.11.1.3: with the bytes i0..i3 of the RID, little-endian: i0 i1 i2 i3 i0 i1 i2 and i3 i0 i1 i2 i3 i0 i1. */
function ridKeys(rid: number): readonly [Buffer, Buffer] {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(rid);
  const repeated = Buffer.concat([bytes, bytes, bytes]);
  return [repeated.subarray(0, 7), repeated.subarray(3, 10)];
}
