import { pbkdf2Sync } from 'node:crypto';

/**
 * Checks a password against a credential as the cloud does, independently of the code under test: MD4 (RFC 1320) with BigInt-free 32-bit arithmetic,
 * upper-case hexadecimal text in UTF-16LE, PBKDF2-HMAC-SHA256.
 */
export function signsIn(password: string, credential: string): boolean {
  const [, name, salt = '', iterations = '0', key = ''] =
    /^v1;(PPH1_MD4),([0-9a-f]{20}),(\d+),([0-9a-f]{64});$/.exec(credential) ?? [];
  if (name === undefined) throw new Error(`not a credential`);
  const digits = md4(Buffer.from(password, 'utf16le')).toString('hex').toUpperCase();
  const derived = pbkdf2Sync(
    Buffer.from(digits, 'utf16le'),
    Buffer.from(salt, 'hex'),
    Number(iterations),
    32,
    'sha256',
  );
  return derived.toString('hex') === key;
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** The NT hash of a text that is UTF-16LE already. */
export function md4(text: Buffer): Buffer {
  const length = Math.ceil((text.length + 9) / 64) * 64;
  const bytes = Buffer.alloc(length);
  text.copy(bytes);
  bytes[text.length] = 0x80;
  bytes.writeUInt32LE(text.length * 8, length - 8);
  let state: [number, number, number, number] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let at = 0; at < length; at += 64) {
    const x = (index: number): number => bytes.readInt32LE(at + 4 * index);
    let [a, b, c, d] = state;
    const turn = (f: number, word: number, constant: number, by: number): void => {
      [a, d, c, b] = [d, c, b, rotate((a + f + word + constant) | 0, by)];
    };
    for (let i = 0; i < 16; i++) turn((b & c) | (~b & d), x(i), 0, [3, 7, 11, 19][i % 4] ?? 0);
    for (let i = 0; i < 16; i++)
      turn((b & c) | (b & d) | (c & d), x((i % 4) * 4 + (i >> 2)), 0x5a827999, [3, 5, 9, 13][i % 4] ?? 0);
    const third = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];
    for (let i = 0; i < 16; i++) turn(b ^ c ^ d, x(third[i] ?? 0), 0x6ed9eba1, [3, 9, 11, 15][i % 4] ?? 0);
    state = [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0];
  }
  const digest = Buffer.alloc(16);
  state.forEach((word, index) => digest.writeInt32LE(word, index * 4));
  return digest;
}
