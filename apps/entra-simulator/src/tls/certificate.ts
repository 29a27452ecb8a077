import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import * as der from './der.js';

/** A certificate with its private key, both in PEM. */
export interface Identity {
  readonly certificate: string;
  readonly privateKey: string;
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

interface CertificateRequest {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly issuerKey: KeyPair;
  readonly extensions: readonly Buffer[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const DAY_MS = 86_400_000;
const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const keyId = (key: KeyObject): Buffer => createHash('sha1').update(spki(key)).digest();
const algorithm = (): Buffer => der.sequence(der.objectIdentifier(OID.ecdsaWithSha256));
const name = (commonName: string): Buffer =>
  der.sequence(der.set(der.sequence(der.objectIdentifier(OID.commonName), der.utf8String(commonName))));

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.objectIdentifier(oid), ...flag, der.octetString(value));
}

/** A certificate of RFC 5280 4.1, signed with ECDSA and SHA-256, in PEM. */
function certificate(request: CertificateRequest): string {
  const identifiers = [
    extension(OID.subjectKeyIdentifier, false, der.octetString(keyId(request.publicKey))),
    extension(
      OID.authorityKeyIdentifier,
      false,
      der.sequence(der.contextPrimitive(0, keyId(request.issuerKey.publicKey))),
    ),
  ];
  const body = der.sequence(
    der.context(0, der.integer(Buffer.from([2]))),
    der.integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    algorithm(),
    name(request.issuer),
    der.sequence(der.utcTime(request.notBefore), der.utcTime(request.notAfter)),
    name(request.subject),
    spki(request.publicKey),
    der.context(3, der.sequence(...identifiers, ...request.extensions)),
  );
  const signature = sign('sha256', body, request.issuerKey.privateKey);
  return pem(der.sequence(body, algorithm(), der.bitString(signature)));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function alternativeName(host: string): Buffer {
  const family = isIP(host);
  if (family === 4) return der.contextPrimitive(7, Buffer.from(host.split('.').map(Number)));
  if (family === 6) {
    if (host !== '::1') throw new RangeError(`only the loopback IPv6 address ::1 is supported, not ${host}`);
    return der.contextPrimitive(7, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]));
  }
  return der.contextPrimitive(2, Buffer.from(host, 'ascii'));
}

/**
 * Makes a certification authority and a server certificate of it.
 * @param hosts DNS names and IP addresses of the server.
 * @param now start of the validity, less one day for clocks that are behind.
 * @param serverKey key of the server; a new one if absent.
 */
export function makeIdentities(
  hosts: readonly string[],
  now: Date,
  serverKey: KeyPair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
): { readonly authority: Identity; readonly server: Identity } {
  const authorityKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const common = {
    issuer: 'Adjoin Entra simulator CA',
    issuerKey: authorityKey,
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + 3650 * DAY_MS),
  };
  const authority = certificate({
    ...common,
    subject: common.issuer,
    publicKey: authorityKey.publicKey,
    extensions: [
      extension(OID.basicConstraints, true, der.sequence(der.boolean(true))),
      // keyCertSign and cRLSign (RFC 5280 4.2.1.3)
      extension(OID.keyUsage, true, der.bitString(Buffer.from([0x06]), 1)),
    ],
  });
  const server = certificate({
    ...common,
    // Some clients refuse server certificates that live longer than 825 days.
    notAfter: new Date(now.getTime() + 800 * DAY_MS),
    subject: hosts[0] ?? 'localhost',
    publicKey: serverKey.publicKey,
    extensions: [
      extension(OID.basicConstraints, true, der.sequence()),
      extension(OID.keyUsage, true, der.bitString(Buffer.from([0x80]), 7)),
      extension(OID.extendedKeyUsage, false, der.sequence(der.objectIdentifier(OID.serverAuth))),
      extension(OID.subjectAltName, false, der.sequence(...hosts.map(alternativeName))),
    ],
  });
  const privatePem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    authority: { certificate: authority, privateKey: privatePem(authorityKey.privateKey) },
    server: { certificate: server, privateKey: privatePem(serverKey.privateKey) },
  };
}
