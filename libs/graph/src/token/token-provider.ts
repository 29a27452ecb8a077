import { SyncError } from '@adjoin/contracts';
import type { Transport } from '../http/https-transport.js';
import { clientAssertion } from './client-assertion.js';

/** How the application proves who it is. The functions are called for each new token, so that a rotated file is picked up. */
export type ClientCredential =
  | { readonly kind: 'secret'; readonly secret: () => string }
  | { readonly kind: 'certificate'; readonly pem: () => string };

export interface TokenOptions {
  readonly transport: Transport;
  /** e.g. `https://login.microsoftonline.com` */
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: ClientCredential;
  /** Resource the token is for, e.g. `https://graph.microsoft.com`. */
  readonly resource: string;
  readonly now?: (() => number) | undefined;
}
interface Token {
  readonly value: string;
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/**
 * Access tokens by the client credentials grant: cached, one request at a time, renewed in the background of its last fifth.
 * Rejects with ADJ-EXP-3002 (refused), ADJ-EXP-3001 or ADJ-EXP-3004 (not reached); a refusal is remembered for a second so that waiting
 * callers do not storm the endpoint.
 */
export class TokenProvider {
  readonly #options: TokenOptions;
  readonly #now: () => number;
  #token: Token | undefined;
  #pending: Promise<Token> | undefined;
  #refused: { readonly error: unknown; readonly until: number } | undefined;

  constructor(options: TokenOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  async token(): Promise<string> {
    const now = this.#now();
    const current = this.#token;
    if (current !== undefined && now < current.refreshAt) return current.value;
    if (current !== undefined && now < current.expiresAt) {
      this.#renew().catch(() => undefined); // the current token is still good; the failure returns when it is not
      return current.value;
    }
    return (await this.#renew()).value;
  }

  /** The service refused this token: the next call gets a new one. A newer token is kept. */
  invalidate(value: string): void {
    if (this.#token?.value === value) this.#token = undefined;
  }

  #renew(): Promise<Token> {
    if (this.#refused !== undefined && this.#now() < this.#refused.until) return Promise.reject(this.#refused.error);
    this.#pending ??= this.#request()
      .then((token) => {
        this.#refused = undefined;
        return (this.#token = token);
      })
      .catch((error: unknown) => {
        this.#refused = { error, until: this.#now() + 1000 };
        throw error;
      })
      .finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #request(): Promise<Token> {
    const { authority, tenantId, clientId, credential, resource, transport } = this.#options;
    const url = `${authority.replace(/\/$/, '')}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      scope: `${resource.replace(/\/$/, '')}/.default`,
    });
    if (credential.kind === 'secret') form.set('client_secret', credential.secret());
    else {
      form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      form.set('client_assertion', clientAssertion(credential.pem(), clientId, url, this.#now()));
    }
    const reply = await transport.send({
      method: 'POST',
      url,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body: form.toString(),
    });
    return this.#read(reply.status, reply.text, url);
  }

  #read(status: number, text: string, url: string): Token {
    const body = parseObject(text);
    const value = body['access_token'];
    const seconds = Number(body['expires_in']);
    if (status === 200 && typeof value === 'string' && seconds > 0) {
      const now = this.#now();
      return { value, refreshAt: now + seconds * 800, expiresAt: now + seconds * 1000 - 5000 };
    }
    if (status === 429 || status >= 500)
      throw new SyncError('ADJ-EXP-3001', `The token endpoint ${new URL(url).host} answered with HTTP ${status}.`);
    const codes = Array.isArray(body['error_codes']) ? ` AADSTS${body['error_codes'].join(', AADSTS')}` : '';
    throw new SyncError(
      'ADJ-EXP-3002',
      `The token endpoint ${new URL(url).host} refused application ${this.#options.clientId} in tenant ${this.#options.tenantId} (HTTP ${status} ${String(body['error'] ?? '')}${codes}).`,
    );
  }
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // an answer of a proxy or so; the status says enough
  }
}
