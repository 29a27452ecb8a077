import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { PasswordCredential } from './password-credential.js';

/** More than this is reported to break sign-in; fewer was the practice of older clients (spec: password hash synchronization, section 2). */
export const ITERATIONS = 1000;
export const SALT_BYTES = 10;
const RESULT_BYTES = 32;
const NT_HASH_BYTES = 16;
const HEX = Buffer.from('0123456789abcdef', 'latin1');
const UPPER_HEX = Buffer.from('0123456789ABCDEF', 'latin1');

/** Runs on the threads of the crypto library, never on the event loop; the input is copied to them and cleared there. */
const derive = promisify(pbkdf2);

/**
 * Makes the credential that the cloud verifies sign-ins with out of an NT hash:
 * PBKDF2-HMAC-SHA256(UTF16LE(UPPERHEX(hash)), salt, 1000, 32). `hash` is left as it is; its owner zeroes it.
 * Nothing of it becomes a JavaScript string here: strings cannot be zeroed.
 */
export async function deriveCredential(
  hash: Buffer,
  random: (length: number) => Buffer = randomBytes,
): Promise<PasswordCredential> {
  const salt = random(SALT_BYTES);
  const result = await deriveKey(hash, salt, ITERATIONS);
  try {
    return new PasswordCredential(credentialText(salt, ITERATIONS, result));
  } finally {
    result.fill(0);
  }
}

/** The 32 bytes of the formula; iterations only vary in tests of known vectors. */
export async function deriveKey(hash: Buffer, salt: Buffer, iterations: number): Promise<Buffer> {
  if (hash.length !== NT_HASH_BYTES) throw new RangeError(`an NT hash has 16 bytes, not ${String(hash.length)}`);
  const input = utf16UpperHex(hash);
  try {
    return await derive(input, salt, iterations, RESULT_BYTES, 'sha256');
  } finally {
    input.fill(0);
  }
}

/** 64 bytes: the digits of the hash in upper case, UTF-16LE. */
function utf16UpperHex(hash: Buffer): Buffer {
  const text = Buffer.alloc(hash.length * 4);
  writeHex(text, 0, hash, UPPER_HEX, 2);
  return text;
}

/** `v1;PPH1_MD4,<salt hex>,<iterations>,<hash hex>;` as ASCII bytes; hexadecimal digits in lower case. */
function credentialText(salt: Buffer, iterations: number, result: Buffer): Buffer {
  const head = Buffer.from('v1;PPH1_MD4,', 'latin1');
  const middle = Buffer.from(`,${String(iterations)},`, 'latin1');
  const text = Buffer.alloc(head.length + salt.length * 2 + middle.length + result.length * 2 + 1);
  let at = head.copy(text);
  at = writeHex(text, at, salt, HEX, 1);
  at += middle.copy(text, at);
  at = writeHex(text, at, result, HEX, 1);
  text.write(';', at, 'latin1');
  return text;
}

/** Writes the digits of `bytes`, one every `step` bytes; gives the position behind. */
function writeHex(into: Buffer, from: number, bytes: Buffer, digits: Buffer, step: number): number {
  let at = from;
  for (const byte of bytes) {
    into[at] = digits[byte >> 4] ?? 0;
    into[at + step] = digits[byte & 15] ?? 0;
    at += 2 * step;
  }
  return at;
}
