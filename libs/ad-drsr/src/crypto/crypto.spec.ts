import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someBytes } from '../testing/byte-arbitraries.js';
import { desDecrypt, desEncrypt, spreadKey } from './des.js';
import { md4 } from './md4.js';
import { Rc4 } from './rc4.js';
import { hideSecret, SecretKey } from './secret-buffer.js';

describe('MD4', () => {
  it.each([
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      'e33b4ddc9c38f2199c3e7b164fcc0536',
    ],
  ])('has the digest of RFC 1320 A.5 for %j', (message, digest) => {
    expect(md4(Buffer.from(message)).toString('hex')).toBe(digest);
  });

  it('gives 16 bytes and differs between messages of all lengths around a block', () => {
    const digests = Array.from({ length: 200 }, (_, length) => md4(Buffer.alloc(length)).toString('hex'));
    expect(new Set(digests).size).toBe(200);
  });
});

describe('RC4', () => {
  it.each([
    ['0102030405', 'b2396305f03dc027ccc3524a0a1118a8'],
    ['0102030405060708', '97ab8a1bf0afb96132f2f67258da15a8'],
    ['0102030405060708090a0b0c0d0e0f10', '9ac7cc9a609d1ef7b2932899cde41b97'],
  ])('has the key stream of RFC 6229 for the key %s', (key, stream) => {
    expect(new Rc4(Buffer.from(key, 'hex')).apply(Buffer.alloc(16)).toString('hex')).toBe(stream);
  });

  it('runs on between calls', () => {
    fc.assert(
      fc.property(someBytes({ minLength: 1, maxLength: 40 }), someBytes(), someBytes(), (key, first, second) => {
        const whole = new Rc4(key).apply(Buffer.concat([first, second]));
        const cipher = new Rc4(key);
        expect(Buffer.concat([cipher.apply(Buffer.from(first)), cipher.apply(Buffer.from(second))])).toEqual(whole);
      }),
    );
  });
});

describe('DES', () => {
  // The worked example of FIPS 46: key 133457799BBCDFF1 with its parity bits, here without them.
  const key = Buffer.from('12695bc9b7b7f8', 'hex');

  it('spreads 56 bits over 8 bytes with parity bits of zero', () => {
    expect(spreadKey(key).toString('hex')).toBe('123456789abcdef0');
  });

  it('has the known cipher text', () => {
    const plain = Buffer.from('0123456789abcdef', 'hex');
    expect(desEncrypt(key, plain).toString('hex')).toBe('85e813540f0ab405');
    expect(desDecrypt(key, desEncrypt(key, plain))).toEqual(plain);
  });
});

describe('a secret', () => {
  const secret = (): Buffer => createHash('sha256').update('x').digest();
  const shows = (value: unknown): string[] => [
    String(value),
    JSON.stringify({ value }),
    inspect(value),
    inspect([value]),
  ];

  it('in a hidden buffer is shown by nothing that prints, and still can be computed with', () => {
    const hidden = hideSecret(secret());
    for (const shown of shows(hidden)) expect(shown).toContain('[hash]');
    expect(shows(hidden).join(' ')).not.toMatch(/2d|45,|0x/);
    expect(createHash('sha256').update(hidden).digest()).toEqual(createHash('sha256').update(secret()).digest());
    expect(hidden.toString('hex')).toBe(secret().toString('hex'));
  });

  it('in a key is shown by nothing that prints and is zeroed', () => {
    const bytes = secret();
    const key = new SecretKey(bytes);
    for (const shown of shows(key)) expect(shown).toContain('[hash]');
    key.destroy();
    expect(bytes).toEqual(Buffer.alloc(32));
  });
});
