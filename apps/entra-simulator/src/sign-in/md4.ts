/** MD4 (RFC 1320). Windows passwords are known as MD4 of their UTF-16LE form; OpenSSL 3 has it no longer by default. */
export function md4(message: Uint8Array): Buffer {
  const padded = Buffer.alloc(((message.length + 8) >> 6) * 64 + 64);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) {
    const words = Array.from({ length: 16 }, (_, index) => padded.readUInt32LE(at + index * 4));
    const mixed = ROUNDS.reduce((sofar, round) => mix(sofar, round, words), state);
    state = [add(state[0], mixed[0]), add(state[1], mixed[1]), add(state[2], mixed[2]), add(state[3], mixed[3])];
  }
  const digest = Buffer.alloc(16);
  state.forEach((word, index) => digest.writeUInt32LE(word, index * 4));
  return digest;
}

type State = readonly [number, number, number, number];
interface Round {
  readonly f: (x: number, y: number, z: number) => number;
  readonly constant: number;
  readonly order: readonly number[];
  readonly shifts: readonly number[];
}

const ROUNDS: readonly Round[] = [
  {
    f: (x, y, z) => (x & y) | (~x & z),
    constant: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    shifts: [3, 7, 11, 19],
  },
  {
    f: (x, y, z) => (x & y) | (x & z) | (y & z),
    constant: 0x5a827999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
  },
  {
    f: (x, y, z) => x ^ y ^ z,
    constant: 0x6ed9eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
  },
];

function mix([a, b, c, d]: State, { f, constant, order, shifts }: Round, words: readonly number[]): State {
  let state: State = [a, b, c, d];
  for (const [step, word] of order.entries()) {
    const [first, second, third, fourth] = state;
    const sum = add(add(add(first, f(second, third, fourth) >>> 0), words[word] ?? 0), constant);
    const shift = shifts[step % 4] ?? 0;
    state = [fourth, ((sum << shift) | (sum >>> (32 - shift))) >>> 0, second, third];
  }
  return state;
}

const add = (left: number, right: number): number => (left + right) >>> 0;
