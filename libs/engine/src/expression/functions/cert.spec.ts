import { createHash, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itFails, itGives, valueOf } from '../../../test/expression-table.js';
import { sha1 } from '../encoding/sha1.js';
import { sha256 } from '../encoding/sha256.js';

/** Self-signed: O=Lab, OU="Ops, North", CN=kim, e-mail; two critical extensions; alternative names; serial 0x01A4. */
const rsa = [
  'MIICozCCAgygAwIBAgICAaQwDQYJKoZIhvcNAQELBQAwTDEMMAoGA1UECgwDTGFiMRMwEQYDVQQLDApPcHMsIE5vcnRoMQwwCgYDVQQDDANraW',
  '0xGTAXBgkqhkiG9w0BCQEWCmtpbUB6LnRlc3QwHhcNMjYxMTIxMTEzODIxWhcNMzYxMTE4MTEzODIxWjBMMQwwCgYDVQQKDANMYWIxEzARBgNV',
  'BAsMCk9wcywgTm9ydGgxDDAKBgNVBAMMA2tpbTEZMBcGCSqGSIb3DQEJARYKa2ltQHoudGVzdDCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgY',
  'EA0E0Yn44vsnpa/mNBCDOwqkO20Ror1lOfssFVcV//LvUmDi1iYz87KEgv+rHmDr/elGx/XJMq7+QWHFumsl0puWV6PqxZvc487/CJ0qD1R+s5',
  'XDtl7YsU5B4uq9JgLfdgH88je9VQenKYwwWbMwRihVD9MnQt0il0Kyv+rZeN0XUCAwEAAaOBkzCBkDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDw',
  'EB/wQEAwIHgDBOBgNVHREERzBFgQhrQHoudGVzdIIKcGMxLnoudGVzdIYPaHR0cHM6Ly96LnRlc3QvoBwGCisGAQQBgjcUAgOgDgwMa2ltQGxh',
  'Yi50ZXN0MB0GA1UdDgQWBBRyEgDU5yDLywgD53pPncCpsLWY4jANBgkqhkiG9w0BAQsFAAOBgQC8eT8lN868HERoXPf/4O6OxH5NrdiTx2XpX6',
  '2DhdCIzvqc9cT5Po6Ju+oIbTbJ0+ZN8LGkxXlr323s14mgFgRU6bTsFGQFRczmMhROk6VzrIjYeBHmqbHGtgrO4jaFHYqMmDBsEOlEDVJOaCX+',
  'VvNifY+n/l9Bf7vzL7olLHeAwg==',
].join('');
/** Self-signed, elliptic curve: O=Lab, CN=kim; serial 0x8001. */
const curve = [
  'MIIBITCByAIDAIABMAoGCCqGSM49BAMCMBwxDDAKBgNVBAoMA0xhYjEMMAoGA1UEAwwDa2ltMB4XDTI2MTEyMTExMzgyMVoXDTI2MTIwMTExMz',
  'gyMVowHDEMMAoGA1UECgwDTGFiMQwwCgYDVQQDDANraW0wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARx5+gWTlnzlAA/or+yvPgs843cgT+O',
  'cBi3GYwxDoIhP+Nb0yqL4/CaLUwqAFhN+CdEg5TK0vMdMaN1/YE/QJnDMAoGCCqGSM49BAMCA0gAMEUCIQCf3Y364i5JFzMV7frOjvnah2sSEh',
  'de5+M5VJwpYNWDTQIgBlUHIXJJYwjBEa3CNk/FWaBs2wYqsiwRUI1KS7xSjss=',
].join('');
const attributes = { c: { $binary: rsa }, curve: { $binary: curve } };
const name = 'E=kim@z.test, CN=kim, OU="Ops, North", O=Lab';
const reference = new X509Certificate(Buffer.from(rsa, 'base64'));
const iso = (date: Date): string => date.toISOString().replace('.000', '');

