import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { deriveCredential, deriveKey } from './derive-credential.js';

/** Published and recomputed vectors: NT hash, salt, iterations, result. */
const VECTORS = [
  [
    '92937945B518814341DE3F726500D4FF',
    '317ee9d1dec6508fa510',
    100,
    'f4a257ffec53809081a605ce8ddedfbc9df9777b80256763bc0a6dd895ef404f',
  ],
  [
    '92937945B518814341DE3F726500D4FF',
    '60eaffd2c886b419df7a',
    1000,
    'ab9c532104713157395a70da85cc8a1b418508753c6997f02341d541328ef16b',
  ],
  [
    '92937945B518814341DE3F726500D4FF',
    '46c0c5d9095185ce5cf8',
    1000,
    '6bb7b360d9105ed5157460b343d5d143e465a59195bc9b568718268c334ea4a9',
  ],
  [
    'FC525C9683E8FE067095BA2DDC971889',
    '00010203040506070809',
    1000,
    'cae8beafd9f0bad8e06215b3c74c3c050ec687060c31d18b89bf5dfbb82383f5',
  ],
  [
    '31D6CFE0D16AE931B73C59D7E0C089C0',
    'ffeeddccbbaa99887766',
    1000,
    '504b4f253e547286d528674c1fb0d45d5eb893781f439c90ab03ce1f8d9279e6',
  ],
  [
    '0B765AEA283C632EE215CEAB79053ADD',
    '00112233445566778899',
    1000,
    'e95b7f40346eccb3886d356ab25950a4befccfd2317861ef098151731b0a027e',
  ],
] as const;

describe('the credential', () => {
  it.each(VECTORS)(
    'of hash %s with salt %s and %i iterations is the known one',
    async (hash, salt, iterations, key) => {
      const derived = await deriveKey(Buffer.from(hash, 'hex'), Buffer.from(salt, 'hex'), iterations);
      expect(derived.toString('hex')).toBe(key);
    },
  );

  it('is written as the cloud expects it', async () => {
    const [, , , [hash, salt, , key]] = VECTORS;
    const credential = await deriveCredential(Buffer.from(hash, 'hex'), () => Buffer.from(salt, 'hex'));
    expect(credential.reveal()).toBe(`v1;PPH1_MD4,${salt},1000,${key};`);
  });

  it('has another salt of ten bytes each time', async () => {
    const hash = randomBytes(16);
    const texts = await Promise.all([deriveCredential(hash), deriveCredential(hash)]);
    const salts = texts.map((credential) => credential.reveal().split(',')[1]);
    expect(salts[0]).toMatch(/^[0-9a-f]{20}$/);
    expect(salts[0]).not.toBe(salts[1]);
  });

  it('is shown by nothing that prints, and is gone once destroyed', async () => {
    const credential = await deriveCredential(randomBytes(16));
    const digits = credential.reveal().slice(12, 32);
    const printed = [String(credential), JSON.stringify({ credential }), inspect({ credential }, { depth: 9 })];
    for (const text of printed) expect(text).not.toContain(digits);
    credential.destroy();
    expect(credential.reveal()).toMatch(/^\0+$/);
  });

  it('leaves the hash to its owner and refuses what is no hash', async () => {
    const hash = randomBytes(16);
    const copy = Buffer.from(hash);
    await deriveCredential(hash);
    expect(hash.equals(copy)).toBe(true);
    await expect(deriveCredential(randomBytes(15))).rejects.toThrow('16 bytes');
  });

  it('does not hold up the event loop while many are derived', async () => {
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 0);
    await Promise.all(Array.from({ length: 200 }, () => deriveCredential(randomBytes(16))));
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(0);
  });
});
