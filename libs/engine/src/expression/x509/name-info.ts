import { decodeLatin1 } from '../encoding/utf16.js';
import type { Certificate } from './certificate.js';
import { children, DerError, readElement, readElements, readOid, tags, type DerElement } from './der.js';
import { readString, type X509Name } from './distinguished-name.js';

/** Kinds of names of X509Certificate2.GetNameInfo. */
export const nameKinds = [
  'SimpleName',
  'EmailName',
  'UpnName',
  'DnsName',
  'DnsFromAlternativeName',
  'UrlName',
] as const;
export type NameKind = (typeof nameKinds)[number];

const commonName = '2.5.4.3';
const emailAddress = '1.2.840.113549.1.9.1';
/** Common name, organizational unit, organization, e-mail: the first one found is the simple name. */
const simpleNameOrder = [commonName, '2.5.4.11', '2.5.4.10', emailAddress];
const userPrincipalName = '1.3.6.1.4.1.311.20.2.3';
const subjectAlternativeName = '2.5.29.17';
const issuerAlternativeName = '2.5.29.18';

/** GeneralName tags of RFC 5280 §4.2.1.6. */
const generalName = { other: 0xa0, email: 0x81, dns: 0x82, url: 0x86 } as const;

/** The subject's or issuer's name of a kind, as X509Certificate2.GetNameInfo gives it; "" when there is none. */
export function nameInfo(certificate: Certificate, kind: NameKind, ofIssuer: boolean): string {
  const name = ofIssuer ? certificate.issuer : certificate.subject;
  const oid = ofIssuer ? issuerAlternativeName : subjectAlternativeName;
  const extension = certificate.extensions.find((candidate) => candidate.oid === oid);
  const alternative = (tag: number): string => (extension === undefined ? '' : alternativeName(extension.value, tag));
  switch (kind) {
    case 'SimpleName':
      return simpleName(name) || alternative(generalName.email);
    case 'EmailName':
      return alternative(generalName.email) || partOf(name, emailAddress);
    case 'UpnName':
      return alternative(generalName.other);
    case 'DnsName':
      return alternative(generalName.dns) || partOf(name, commonName);
    case 'DnsFromAlternativeName':
      return alternative(generalName.dns);
    case 'UrlName':
      return alternative(generalName.url);
  }
}

function simpleName(name: X509Name): string {
  for (const oid of simpleNameOrder) {
    const value = partOf(name, oid);
    if (value !== '') return value;
  }
  return name[0]?.[0]?.value ?? '';
}

/** The last part of a type in the encoding is the most specific one. */
function partOf(name: X509Name, oid: string): string {
  return name.flat().findLast((part) => part.oid === oid)?.value ?? '';
}

function alternativeName(extension: Uint8Array, tag: number): string {
  try {
    for (const element of children(readElement(extension), tags.sequence)) {
      if (element.tag !== tag) continue;
      const value = tag === generalName.other ? principalName(element) : decodeLatin1(element.contents);
      if (value !== undefined) return value;
    }
    return '';
  } catch (error) {
    // A damaged extension has no names; the certificate itself is readable.
    if (error instanceof DerError) return '';
    throw error;
  }
}

/** OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }. */
function principalName(element: DerElement): string | undefined {
  const [type, value] = readElements(element.contents);
  if (value === undefined || readOid(type) !== userPrincipalName) return undefined;
  return readString(readElement(value.contents));
}
