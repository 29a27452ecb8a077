import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInContainerScope } from './container-scope.js';
import { matchOneToOne } from './match-one-to-one.js';
import { decodeWritten, guidBytes, guidText, sidBytes } from './values.js';

const noReference = (dn: string) => ({ ref: dn, dn });

describe('written values', () => {
  it('follow the type of the attribute', () => {
    expect(decodeWritten(77n, { type: 'string', multiValued: false }, noReference)).toBe('77');
    expect(decodeWritten('77', { type: 'number', multiValued: false }, noReference)).toBe(77n);
    expect(decodeWritten('TRUE', { type: 'boolean', multiValued: false }, noReference)).toBe(true);
    expect(decodeWritten('a', { type: 'string', multiValued: true }, noReference)).toEqual(['a']);
    expect(decodeWritten(['a'], { type: 'string', multiValued: false }, noReference)).toBe('a');
    expect(decodeWritten([], undefined, noReference)).toBeUndefined();
    expect(decodeWritten('CN=A', { type: 'reference', multiValued: true }, noReference)).toEqual([
      { ref: 'CN=A', dn: 'CN=A' },
    ]);
  });

  it('have GUIDs in Windows order and SIDs as MS-DTYP lays them out', () => {
    expect(Buffer.from(guidBytes('00112233-4455-6677-8899-aabbccddeeff')).toString('base64')).toBe(
      'MyIRAFVEd2aImaq7zN3u/w==',
    );
    expect(Buffer.from(sidBytes('S-1-5-21-2127521184-1604012920-1887927527-72713')).toString('hex')).toBe(
      '010500000000000515000000a065cf7e784b9b5fe77c8770091c0100',
    );
  });

  it('give back every GUID', () => {
    fc.assert(fc.property(fc.uuid(), (guid) => guidText(guidBytes(guid)) === guid));
  });
});

describe('matching entries to candidates', () => {
  it('finds an assignment whenever there is one', () => {
    expect(matchOneToOne(2, 2, (entry, candidate) => entry === 0 || candidate === 0)).toEqual([1, 0]);
    expect(matchOneToOne(2, 1, () => true).filter((one) => one === undefined)).toHaveLength(1);
  });
});

describe('container scope', () => {
  it('is decided by the nearest listed ancestor', () => {
    const scope = { include: ['OU=Corp,DC=x'], exclude: ['DC=x', 'OU=Old,OU=Corp,DC=x'] };
    expect(isInContainerScope('CN=A,OU=Corp,DC=x', scope)).toBe(true);
    expect(isInContainerScope('CN=A,OU=Old,OU=Corp,DC=x', scope)).toBe(false);
    expect(isInContainerScope('CN=A,DC=x', scope)).toBe(false);
    expect(isInContainerScope('CN=A,DC=y', { domains: ['x'] })).toBe(false);
  });
});
