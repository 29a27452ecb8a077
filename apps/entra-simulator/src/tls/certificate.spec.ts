import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeIdentities } from './certificate.js';
import * as der from './der.js';

const NOW = new Date(Date.UTC(2026, 0, 1));

describe('certificates', () => {
  const { authority, server } = makeIdentities(['127.0.0.1', 'localhost', '::1'], NOW);
  const ca = new X509Certificate(authority.certificate);
  const leaf = new X509Certificate(server.certificate);

  it('the server certificate is issued and signed by the authority', () => {
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect([ca.ca, leaf.ca]).toEqual([true, false]);
  });

  it('the server certificate names its addresses', () => {
    expect(leaf.checkHost('localhost')).toBe('localhost');
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(leaf.checkIP('::1')).toBe('::1');
    expect(leaf.checkHost('elsewhere.test')).toBeUndefined();
  });

  it('are valid from the day before', () => {
    expect(new Date(leaf.validFrom).toISOString()).toBe('2025-12-31T00:00:00.000Z');
  });
});

describe('DER', () => {
  it.each([
    ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
    ['2.5.29.17', '0603551d11'],
  ])('writes object identifier %s (X.690 8.19)', (dotted, hex) => {
    expect(der.objectIdentifier(dotted).toString('hex')).toBe(hex);
  });

  it('writes integers as positive numbers with the fewest octets (X.690 8.3)', () => {
    expect(der.integer(Buffer.from([0, 0, 0x80])).toString('hex')).toBe('02020080');
    expect(der.integer(Buffer.from([0])).toString('hex')).toBe('020100');
  });

  it('writes a length that reads back (X.690 8.1.3)', () => {
    fc.assert(
      fc.property(fc.nat(70_000), (size) => {
        const bytes = der.octetString(Buffer.alloc(size));
        const first = bytes[1] ?? 0;
        const octets = first < 0x80 ? 0 : first & 0x7f;
        const length = octets === 0 ? first : bytes.readUIntBE(2, octets);
        expect([length, bytes.length]).toEqual([size, 2 + octets + size]);
      }),
      { numRuns: 50 },
    );
  });
});
