import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKey, isMulti, scalarEquals, valueEquals, valuesOf, type Scalar } from './value.js';

const text = fc.constantFrom('', 'a', 'A', '1', 'b:1', 'true');
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  text,
  fc.boolean(),
  fc.bigInt({ min: -2n, max: 2n }),
  fc.uint8Array({ maxLength: 2, max: 2 }),
  fc.record({ ref: text, dn: fc.option(text, { nil: undefined }) }),
);

describe('attribute values', () => {
  it('have equal keys exactly when they are equal', () => {
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        expect(compareKey(a) === compareKey(b)).toBe(scalarEquals(a, b));
      }),
      { numRuns: 1000 },
    );
  });

  it('are compared as sets: order, repetition and single or multiple do not matter', () => {
    fc.assert(
      fc.property(fc.array(scalar, { minLength: 1 }), (values) => {
        expect(valueEquals(values, [...values].reverse())).toBe(true);
        expect(valueEquals(values, [...values, ...values])).toBe(true);
      }),
    );
    expect(valueEquals('a', ['a'])).toBe(true);
    expect(valueEquals('a', ['a', 'b'])).toBe(false);
    expect(valueEquals(undefined, undefined)).toBe(true);
    expect(valueEquals(undefined, '')).toBe(false);
  });

  it('tell references apart by their id, not by the DN text', () => {
    expect(scalarEquals({ ref: '1', dn: 'CN=a' }, { ref: '1', dn: 'CN=b' })).toBe(true);
    expect(scalarEquals({ ref: '1' }, { ref: '2' })).toBe(false);
    expect(scalarEquals(1n, '1')).toBe(false);
  });

  it('a set of one value is multi-valued', () => {
    expect(isMulti(['a'])).toBe(true);
    expect(isMulti('a')).toBe(false);
    expect(valuesOf(undefined)).toEqual([]);
    expect(valuesOf('a')).toEqual(['a']);
  });
});
