import { describe, expect, it } from 'vitest';
import { parseCredential, passwordMatches } from './credential.js';
import { md4 } from './md4.js';

describe('the synchronized password', () => {
  // RFC 1320, appendix A.5
  it.each([
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      'e33b4ddc9c38f2199c3e7b164fcc0536',
    ],
  ])('MD4 of %j', (text, digest) => {
    expect(md4(Buffer.from(text)).toString('hex')).toBe(digest);
  });

  // spec operations/password-hash-sync.md section 2
  it.each([
    ['Pa$$w0rd', '317ee9d1dec6508fa510', 100, 'f4a257ffec53809081a605ce8ddedfbc9df9777b80256763bc0a6dd895ef404f'],
    ['Pa$$w0rd', '60eaffd2c886b419df7a', 1000, 'ab9c532104713157395a70da85cc8a1b418508753c6997f02341d541328ef16b'],
    ['', 'ffeeddccbbaa99887766', 1000, '504b4f253e547286d528674c1fb0d45d5eb893781f439c90ab03ce1f8d9279e6'],
    ['Pässwörd€1', '00112233445566778899', 1000, 'e95b7f40346eccb3886d356ab25950a4befccfd2317861ef098151731b0a027e'],
  ])('%j signs in with its credential, another password does not', (password, salt, iterations, hash) => {
    const parsed = parseCredential(`v1;PPH1_MD4,${salt},${iterations},${hash};`);
    if (parsed === undefined) throw new Error('not parsed');
    const stored = { ...parsed, changedAt: new Date(0), mustChange: false };
    expect([passwordMatches(password, stored), passwordMatches(`${password}x`, stored)]).toEqual([true, false]);
  });

  it.each([
    'v1;PPH1_MD4,00,1000,00;',
    `v1;PPH1_MD4,${'0'.repeat(20)},1001,${'0'.repeat(64)};`,
    `v1;PPH1_MD4,${'A'.repeat(20)},1000,${'0'.repeat(64)};`,
    `v1;PPH1_MD4,${'0'.repeat(20)},1000,${'0'.repeat(64)}`,
  ])('%s is no credential', (text) => {
    expect(parseCredential(text)).toBeUndefined();
  });
});
