import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dnKey, escapeRdnValue, isInDomain, isUnder, parentDn, rdnOf, rdnValue, splitDn } from './dn.js';
import { parseExtendedDn } from './extended-dn.js';
import { guidBytes, guidText } from './guid.js';
import { sidText } from './sid.js';

describe('GUIDs', () => {
  it('are written with the first three parts little-endian', () => {
    const bytes = Buffer.from('018a9c45feb10e4ab3dc4d2ae8bd6b69'.slice(0, 32), 'hex');
    expect(guidText(bytes)).toBe('459c8a01-b1fe-4a0e-b3dc-4d2ae8bd6b69');
  });
  it('survive the way to text and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) =>
        guidBytes(guidText(Buffer.from(bytes))).equals(Buffer.from(bytes)),
      ),
    );
  });
  it('are refused in any other length', () => {
    expect(() => guidText(Buffer.alloc(15))).toThrow(RangeError);
    expect(() => guidBytes('not-a-guid')).toThrow(RangeError);
  });
});

describe('SIDs', () => {
  it('are written in the S-1-5 form', () => {
    expect(sidText(Buffer.from('AQIAAAAAAAUgAAAAIQIAAA==', 'base64'))).toBe('S-1-5-32-545');
  });
  it('are refused when truncated', () => {
    expect(() => sidText(Buffer.from('AQIAAAAAAAUgAAAA', 'base64'))).toThrow(RangeError);
  });
});

describe('DNs', () => {
  it('are cut at unescaped commas only', () => {
    const dn = 'CN=Müller\\, Kim\\\\,OU=Operations\\, EMEA,DC=corp,DC=test';
    expect(splitDn(dn)).toEqual(['CN=Müller\\, Kim\\\\', 'OU=Operations\\, EMEA', 'DC=corp', 'DC=test']);
    expect(rdnOf(dn)).toBe('CN=Müller\\, Kim\\\\');
    expect(parentDn(dn)).toBe('OU=Operations\\, EMEA,DC=corp,DC=test');
    expect(rdnValue('CN=M\\C3\\BCller\\, Kim')).toBe('Müller, Kim');
  });
  it('are equal without regard to case, spacing and form of the escapes', () => {
    expect(dnKey('ou=A\\2C B, DC=Corp,dc=test')).toBe(dnKey('OU=a\\, b,DC=corp,DC=test'));
  });
  it('lie under themselves and their ancestors, not under names that merely end alike', () => {
    expect(isUnder('CN=a,OU=x,DC=t', 'ou=X,dc=T')).toBe(true);
    expect(isUnder('OU=x,DC=t', 'OU=x,DC=t')).toBe(true);
    expect(isUnder('CN=a,OU=yx,DC=t', 'OU=x,DC=t')).toBe(false);
    expect(isInDomain('CN=a,OU=x,DC=corp,DC=t', 'DC=corp,DC=t')).toBe(true);
    expect(isInDomain('DC=corp,DC=t', 'dc=corp, dc=t')).toBe(true);
    expect(isInDomain('OU=x,DC=child,DC=corp,DC=t', 'DC=corp,DC=t')).toBe(false);
  });
  it('keep any value through escaping', () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\u0000'));
    fc.assert(
      fc.property(value, (text) => {
        const dn = `CN=${escapeRdnValue(text)},DC=t`;
        expect(splitDn(dn)).toHaveLength(2);
        expect(rdnValue(rdnOf(dn))).toBe(text);
      }),
    );
  });
});

describe('extended DNs', () => {
  it('give the GUID in lower case and the plain DN', () => {
    expect(parseExtendedDn('<GUID=459C8A01-B1FE-470E-B3DC-4D2AE8BD6B69>;<SID=S-1-5-21-1>;CN=a\\, b,DC=t')).toEqual({
      guid: '459c8a01-b1fe-470e-b3dc-4d2ae8bd6b69',
      sid: 'S-1-5-21-1',
      dn: 'CN=a\\, b,DC=t',
    });
  });
  it('may be plain', () => {
    expect(parseExtendedDn('CN=a,DC=t')).toEqual({ guid: undefined, sid: undefined, dn: 'CN=a,DC=t' });
  });
});
