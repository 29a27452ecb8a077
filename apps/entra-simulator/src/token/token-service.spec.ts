import type { KeyObject } from 'node:crypto';
import { constants, createHash, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import { bodyOf } from '../testing/service-under-test.js';
import { makeIdentities } from '../tls/certificate.js';
import { TokenService } from './token-service.js';

const TENANT = '99999999-0000-0000-0000-000000000000';
const CLIENT = '11111111-2222-3333-4444-555555555555';
const AUTHORITY = 'https://127.0.0.1:7443';
const SCOPE = 'https://graph.microsoft.com/.default';

function service(certificates: readonly string[] = []) {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const tokens = new TokenService({
    tenantId: TENANT,
    tenantNames: ['corp.test'],
    apps: () => [
      { clientId: CLIENT, displayName: 'Adjoin', secrets: ['right'], certificates, permissions: ['User.Read.All'] },
    ],
    lifetimeSeconds: () => 60,
    clock: () => clock.now,
    authority: () => AUTHORITY,
    signIn: () => 'user',
  });
  const ask = (form: Record<string, string>, tenant = TENANT) =>
    tokens.token(
      tenant,
      new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT, scope: SCOPE, ...form }),
    );
  return { tokens, ask, clock };
}

describe('client credentials', () => {
  it('give a token for the right secret, with the permissions of the application', () => {
    const { tokens, ask } = service();
    const body = bodyOf(ask({ client_secret: 'right' }));
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 60 });
    expect(tokens.authenticate(`Bearer ${String(body['access_token'])}`).permissions).toEqual(
      new Set(['User.Read.All']),
    );
  });

  it('take a domain as name of the tenant', () => {
    expect(service().ask({ client_secret: 'right' }, 'corp.test').status).toBe(200);
  });

  it.each<[string, Record<string, string>, number, string, number]>([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    ['no credential', {}, 401, 'invalid_client', 7000216],
    ['an unknown application', { client_id: 'x', client_secret: 'right' }, 400, 'unauthorized_client', 700016],
    ['another resource', { client_secret: 'right', scope: 'openid' }, 400, 'invalid_scope', 70011],
    [
      'another grant',
      { client_secret: 'right', grant_type: 'authorization_code' },
      400,
      'unsupported_grant_type',
      70003,
    ],
  ])('refuse %s', (_what, form, status, error, number) => {
    const reply = service().ask(form);
    expect(reply.status).toBe(status);
    expect(bodyOf(reply)).toMatchObject({ error, error_codes: [number] });
    expect(JSON.stringify(reply.body)).not.toContain('right');
  });

  it('refuse an unknown tenant', () => {
    expect(bodyOf(service().ask({ client_secret: 'right' }, 'nowhere.test'))).toMatchObject({ error_codes: [90002] });
  });

  it('give tokens that expire', () => {
    const { tokens, ask, clock } = service();
    const token = String(bodyOf(ask({ client_secret: 'right' }))['access_token']);
    clock.now += 60_000;
    expect(() => tokens.authenticate(`Bearer ${token}`)).toThrow('expired');
  });
});

describe('signed client assertions', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = rsaCertificate(keys.publicKey, keys.privateKey);
  const thumbprint = createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
  const encode = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  function assertion(claims: JsonObject = {}, alg = 'PS256', key = keys.privateKey): string {
    const now = Date.UTC(2026, 0, 1) / 1000;
    const all = {
      aud: `${AUTHORITY}/${TENANT}/oauth2/v2.0/token`,
      iss: CLIENT,
      sub: CLIENT,
      jti: 'x',
      nbf: now,
      exp: now + 60,
    };
    const signed = `${encode({ alg, typ: 'JWT', 'x5t#S256': thumbprint })}.${encode({ ...all, ...claims })}`;
    const padding =
      alg === 'PS256'
        ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
        : { padding: constants.RSA_PKCS1_PADDING };
    return `${signed}.${sign('sha256', Buffer.from(signed), { key, ...padding }).toString('base64url')}`;
  }
  const ask = (jwt: string) =>
    service([certificate]).ask({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt,
    });

  it.each(['RS256', 'PS256'])('are accepted with %s', (alg) => {
    expect(ask(assertion({}, alg)).status).toBe(200);
  });

  it.each<[string, JsonObject, number]>([
    ['for another audience', { aud: 'https://elsewhere' }, 700023],
    ['of another client', { iss: 'x' }, 700021],
    ['that expired', { exp: 1 }, 700024],
  ])('are refused %s', (_what, claims, number) => {
    expect(bodyOf(ask(assertion(claims)))).toMatchObject({ error: 'invalid_client', error_codes: [number] });
  });

  it('are refused with the signature of another key', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(bodyOf(ask(assertion({}, 'PS256', other.privateKey)))).toMatchObject({ error_codes: [700027] });
  });

  it('are refused when malformed', () => {
    expect(ask('a.b').status).toBe(400);
    expect(ask('a.b.c').status).toBe(400);
  });
});

/** Any certificate that carries the RSA key: the simulator does not check who signed it. */
function rsaCertificate(publicKey: KeyObject, privateKey: KeyObject): string {
  return makeIdentities(['client'], new Date(Date.UTC(2026, 0, 1)), { publicKey, privateKey }).server.certificate;
}
