import { X509Certificate, constants, createHash, verify } from 'node:crypto';
import { z } from 'zod';
import type { ClientApp } from './client-app.js';
import { TokenError } from './token-error.js';

const headerSchema = z.object({
  alg: z.enum(['RS256', 'PS256']),
  typ: z.string().optional(),
  x5t: z.string().optional(),
  'x5t#S256': z.string().optional(),
  kid: z.string().optional(),
});
const claimsSchema = z.object({
  aud: z.string(),
  iss: z.string(),
  sub: z.string(),
  jti: z.string().min(1),
  exp: z.number(),
  nbf: z.number().optional(),
});

const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
const malformed = (message: string): TokenError => new TokenError(400, 'invalid_request', 50027, message);

/** What an assertion must fit. */
export interface AssertionContext {
  readonly app: ClientApp;
  /** Accepted values of `aud`: the token endpoint and the issuer. */
  readonly audiences: readonly string[];
  readonly nowMs: number;
}

/**
 * Checks a signed JWT of a client (RFC 7523): certificate by thumbprint, RS256 or PS256 signature, audience, times.
 * @throws TokenError as the token endpoint would answer.
 */
export function checkAssertion(assertion: string, { app, audiences, nowMs }: AssertionContext): void {
  const [head = '', payload = '', signature = '', ...rest] = assertion.split('.');
  if (signature === '' || rest.length > 0) throw malformed('JWT token is invalid or malformed.');
  const header = parse(headerSchema, head);
  const claims = parse(claimsSchema, payload);
  const key = findCertificate(app, header);
  const signed = Buffer.from(`${head}.${payload}`);
  const padding =
    header.alg === 'PS256'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { padding: constants.RSA_PKCS1_PADDING };
  if (!verify('sha256', signed, { key: key.publicKey, ...padding }, Buffer.from(signature, 'base64url'))) {
    throw new TokenError(401, 'invalid_client', 700027, 'Client assertion failed signature validation.');
  }
  if (claims.iss !== app.clientId || claims.sub !== app.clientId) {
    throw new TokenError(
      401,
      'invalid_client',
      700021,
      'Client assertion application identifier does not match client_id parameter.',
    );
  }
  if (!audiences.includes(claims.aud)) {
    throw new TokenError(401, 'invalid_client', 700023, 'Client assertion audience claim does not match Realm issuer.');
  }
  if (claims.exp * 1000 <= nowMs || (claims.nbf ?? 0) * 1000 > nowMs + 300_000) {
    throw new TokenError(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.');
  }
}

function parse<T>(schema: z.ZodType<T>, part: string): T {
  try {
    return schema.parse(decode(part));
  } catch (cause) {
    throw Object.assign(malformed('JWT token is invalid or malformed.'), { cause });
  }
}

function findCertificate(app: ClientApp, header: z.infer<typeof headerSchema>): X509Certificate {
  const wanted = [header.x5t, header['x5t#S256'], header.kid].filter((value) => value !== undefined);
  for (const text of app.certificates) {
    const certificate = new X509Certificate(text);
    const sha1 = createHash('sha1').update(certificate.raw).digest();
    const sha256 = createHash('sha256').update(certificate.raw).digest();
    const names = [sha1.toString('base64url'), sha256.toString('base64url'), sha1.toString('hex').toUpperCase()];
    if (wanted.some((name) => names.includes(name))) return certificate;
  }
  throw new TokenError(
    401,
    'invalid_client',
    700027,
    'The certificate with identifier used to sign the client assertion is not registered on application.',
  );
}
