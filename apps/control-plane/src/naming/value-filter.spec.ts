import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeFilter, guidBytes, joinKeysOf, sameTextAnyCase, splitClause } from './value-filter.js';

describe('search conditions', () => {
  it('split at the first equals sign and refuse names that no attribute has', () => {
    expect(splitClause('a=b=c')).toEqual({ name: 'a', value: 'b=c' });
    for (const bad of ['=x', '$where=1', 'a.b=1', 'x']) expect(() => splitClause(bad)).toThrow();
  });
  it('match text literally whatever characters it has', () => {
    fc.assert(fc.property(fc.string(), (text) => sameTextAnyCase(text).test(text)));
    expect(sameTextAnyCase('k.m').test('kim')).toBe(false);
  });
  it('ask for presence and absence', () => {
    expect(attributeFilter('attributes', ['mail=*', 'sn='])).toEqual([
      { 'attributes.mail': { $exists: true } },
      { 'attributes.sn': { $exists: false } },
    ]);
  });
  it('know the stored byte order of a GUID', () => {
    expect(guidBytes('00112233-4455-6677-8899-aabbccddeeff')?.toString('hex')).toBe('33221100554477668899aabbccddeeff');
    expect(guidBytes('not a guid')).toBeUndefined();
  });
  it('find join keys without regard to case', () => {
    expect(joinKeysOf('mail', 'Kim@Corp.test')).toEqual(joinKeysOf('mail', 'kim@corp.test'));
  });
});
