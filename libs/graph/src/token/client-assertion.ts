import { X509Certificate, createHash, createPrivateKey, randomUUID, sign, constants } from 'node:crypto';
import { SyncError } from '@adjoin/contracts';

/**
 * Signed statement that proves possession of the application's certificate (RFC 7523; claims as the Microsoft identity platform wants
 * them: aud = token endpoint, iss = sub = client id, thumbprint in `x5t#S256`, PS256).
 * @param pem certificate and private key in one PEM text.
 */
export function clientAssertion(pem: string, clientId: string, audience: string, nowMs: number): string {
  const { thumbprint, key } = parse(pem);
  const now = Math.floor(nowMs / 1000);
  const header = encode({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint });
  const claims = encode({
    aud: audience,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    nbf: now - 60,
    iat: now,
    exp: now + 540,
  });
  const input = `${header}.${claims}`;
  const signature = sign('sha256', Buffer.from(input), {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
  return `${input}.${signature.toString('base64url')}`;
}

function parse(pem: string): { thumbprint: string; key: ReturnType<typeof createPrivateKey> } {
  try {
    const certificate = new X509Certificate(pem);
    return { thumbprint: createHash('sha256').update(certificate.raw).digest('base64url'), key: createPrivateKey(pem) };
  } catch (cause) {
    throw new SyncError(
      'ADJ-CFG-0002',
      'The client certificate file must hold a certificate and its private key in PEM.',
      { cause },
    );
  }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
