import { describe, expect, it } from 'vitest';
import type { AttributeKind, AttributeSchema } from './attribute-schema.js';
import { decodeValues, DecodeError } from './decode-value.js';

const schema = (kind: AttributeKind, singleValued = true): AttributeSchema => ({
  name: 'x',
  kind,
  singleValued,
  link: undefined,
});
const text = (...values: string[]): Buffer[] => values.map((value) => Buffer.from(value, 'utf8'));

describe('decodeValues', () => {
  it('makes an array of a multi-valued attribute also with one value', () => {
    expect(decodeValues(schema('text', false), text('a'))).toEqual(['a']);
    expect(decodeValues(schema('text'), text('a'))).toBe('a');
  });
  it('is null for an attribute without values', () => {
    expect(decodeValues(schema('text', false), [])).toBeNull();
  });
  it('keeps every digit of large integers', () => {
    expect(decodeValues(schema('largeInteger'), text('9223372036854775807'))).toEqual({ $int: '9223372036854775807' });
    expect(decodeValues(schema('integer'), text('-2147483643'))).toBe(-2147483643);
  });
  it('keeps bytes that happen to be text as bytes', () => {
    expect(decodeValues(schema('bytes'), text('0123456789abcdef'))).toEqual({
      $binary: Buffer.from('0123456789abcdef').toString('base64'),
    });
  });
  it('knows Booleans and times', () => {
    expect(decodeValues(schema('boolean'), text('TRUE'))).toBe(true);
    expect(decodeValues(schema('time'), text('20261121112547.0Z'))).toBe('20261121112547.0Z');
  });
  it('makes references of DNs that carry a GUID', () => {
    expect(decodeValues(schema('dn'), text('<GUID=459c8a01-b1fe-470e-b3dc-4d2ae8bd6b69>;CN=a,DC=t'))).toEqual({
      $ref: '459c8a01-b1fe-470e-b3dc-4d2ae8bd6b69',
      dn: 'CN=a,DC=t',
    });
  });
  it('keeps the data of a DN with data', () => {
    expect(
      decodeValues(schema('dnWithData'), text('B:4:0aFF:<GUID=459c8a01-b1fe-470e-b3dc-4d2ae8bd6b69>;CN=a,DC=t')),
    ).toBe('B:4:0aFF:CN=a,DC=t');
  });
  it.each<[AttributeKind, Buffer]>([
    ['text', Buffer.from([0xff, 0xfe])],
    ['integer', Buffer.from('12a')],
    ['boolean', Buffer.from('true')],
  ])('refuses a bad %s without showing the value', (kind, value) => {
    expect(() => decodeValues(schema(kind), [value])).toThrow(DecodeError);
  });
  it('refuses two values of a single-valued attribute', () => {
    expect(() => decodeValues(schema('text'), text('a', 'b'))).toThrow('single-valued');
  });
});
