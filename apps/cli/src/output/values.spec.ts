import { describe, expect, it } from 'vitest';
import { ageText, valueText } from './values.js';

describe('values for people', () => {
  it('writes GUIDs and SIDs in their usual form', () => {
    const guid = Buffer.from('33221100554477668899aabbccddeeff', 'hex').toString('base64');
    expect(valueText('objectGUID', { $binary: guid })).toBe('00112233-4455-6677-8899-aabbccddeeff');
    const sid = Buffer.from('010500000000000515000000010000000200000003000000e9030000', 'hex').toString('base64');
    expect(valueText('objectSid', { $binary: sid })).toBe('S-1-5-21-1-2-3-1001');
    expect(valueText('thumbnailPhoto', { $binary: 'AAAA' })).toBe('AAAA (base64)');
  });

  it('writes lists, references, large integers and cleared values', () => {
    expect(valueText('a', ['x', 'y'])).toBe('x; y');
    expect(valueText('manager', { $ref: 'id', dn: 'CN=Boss' })).toBe('CN=Boss');
    expect(valueText('n', { $int: '9007199254740993' })).toBe('9007199254740993');
    expect(valueText('a', null)).toBe('(cleared)');
  });

  it('writes ages in the unit that reads best', () => {
    expect([null, 3, 600, 10_000].map(ageText)).toEqual(['never', '3 s', '10 min', '3 h']);
  });
});
