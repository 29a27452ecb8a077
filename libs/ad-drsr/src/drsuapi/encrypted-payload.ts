import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { SyncError } from '@adjoin/contracts';
import { Rc4 } from '../crypto/rc4.js';

const SALT = 16;
const CHECKSUM = 4;

/**
 * ENCRYPTED_PAYLOAD ([MS-DRSR] 4.1.10.2.20): Salt u8[16] · RC4 under MD5(session key ‖ salt) of {CheckSum u32 CRC32 · value}
 * (4.1.10.6.17 DecryptValuesIfNecessary). The result is a new buffer that the caller zeroes.
 */
export function decryptPayload(sessionKey: Buffer, payload: Buffer): Buffer {
  if (payload.length < SALT + CHECKSUM) {
    throw new SyncError('ADJ-PHS-7010', 'A replicated secret is too short.');
  }
  const plain = withCipher(sessionKey, payload.subarray(0, SALT), (cipher) =>
    cipher.apply(Buffer.from(payload.subarray(SALT))),
  );
  const value = Buffer.from(plain.subarray(CHECKSUM));
  const fits = crc32(value) === plain.readUInt32LE(0);
  plain.fill(0);
  if (fits) return value;
  value.fill(0);
  throw new SyncError('ADJ-PHS-7010', 'The checksum of a replicated secret is wrong.');
}

/** Counterpart of {@link decryptPayload}, what a server does. */
export function encryptPayload(sessionKey: Buffer, salt: Buffer, value: Buffer): Buffer {
  const checksum = Buffer.alloc(CHECKSUM);
  checksum.writeUInt32LE(crc32(value));
  const secret = withCipher(sessionKey, salt, (cipher) => cipher.apply(Buffer.concat([checksum, value])));
  return Buffer.concat([salt, secret]);
}

function withCipher(sessionKey: Buffer, salt: Buffer, use: (cipher: Rc4) => Buffer): Buffer {
  const key = createHash('md5').update(sessionKey).update(salt).digest();
  const cipher = new Rc4(key);
  key.fill(0);
  const result = use(cipher);
  cipher.destroy();
  return result;
}
