/**
 * MD4 (RFC 1320). Windows stores passwords as MD4 of their UTF-16LE form and NTLM begins with it ([MS-NLMP] 3.3.2
 * NTOWFv2); OpenSSL 3 offers it only in its legacy provider, which Node.js does not load, and no kept library has it.
 */
const SHIFTS = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
] as const;
const CONSTANTS = [0, 0x5a827999, 0x6ed9eba1] as const;
const ORDER = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
] as const;

/** The 16-byte digest of `message`. The working copy is zeroed: the message is usually a password. */
export function md4(message: Buffer): Buffer {
  const padded = pad(message);
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  for (let block = 0; block < padded.length; block += 64) compress(state, padded, block);
  padded.fill(0);
  const digest = Buffer.alloc(16);
  state.forEach((word, index) => digest.writeInt32LE(word, 4 * index));
  state.fill(0);
  return digest;
}

/** RFC 1320 3.1 and 3.2: a one bit, zeros, the length in bits as 64-bit little-endian. */
function pad(message: Buffer): Buffer {
  const padded = Buffer.alloc(64 * (((message.length + 8) >> 6) + 1));
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  return padded;
}

function compress(state: Int32Array, padded: Buffer, block: number): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let round = 0; round < 3; round++) {
    for (let step = 0; step < 16; step++) {
      const word = padded.readInt32LE(block + 4 * (ORDER[round]?.[step] ?? 0));
      const sum = (a + mix(round, b, c, d) + word + (CONSTANTS[round] ?? 0)) | 0;
      const shift = SHIFTS[round]?.[step % 4] ?? 0;
      [a, d, c, b] = [d, c, b, (sum << shift) | (sum >>> (32 - shift))];
    }
  }
  [a, b, c, d].forEach((word, index) => (state[index] = (state[index] ?? 0) + word));
}

/** The functions F, G and H of RFC 1320 3.4. */
function mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return (x & y) | (~x & z);
  if (round === 1) return (x & y) | (x & z) | (y & z);
  return x ^ y ^ z;
}
