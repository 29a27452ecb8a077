import { createHash, generateKeyPairSync, randomUUID, sign, timingSafeEqual } from 'node:crypto';
import { GraphError } from '../graph/graph-error.js';
import type { Caller, GraphReply } from '../http/graph-message.js';
import type { JsonObject } from '../json.js';
import { isJsonObject } from '../json.js';
import { checkAssertion } from './client-assertion.js';
import type { ClientApp } from './client-app.js';
import { TokenError } from './token-error.js';

/** What the token service needs to know. */
export interface TokenSettings {
  readonly tenantId: string;
  /** Names the tenant answers to beside its id: its domains. */
  readonly tenantNames: readonly string[];
  readonly apps: () => readonly ClientApp[];
  readonly lifetimeSeconds: () => number;
  readonly clock: () => number;
  /** `https://127.0.0.1:7443` */
  readonly authority: () => string;
  /** Object id of the user with this name and password. @throws TokenError */
  readonly signIn: (userName: string, password: string) => string;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const GRAPH = 'https://graph.microsoft.com';
/** Resources of the provisioning web service (spec operations/sync-service.md section 1); any of them gives a token for it. */
const SYNC_SERVICE = ['https://graph.windows.net', 'https://adminwebservice.microsoftonline.com'];
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const base64url = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Issued {
  readonly caller: Caller;
  readonly audience: string;
  readonly expires: number;
}

/** Issues access tokens for client credentials and knows the ones it issued. */
export class TokenService {
  readonly #settings: TokenSettings;
  readonly #key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #keyId = randomUUID();
  readonly #issued = new Map<string, Issued>();

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  /** `POST /{tenant}/oauth2/v2.0/token` */
  token(tenant: string, form: URLSearchParams): GraphReply {
    try {
      return { status: 200, headers: { 'cache-control': 'no-store' }, body: this.#grant(tenant, form) };
    } catch (error) {
      if (error instanceof TokenError) return error.toReply(new Date(this.#settings.clock()));
      throw error;
    }
  }

  /** `GET /{tenant}/v2.0/.well-known/openid-configuration` */
  configuration(tenant: string): GraphReply {
    const { authority, tenantId, clock } = this.#settings;
    if (!this.#knows(tenant)) return unknownTenant(tenant).toReply(new Date(clock()));
    const base = `${authority()}/${tenantId}`;
    return {
      status: 200,
      body: {
        issuer: `${base}/v2.0`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
        token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
        response_types_supported: ['code', 'id_token'],
        subject_types_supported: ['pairwise'],
        id_token_signing_alg_values_supported: ['RS256'],
        msgraph_host: 'graph.microsoft.com',
      },
    };
  }

  /** `GET /{tenant}/discovery/v2.0/keys` */
  keys(): GraphReply {
    const key: unknown = this.#key.publicKey.export({ format: 'jwk' });
    const shown = isJsonObject(key) ? key : {};
    return { status: 200, body: { keys: [{ ...shown, kid: this.#keyId, use: 'sig', alg: 'RS256' }] } };
  }

  /** The caller of an `Authorization` header of Graph. @throws GraphError 401 */
  authenticate(authorization: string | undefined): Caller {
    const issued = this.#issuedFor(authorization);
    if (issued.audience !== GRAPH) throw unauthorized('Access token validation failure. Invalid audience.');
    return issued.caller;
  }

  /** The caller of a token for the provisioning web service. @throws GraphError 401 */
  authenticateSyncClient(bearerToken: string): Caller {
    const issued = this.#issuedFor(`Bearer ${bearerToken}`);
    if (!SYNC_SERVICE.includes(issued.audience)) throw unauthorized('The token is for another service.');
    return issued.caller;
  }

  #issuedFor(authorization: string | undefined): Issued {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw unauthorized('Access token is empty.');
    const issued = this.#issued.get(token);
    if (issued === undefined) throw unauthorized('Access token validation failure. Invalid audience or signature.');
    if (issued.expires <= this.#settings.clock()) {
      this.#issued.delete(token);
      throw unauthorized('Lifetime validation failed, the token is expired.');
    }
    return issued;
  }

  /** Makes all tokens invalid. */
  revoke(): void {
    this.#issued.clear();
  }

  #knows(tenant: string): boolean {
    const { tenantId, tenantNames } = this.#settings;
    return tenant.toLowerCase() === tenantId.toLowerCase() || tenantNames.includes(tenant.toLowerCase());
  }

  #grant(tenant: string, form: URLSearchParams): JsonObject {
    if (!this.#knows(tenant)) throw unknownTenant(tenant);
    const grant = form.get('grant_type');
    if (grant !== 'client_credentials' && grant !== 'password') {
      throw new TokenError(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
    }
    const clientId = form.get('client_id') ?? '';
    const app = this.#settings.apps().find((known) => known.clientId === clientId.toLowerCase());
    if (app === undefined) {
      throw new TokenError(
        400,
        'unauthorized_client',
        700016,
        `Application with identifier '${clientId}' was not found in the directory.`,
      );
    }
    const lifetime = this.#settings.lifetimeSeconds();
    if (grant === 'password') return this.#signIn(form, app, lifetime);
    this.#checkCredential(tenant, app, form);
    const audience = this.#audienceOf(form.get('scope'));
    return {
      token_type: 'Bearer',
      expires_in: lifetime,
      ext_expires_in: lifetime,
      access_token: this.#issue(app, lifetime, audience),
    };
  }

  /** Resource owner password grant: proves that a password works. The token says who signed in and opens nothing. */
  #signIn(form: URLSearchParams, app: ClientApp, lifetime: number): JsonObject {
    const user = this.#settings.signIn(form.get('username') ?? '', form.get('password') ?? '');
    const token = this.#sign({ appid: app.clientId, oid: user, scp: 'openid profile' }, lifetime);
    return {
      token_type: 'Bearer',
      scope: 'openid profile',
      expires_in: lifetime,
      ext_expires_in: lifetime,
      access_token: token,
    };
  }

  /** What the token is for; the own address stands for Graph. */
  #audienceOf(scope: string | null): string {
    const resources = [GRAPH, this.#settings.authority(), ...SYNC_SERVICE];
    const resource = resources.find((one) => `${one}/.default` === scope);
    if (resource === undefined) {
      throw new TokenError(
        400,
        'invalid_scope',
        70011,
        "The provided request must include a 'scope' input parameter, the resource followed by /.default.",
      );
    }
    return resource === this.#settings.authority() ? GRAPH : resource;
  }

  #checkCredential(tenant: string, app: ClientApp, form: URLSearchParams): void {
    const secret = form.get('client_secret');
    const assertion = form.get('client_assertion');
    if (assertion !== null) {
      if (form.get('client_assertion_type') !== ASSERTION_TYPE) {
        throw new TokenError(
          400,
          'invalid_request',
          90014,
          "The required field 'client_assertion_type' is missing or wrong.",
        );
      }
      const { authority, clock, tenantId } = this.#settings;
      const audiences = [tenant, tenantId].flatMap((name) =>
        ['oauth2/v2.0/token', 'v2.0'].map((path) => `${authority()}/${name}/${path}`),
      );
      checkAssertion(assertion, { app, audiences, nowMs: clock() });
      return;
    }
    if (secret === null) {
      throw new TokenError(
        401,
        'invalid_client',
        7000216,
        "'client_assertion' or 'client_secret' is required for the 'client_credentials' grant type.",
      );
    }
    if (!app.secrets.some((known) => timingSafeEqual(digest(known), digest(secret)))) {
      throw new TokenError(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
    }
  }

  #issue(app: ClientApp, lifetime: number, audience: string): string {
    const token = this.#sign({ aud: audience, appid: app.clientId, roles: app.permissions }, lifetime);
    const caller = { appId: app.clientId, permissions: new Set(app.permissions) };
    this.#issued.set(token, { caller, audience, expires: this.#settings.clock() + lifetime * 1000 });
    return token;
  }

  #sign(more: JsonObject, lifetime: number): string {
    const seconds = Math.floor(this.#settings.clock() / 1000);
    const head = base64url({ typ: 'JWT', alg: 'RS256', kid: this.#keyId });
    const claims = base64url({
      iss: `${this.#settings.authority()}/${this.#settings.tenantId}/v2.0`,
      tid: this.#settings.tenantId,
      iat: seconds,
      nbf: seconds,
      exp: seconds + lifetime,
      uti: randomUUID(),
      ...more,
    });
    const signature = sign('sha256', Buffer.from(`${head}.${claims}`), this.#key.privateKey).toString('base64url');
    return `${head}.${claims}.${signature}`;
  }
}

const unknownTenant = (tenant: string): TokenError =>
  new TokenError(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);

function unauthorized(message: string): GraphError {
  return new GraphError(401, 'InvalidAuthenticationToken', message, [], {
    'www-authenticate':
      'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
  });
}
