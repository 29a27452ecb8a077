import type { WireScalar } from '@adjoin/contracts';
import { describe, expect, it } from 'vitest';
import type { RawEntry } from '../connection/raw-entry.js';
import { attributeSchemaOf, type AttributeSchema } from './attribute-schema.js';
import { decodeValues, DecodeError } from './decode-value.js';

const GUID = '459c8a01-b1fe-470e-b3dc-4d2ae8bd6b69';
const SID = Buffer.from('010500000000000515000000aabbccdd11223344556677885104000', 'hex');

/** An attributeSchema entry as a server sends it. */
function schemaOf(syntax: string, more: Readonly<Record<string, string>> = {}): AttributeSchema {
  const values = { lDAPDisplayName: 'x', attributeSyntax: syntax, isSingleValued: 'TRUE', ...more };
  const attributes = Object.entries(values).map(([name, value]) => ({
    name,
    option: undefined,
    values: [Buffer.from(value)],
  }));
  const entry: RawEntry = { dn: 'CN=X,CN=Schema', attributes, size: 0 };
  const schema = attributeSchemaOf(entry);
  if (schema === undefined) throw new Error('no schema');
  return schema;
}

/** Every syntax of [MS-ADTS] 3.1.1.2.2.2: its name there, its attributeSyntax, a value on the wire, and what is published. */
const SYNTAXES: readonly (readonly [string, string, string | Buffer, WireScalar])[] = [
  ['Object(DS-DN)', '2.5.5.1', `<GUID=${GUID}>;<SID=S-1-5-21-1>;CN=a\\, b,DC=t`, { $ref: GUID, dn: 'CN=a\\, b,DC=t' }],
  ['String(Object-Identifier)', '2.5.5.2', '1.2.840.113556.1.5.9', '1.2.840.113556.1.5.9'],
  ['String(Case)', '2.5.5.3', 'MiXed', 'MiXed'],
  ['String(Teletex)', '2.5.5.4', 'CaseIgnored', 'CaseIgnored'],
  ['String(Printable)', '2.5.5.5', 'Printable', 'Printable'],
  ['String(IA5)', '2.5.5.5', 'a@b.test', 'a@b.test'],
  ['String(Numeric)', '2.5.5.6', '0049 30', '0049 30'],
  ['Object(DN-Binary)', '2.5.5.7', `B:8:0a0b0c0d:<GUID=${GUID}>;CN=a,DC=t`, 'B:8:0a0b0c0d:CN=a,DC=t'],
  ['Object(OR-Name)', '2.5.5.7', 'CN=a,DC=t', 'CN=a,DC=t'],
  ['Boolean', '2.5.5.8', 'FALSE', false],
  ['Integer', '2.5.5.9', '-2147483646', -2147483646],
  ['Enumeration', '2.5.5.9', '2', 2],
  ['String(Octet)', '2.5.5.10', Buffer.from([0, 1, 0xff]), { $binary: 'AAH/' }],
  ['String(UTC-Time)', '2.5.5.11', '261121112547Z', '261121112547Z'],
  ['String(Generalized-Time)', '2.5.5.11', '20261121112547.0Z', '20261121112547.0Z'],
  ['String(Unicode)', '2.5.5.12', 'Žofie 🌍', 'Žofie 🌍'],
  ['Object(Presentation-Address)', '2.5.5.13', 'TELEX+00728722', 'TELEX+00728722'],
  ['Object(DN-String)', '2.5.5.14', `S:4:text:<GUID=${GUID}>;CN=a,DC=t`, 'S:4:text:CN=a,DC=t'],
  ['Object(Access-Point)', '2.5.5.14', 'CN=a,DC=t', 'CN=a,DC=t'],
  ['String(NT-Sec-Desc)', '2.5.5.15', Buffer.from([1, 0, 4, 0x80]), { $binary: 'AQAEgA==' }],
  ['LargeInteger', '2.5.5.16', '-9223372036854775808', { $int: '-9223372036854775808' }],
  ['String(Sid)', '2.5.5.17', SID, { $binary: SID.toString('base64') }],
];

describe('a syntax of Active Directory', () => {
  it.each(SYNTAXES)(
    '%s (%s) is decoded by the schema, as one value and as several',
    (_name, syntax, wire, expected) => {
      const value = typeof wire === 'string' ? Buffer.from(wire, 'utf8') : wire;
      expect(decodeValues(schemaOf(syntax), [value])).toEqual(expected);
      const several = schemaOf(syntax, { isSingleValued: 'FALSE' });
      expect(decodeValues(several, [value, value])).toEqual([expected, expected]);
    },
  );

  it('has 17 numbers, and all of them are here', () => {
    const numbers = new Set(SYNTAXES.map(([, syntax]) => Number(syntax.split('.').at(-1))));
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
  });

  it('that is unknown is kept as bytes', () => {
    expect(decodeValues(schemaOf('2.5.5.99'), [Buffer.from('text')])).toEqual({ $binary: 'dGV4dA==' });
  });

  it.each([
    ['2.5.5.8', Buffer.from('1')],
    ['2.5.5.9', Buffer.from('0x10')],
    ['2.5.5.12', Buffer.from([0xc3, 0x28])],
    ['2.5.5.16', Buffer.from('')],
  ])('%s with a value that is none is an error of that object', (syntax, value) => {
    expect(() => decodeValues(schemaOf(syntax), [value])).toThrow(DecodeError);
  });

  it.each([
    ['2', 'forward'],
    ['3', 'back'],
  ])('with linkID %s is a %s link', (linkID, link) => {
    expect(schemaOf('2.5.5.1', { linkID })).toMatchObject({ kind: 'dn', link });
  });
});
