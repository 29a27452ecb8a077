import { decodeLatin1, decodeUtf16 } from '../encoding/utf16.js';
import { decodeUtf8 } from '../encoding/utf8.js';
import { children, readOid, tags, type DerElement } from './der.js';

/** One `type=value` of a name, in the order of the encoding. */
export interface NamePart {
  readonly oid: string;
  readonly value: string;
}

/** The relative names of an X.501 Name; each has one or more parts. */
export type X509Name = readonly (readonly NamePart[])[];

/** Name types as .NET prints them; others appear as `OID.1.2.3`. */
const labels: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'S'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'T'],
  ['2.5.4.13', 'Description'],
  ['2.5.4.17', 'PostalCode'],
  ['2.5.4.20', 'Phone'],
  ['2.5.4.42', 'G'],
  ['2.5.4.43', 'I'],
  ['2.5.4.46', 'dnQualifier'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'E'],
]);

/** RFC 5280 §4.1.2.4: Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }. */
export function readName(element: DerElement | undefined): X509Name {
  return children(element, tags.sequence).map((set) =>
    children(set, tags.set).map((pair) => {
      const [type, value] = children(pair, tags.sequence);
      return { oid: readOid(type), value: value === undefined ? '' : readString(value) };
    }),
  );
}

/** Text of a directory string by its tag. */
export function readString({ tag, contents }: DerElement): string {
  switch (tag) {
    case 0x0c:
      return decodeUtf8(contents) ?? decodeLatin1(contents);
    case 0x1e:
      return decodeUtf16(contents, true) ?? '';
    default:
      return decodeLatin1(contents);
  }
}

/** The name as .NET shows it: last part first, `, ` between, values in quotes where needed. */
export function formatName(name: X509Name): string {
  return name
    .map((parts) => parts.map(({ oid, value }) => `${labels.get(oid) ?? `OID.${oid}`}=${quoted(value)}`).join(' + '))
    .reverse()
    .join(', ');
}

function quoted(value: string): string {
  const needed = value === '' || /^\s|\s$|[,+="\n<>#;]/.test(value);
  return needed ? `"${value.replaceAll('"', '""')}"` : value;
}
