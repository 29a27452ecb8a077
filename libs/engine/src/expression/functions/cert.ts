import { isBytes } from '../../attribute/value.js';
import { decodeBase64 } from '../encoding/base64.js';
import { sha256 } from '../encoding/sha256.js';
import { decodeLatin1 } from '../encoding/utf16.js';
import { define, text } from '../function-definition.js';
import { FunctionFailure } from '../problem.js';
import { setOf, type ExpressionValue } from '../value-type.js';
import { readCertificate, type Certificate } from '../x509/certificate.js';
import { formatName } from '../x509/distinguished-name.js';
import { nameInfo, nameKinds } from '../x509/name-info.js';

/** Semantics of .NET X509Certificate2, except that dates are UTC. */
export const certificateFunctions = [
  show('mvstr CertExtensionOids', 'Object identifiers of the critical extensions.', ({ extensions }) =>
    setOf(extensions.filter((extension) => extension.critical).map((extension) => extension.oid)),
  ),
  show('str CertFormat', 'The format of the certificate: X509.', () => 'X509'),
  show('str CertFriendlyName', 'The alias of the certificate; the data has none, so "".', () => ''),
  show('str CertHashString', 'SHA-1 of the certificate in hex.', ({ thumbprint }) => thumbprint),
  show('str CertIssuer', 'Name of the authority that issued it.', ({ issuer }) => formatName(issuer)),
  show('str CertIssuerDN', 'DN of the issuer.', ({ issuer }) => formatName(issuer)),
  // The Oid of a name exists in .NET but is not filled for certificates that are loaded.
  show('str CertIssuerOid', 'Object identifier of the issuer name; "".', () => ''),
  show('str CertKeyAlgorithm', 'Object identifier of the key algorithm.', ({ keyAlgorithm }) => keyAlgorithm),
  show('str CertKeyAlgorithmParams', 'Parameters of the key algorithm in hex.', ({ keyParameters }) => keyParameters),
  define(
    'str CertNameInfo(bin|str certificateRawData, enum x509NameType, bool includesIssuerName)',
    'Name of a kind (SimpleName, EmailName, UpnName, DnsName, DnsFromAlternativeName, UrlName) of the subject or the issuer.',
    ([data, kind, ofIssuer]) => {
      const known = nameKinds.find((candidate) => candidate === kind);
      if (known !== undefined) return nameInfo(certificateOf(data), known, ofIssuer === true);
      throw new FunctionFailure(`Unknown name type "${text(kind)}"; use ${nameKinds.join(', ')}.`, 'argument-type', 1);
    },
  ),
  show('dt CertNotAfter', 'End of validity, in UTC.', ({ notAfter }) => notAfter),
  show('dt CertNotBefore', 'Start of validity, in UTC.', ({ notBefore }) => notBefore),
  show('str CertPublicKeyOid', 'Object identifier of the public key.', ({ keyAlgorithm }) => keyAlgorithm),
  show(
    'str CertPublicKeyParametersOid',
    'Object identifier of the public-key parameters.',
    ({ keyAlgorithm }) => keyAlgorithm,
  ),
  show('str CertSerialNumber', 'Serial number in hex.', ({ serialNumber }) => serialNumber),
  show(
    'str CertSignatureAlgorithmOid',
    'Object identifier of the signature algorithm.',
    (certificate) => certificate.signatureAlgorithm,
  ),
  show('str CertSubject', 'DN of the subject.', ({ subject }) => formatName(subject)),
  show('str CertSubjectNameDN', 'DN of the subject.', ({ subject }) => formatName(subject)),
  show('str CertSubjectNameOid', 'Object identifier of the subject name; "".', () => ''),
  show('str CertThumbprint', 'SHA-1 of the certificate in hex.', ({ thumbprint }) => thumbprint),
  show('str CertVersion', 'X.509 version, as text.', ({ version }) => String(version)),
  define(
    'bin Thumbprint(bin data)',
    'SHA-256 of the bytes, as the key identifier of a key credential ([MS-ADTS] 2.2.20).',
    ([data]) => (isBytes(data) ? sha256(data) : null),
    { undocumented: true },
  ),
];

function show(head: string, summary: string, read: (certificate: Certificate) => ExpressionValue) {
  return define(`${head}(bin|str certificateRawData)`, summary, ([data]) => read(certificateOf(data)));
}

function certificateOf(data: ExpressionValue | undefined): Certificate {
  const bytes = certificateBytes(data);
  const certificate = bytes && readCertificate(bytes);
  if (certificate !== undefined) return certificate;
  throw new FunctionFailure('The data is not an X.509 certificate; test with IsCert.', 'evaluation', 0);
}

/** DER from DER bytes, from Base64 or PEM text, or from the bytes of such a text; undefined when it is none. */
export function certificateBytes(data: ExpressionValue | undefined): Uint8Array | undefined {
  // DER starts with the tag of a SEQUENCE, a character that Base64 and PEM texts of certificates do not start with.
  if (isBytes(data)) return data[0] === 0x30 ? data : fromText(decodeLatin1(data));
  return typeof data === 'string' ? fromText(data) : undefined;
}

function fromText(data: string): Uint8Array | undefined {
  return decodeBase64(data.replace(/-----(?:BEGIN|END) CERTIFICATE-----/g, ''));
}
