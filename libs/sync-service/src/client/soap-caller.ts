import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SyncError } from '@adjoin/contracts';
import type { XmlElement } from '../nbfx/xml.js';
import { CONTENT_TYPE, decodeReply, encodeRequest } from '../soap/envelope.js';
import { decodeFault, isFault } from '../soap/fault.js';
import type { BinaryReply, BinaryTransport } from './binary-transport.js';
import { MAX_REDIRECTIONS, redirectedEndpoint } from './redirection.js';
import { ServiceBusy, type WhenBusy } from './service-busy.js';
import { faultError } from './service-fault.js';
import type { SyncServiceOptions } from './sync-service.js';

export interface CallerParts {
  readonly transport: BinaryTransport;
  /** Time in ms. */
  readonly now: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>;
}
export const defaultWait: CallerParts['wait'] = (ms, signal) =>
  delay(ms, undefined, signal === undefined ? {} : { signal });

type Attempt =
  | { readonly kind: 'answer'; readonly body: XmlElement }
  | { readonly kind: 'redirected'; readonly to: string }
  | { readonly kind: 'unauthorized'; readonly token: string; readonly error: SyncError }
  | { readonly kind: 'again'; readonly afterMs: number | undefined; readonly error: SyncError };

const GIVE_UP_MS = 120_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/**
 * Makes one call after all: follows redirections, renews a refused token once, and repeats on 429, 5xx and lost connections with growing
 * delays, or when the service says. Every operation of the service sets values or reads, so a repetition does no harm.
 */
export class SoapCaller {
  readonly #options: SyncServiceOptions;
  readonly #parts: CallerParts;
  /** The service names a server of the tenant in its first redirection; later calls go there directly. */
  #endpoint: string;

  constructor(options: SyncServiceOptions, parts: CallerParts) {
    if (!options.endpoint.startsWith('https://'))
      throw new SyncError('ADJ-CFG-0001', `Only https is used for the sync service, not ${options.endpoint}.`);
    this.#options = options;
    this.#parts = parts;
    this.#endpoint = options.endpoint;
  }

  /** The body of the answer. Rejects with the codes of `SyncService`. */
  async call(
    operation: string,
    body: XmlElement,
    signal: AbortSignal | undefined,
    whenBusy: WhenBusy = 'repeat',
  ): Promise<XmlElement> {
    const until = this.#parts.now() + (this.#options.giveUpMs ?? GIVE_UP_MS);
    let redirections = 0;
    let renewed = false;
    for (let tries = 0; ;) {
      const attempt = await this.#attempt(operation, body, signal);
      switch (attempt.kind) {
        case 'answer':
          return attempt.body;
        case 'redirected':
          if (++redirections > MAX_REDIRECTIONS)
            throw new SyncError('ADJ-EXP-3104', `${operation} was redirected more than ${MAX_REDIRECTIONS} times.`);
          this.#endpoint = redirectedEndpoint(this.#options.endpoint, attempt.to);
          break;
        case 'unauthorized':
          this.#options.tokens.invalidate(attempt.token);
          if (renewed) throw attempt.error;
          renewed = true;
          break;
        case 'again': {
          this.#endpoint = this.#options.endpoint;
          if (whenBusy === 'tell') throw new ServiceBusy(attempt.error, attempt.afterMs);
          const pause = this.#pause(attempt.afterMs, tries++);
          if (this.#parts.now() + pause > until || signal?.aborted === true) throw attempt.error;
          await this.#parts.wait(pause, signal);
        }
      }
    }
  }

  /** Retry-After with up to a quarter more, or an exponential delay with jitter. */
  #pause(afterMs: number | undefined, tries: number): number {
    const random = this.#parts.random();
    if (afterMs !== undefined) return afterMs * (1 + random / 4);
    return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(tries, 10)) * (0.5 + random);
  }

  async #attempt(operation: string, body: XmlElement, signal: AbortSignal | undefined): Promise<Attempt> {
    const messageId = randomUUID();
    const token = await this.#options.tokens.token();
    const url = this.#endpoint;
    const bytes = encodeRequest({
      operation,
      messageId,
      to: url,
      token: {
        applicationId: this.#options.applicationId,
        bearerToken: token,
        clientVersion: this.#clientVersion,
        clientBuild: this.#options.clientBuild,
        trackingId: messageId,
      },
      body,
    });
    try {
      const reply = await this.#parts.transport.post({
        url,
        headers: this.#headers(operation, messageId),
        body: bytes,
        signal,
      });
      return this.#read(operation, reply, token);
    } catch (error) {
      const lost = error instanceof SyncError && error.code === 'ADJ-EXP-3001';
      if (!lost || signal?.aborted === true) throw error;
      return { kind: 'again', afterMs: undefined, error };
    }
  }

  get #clientVersion(): string {
    return this.#options.clientVersion ?? '8.0';
  }

  /** operations/sync-service.md section 1. */
  #headers(operation: string, messageId: string): Readonly<Record<string, string>> {
    const { applicationId, clientBuild, tenantId } = this.#options;
    return {
      'Content-Type': CONTENT_TYPE,
      'User-Agent': '',
      'client-request-id': messageId,
      'x-ms-aadmsods-apiaction': operation,
      'x-ms-aadmsods-appid': applicationId,
      'x-ms-aadmsods-clientversion': this.#clientVersion,
      'x-ms-aadmsods-dirsyncbuildnumber': clientBuild,
      'x-ms-aadmsods-fimbuildnumber': clientBuild,
      'x-ms-aadmsods-tenantid': tenantId,
    };
  }

  /** A fault may come with any status, usually 500; then it says more than the status. */
  #read(operation: string, reply: BinaryReply, token: string): Attempt {
    const { status } = reply;
    const body = isBinaryXml(reply) ? decodeReply(reply.body) : undefined;
    if (body !== undefined && !isFault(body) && status < 300) return { kind: 'answer', body };
    const fault = body !== undefined && isFault(body) ? decodeFault(body) : undefined;
    if (fault?.redirect !== undefined) return { kind: 'redirected', to: fault.redirect };
    if (status < 300 && fault === undefined)
      throw new SyncError('ADJ-EXP-3102', `${operation} was answered with ${String(reply.headers['content-type'])}.`);
    const error = faultError(operation, status, fault);
    if (error.code === 'ADJ-EXP-3002') return { kind: 'unauthorized', token, error };
    const repeat = error.code === 'ADJ-EXP-3005' || error.code === 'ADJ-EXP-3001' || status === 503;
    if (repeat) return { kind: 'again', afterMs: retryAfter(reply), error };
    throw error;
  }
}

const isBinaryXml = ({ headers }: BinaryReply): boolean =>
  String(headers['content-type'] ?? '')
    .toLowerCase()
    .startsWith(CONTENT_TYPE);

function retryAfter({ headers }: BinaryReply): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