describe('certificate functions', () => {
  itGives(
    (
      [
        ['CertExtensionOids([c])', ['2.5.29.19', '2.5.29.15']],
        ['CertFormat([c])', 'X509'],
        ['CertFriendlyName([c])', ''],
        ['CertHashString([c])', reference.fingerprint.replaceAll(':', '')],
        ['CertThumbprint([c])', reference.fingerprint.replaceAll(':', '')],
        ['CertIssuer([c])', name],
        ['CertIssuerDN([c])', name],
        ['CertIssuerOid([c])', ''],
        ['CertKeyAlgorithm([c])', '1.2.840.113549.1.1.1'],
        ['CertKeyAlgorithmParams([c])', '0500'],
        ['CertNameInfo([c],"SimpleName",False)', 'kim'],
        ['CertNameInfo([c],SimpleName,True)', 'kim'],
        ['CertNameInfo([c],"EmailName",False)', 'k@z.test'],
        ['CertNameInfo([c],"EmailName",True)', 'kim@z.test'],
        ['CertNameInfo([c],"UpnName",False)', 'kim@lab.test'],
        ['CertNameInfo([c],"DnsName",False)', 'pc1.z.test'],
        ['CertNameInfo([curve],"DnsName",False)', 'kim'],
        ['CertNameInfo([c],"DnsFromAlternativeName",False)', 'pc1.z.test'],
        ['CertNameInfo([curve],"DnsFromAlternativeName",False)', ''],
        ['CertNameInfo([c],"UrlName",False)', 'https://z.test/'],
        ['CertNotAfter([c])', iso(reference.validToDate)],
        ['CertNotBefore([c])', iso(reference.validFromDate)],
        ['CertPublicKeyOid([c])', '1.2.840.113549.1.1.1'],
        ['CertPublicKeyOid([curve])', '1.2.840.10045.2.1'],
        ['CertPublicKeyParametersOid([c])', '1.2.840.113549.1.1.1'],
        ['CertKeyAlgorithmParams([curve])', '06082A8648CE3D030107'],
        ['CertSerialNumber([c])', '01A4'],
        ['CertSerialNumber([curve])', '008001'],
        ['CertSignatureAlgorithmOid([c])', '1.2.840.113549.1.1.11'],
        ['CertSubject([c])', name],
        ['CertSubject([curve])', 'CN=kim, O=Lab'],
        ['CertSubjectNameDN([c])', name],
        ['CertSubjectNameOid([c])', ''],
        ['CertVersion([c])', '3'],
        ['CertSubject(ConvertToBase64([c]))', name],
        ['IsCert([c])', true],
        ['IsCert(ConvertToBase64([c]))', true],
        ['CertSubject([no])', null],
        ['Count(Where($x,[v],IsCert($x) && CertNotAfter($x)>Now()))', 1],
      ] as const
    ).map(([expression, value]) => [
      expression,
      value,
      { ...attributes, v: [{ $binary: rsa }, { $binary: 'AQID' }, { $binary: Buffer.from('x').toString('base64') }] },
    ]),
  );
  itFails([
    ['CertSubject("x")', 'evaluation', '"x"'],
    ['CertSubject([b])', 'evaluation', '[b]', { b: { $binary: 'MAA=' } }],
    ['CertNameInfo([c],"NickName",False)', 'argument-type', '"NickName"', attributes],
  ]);

  it('reads the bytes of a Base64 text and a PEM text', () => {
    const asBytes = { $binary: Buffer.from(rsa).toString('base64') };
    expect(valueOf('CertSerialNumber([c])', { attributes: { c: asBytes } })).toBe('01A4');
    expect(valueOf('CertSerialNumber([c])', { attributes: { c: reference.toString() } })).toBe('01A4');
  });

  it('never takes damaged bytes for a certificate without saying so, and never crashes', () => {
    const whole = Buffer.from(rsa, 'base64');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (index, byte, length) => {
        const damaged = Uint8Array.from(whole.subarray(0, length));
        if (index < length) damaged[index] = byte;
        const b = { $binary: Buffer.from(damaged).toString('base64') };
        const isCertificate = valueOf('IsCert([b])', { attributes: { b } });
        if (isCertificate === true) expect(typeof valueOf('CertSubject([b])', { attributes: { b } })).toBe('string');
      }),
    );
  });

  it('hashes as FIPS 180-4 says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(sha1(bytes)).toEqual(Uint8Array.from(createHash('sha1').update(bytes).digest()));
        expect(sha256(bytes)).toEqual(Uint8Array.from(createHash('sha256').update(bytes).digest()));
      }),
    );
  });
});
