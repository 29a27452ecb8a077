import { describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { compress, decompress } from './zstd.js';

describe('compression of record batches', () => {
  it.each([0, 1, 5000, 300_000, 2_000_000])('gives back %i bytes unchanged', async (size) => {
    const plain = Buffer.concat([randomBytes(size / 2), Buffer.alloc(size - Math.floor(size / 2), 'abc')]);
    expect((await decompress(await compress(plain))).equals(plain)).toBe(true);
  });

  it('rejects what is not compressed', async () => {
    await expect(decompress(Buffer.from('plain text'))).rejects.toThrow();
  });
});
