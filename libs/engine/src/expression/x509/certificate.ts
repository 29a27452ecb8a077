import { DateTime } from '../date/date-time.js';
import { encodeHex } from '../encoding/hex.js';
import { sha1 } from '../encoding/sha1.js';
import { decodeLatin1 } from '../encoding/utf16.js';
import { children, DerError, expectTag, readElement, readElements, readOid, tags, type DerElement } from './der.js';
import { readName, type X509Name } from './distinguished-name.js';

/** The parts of an X.509 certificate that the functions show. */
export interface Certificate {
  readonly version: number;
  /** Upper-case hex of the number's bytes as encoded. */
  readonly serialNumber: string;
  readonly signatureAlgorithm: string;
  readonly issuer: X509Name;
  readonly subject: X509Name;
  readonly notBefore: DateTime;
  readonly notAfter: DateTime;
  readonly keyAlgorithm: string;
  /** Upper-case hex of the encoded algorithm parameters; empty when there are none. */
  readonly keyParameters: string;
  readonly extensions: readonly CertificateExtension[];
  /** SHA-1 of the whole certificate, upper-case hex. */
  readonly thumbprint: string;
}

export interface CertificateExtension {
  readonly oid: string;
  readonly critical: boolean;
  /** The encoded extension value (contents of its OCTET STRING). */
  readonly value: Uint8Array;
}

/*
 * RFC 5280 §4.1
 * Certificate    ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
 * TBSCertificate ::= SEQUENCE { version [0] INTEGER DEFAULT v1, serialNumber INTEGER, signature AlgorithmIdentifier,
 *   issuer Name, validity SEQUENCE { notBefore Time, notAfter Time }, subject Name,
 *   subjectPublicKeyInfo SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING },
 *   issuerUniqueID [1] OPTIONAL, subjectUniqueID [2] OPTIONAL, extensions [3] OPTIONAL }
 */

/** Reads DER bytes; undefined when they are not a certificate. */
export function readCertificate(bytes: Uint8Array): Certificate | undefined {
  try {
    const outer = readElement(bytes);
    const [body, algorithm, signature] = children(outer, tags.sequence);
    expectTag(signature, tags.bitString);
    return readBody(children(body, tags.sequence), algorithm, outer.whole);
  } catch (error) {
    // Arbitrary bytes are asked about (IsCert); only reading errors mean "not a certificate".
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function readBody(parts: readonly DerElement[], algorithm: DerElement | undefined, whole: Uint8Array): Certificate {
  const [versionPart] = parts;
  const explicitVersion = versionPart?.tag === 0xa0;
  const [serial, , issuer, validity, subject, key, ...optional] = explicitVersion ? parts.slice(1) : parts;
  const [notBefore, notAfter] = children(validity, tags.sequence);
  const [keyInfo] = children(key, tags.sequence);
  const [keyOid, keyParameters] = children(keyInfo, tags.sequence);
  return {
    version: explicitVersion ? (readElement(versionPart.contents).contents[0] ?? 0) + 1 : 1,
    serialNumber: encodeHex(expectTag(serial, tags.integer).contents),
    signatureAlgorithm: readOid(children(algorithm, tags.sequence)[0]),
    issuer: readName(issuer),
    subject: readName(subject),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    keyAlgorithm: readOid(keyOid),
    keyParameters: keyParameters === undefined ? '' : encodeHex(keyParameters.whole),
    extensions: readExtensions(optional.find((part) => part.tag === 0xa3)),
    thumbprint: encodeHex(sha1(whole)),
  };
}

/** Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }. */
function readExtensions(part: DerElement | undefined): readonly CertificateExtension[] {
  if (part === undefined) return [];
  return children(readElements(part.contents)[0], tags.sequence).map((extension) => {
    const [oid, ...rest] = children(extension, tags.sequence);
    const critical = rest.some((item) => item.tag === tags.boolean && item.contents[0] !== 0);
    return { oid: readOid(oid), critical, value: expectTag(rest.at(-1), tags.octetString).contents };
  });
}

/** UTCTime YYMMDDhhmmssZ (years 1950 to 2049) or GeneralizedTime YYYYMMDDhhmmssZ (RFC 5280 §4.1.2.5). */
function readTime(element: DerElement | undefined): DateTime {
  const generalized = element?.tag === tags.generalizedTime;
  if (!generalized) expectTag(element, tags.utcTime);
  const digits = /^(?:\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z$/.exec(
    decodeLatin1(element?.contents ?? new Uint8Array()),
  );
  const text = digits?.[0] ?? '';
  const year = generalized
    ? Number(text.slice(0, 4))
    : Number(text.slice(0, 2)) + (Number(text.slice(0, 2)) < 50 ? 2000 : 1900);
  const rest = text.slice(generalized ? 4 : 2, -1);
  const two = (index: number): number => Number(rest.slice(index * 2, index * 2 + 2));
  const parts = { year, month: two(0), day: two(1), hour: two(2), minute: two(3), second: two(4), fraction: 0 };
  const time = digits === null ? undefined : DateTime.fromParts(parts);
  if (time === undefined) throw new DerError('time');
  return time;
}
