import { setTimeout as sleep } from 'node:timers/promises';
import { GraphClientError, type Context, type Middleware } from '@microsoft/microsoft-graph-client';
import { SyncError } from '@adjoin/contracts';
import type { TokenProvider } from '../token/token-provider.js';
import type { Transport } from './https-transport.js';
import { retryAfterMs } from './retry-after.js';

abstract class Link implements Middleware {
  #next: Middleware | undefined;
  setNext(next: Middleware): void {
    this.#next = next;
  }
  protected async next(context: Context): Promise<Response> {
    await this.#next?.execute(context);
    if (context.response === undefined)
      throw new SyncError('ADJ-GEN-0001', 'The Graph middleware chain ended without an answer.');
    return context.response;
  }
  abstract execute(context: Context): Promise<void>;
}

const urlOf = (context: Context): string =>
  typeof context.request === 'string' ? context.request : context.request.url;
const headersOf = (context: Context): Record<string, string> =>
  (context.options?.headers ?? {}) as Record<string, string>;

/** Takes an error of ours out of the client unharmed: it replaces every other class by its own. */
export class CarriedError extends GraphClientError {
  constructor(readonly error: unknown) {
    super('see error');
    Object.setPrototypeOf(this, CarriedError.prototype); // the base class is ES5 code that resets it
  }
}

/** Adds the access token, for the configured origin only; a 401 gets one more try with a new token. */
export class TokenMiddleware extends Link {
  constructor(
    private readonly tokens: TokenProvider,
    private readonly origin: string,
  ) {
    super();
  }
  async execute(context: Context): Promise<void> {
    try {
      await this.#authorized(context);
    } catch (error) {
      throw new CarriedError(error);
    }
  }
  async #authorized(context: Context): Promise<void> {
    if (new URL(urlOf(context)).origin !== this.origin)
      throw new SyncError('ADJ-EXP-3001', `The service pointed to another host than ${this.origin}; not followed.`);
    for (let again = true; ; again = false) {
      const token = await this.tokens.token();
      context.options = { ...context.options, headers: { ...headersOf(context), Authorization: `Bearer ${token}` } };
      const response = await this.next(context);
      if (response.status !== 401) return;
      this.tokens.invalidate(token);
      if (!again) return;
    }
  }
}

/** Time in ms since 1970, and pauses in it. */
export interface RetryClock {
  readonly now: () => number;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}
const SYSTEM: RetryClock = {
  now: Date.now,
  wait: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
};

/** Repeats reads on 429, 5xx and lost connections. Writes go through the batcher, which knows what may be repeated. */
export class RetryMiddleware extends Link {
  constructor(
    private readonly giveUpMs: number,
    private readonly clock: RetryClock = SYSTEM,
  ) {
    super();
  }
  async execute(context: Context): Promise<void> {
    if ((context.options?.method ?? 'GET') !== 'GET') {
      await this.next(context);
      return;
    }
    const { now, wait } = this.clock;
    const until = now() + this.giveUpMs;
    for (let attempt = 0; ; attempt++) {
      let delay = 0;
      try {
        const { status, headers } = await this.next(context);
        if (status !== 429 && status < 500) return;
        delay = retryAfterMs(headers.get('retry-after') ?? undefined, attempt, Math.random());
        if (now() + delay > until) return;
      } catch (error) {
        delay = retryAfterMs(undefined, attempt, Math.random());
        const transient = error instanceof SyncError && error.code === 'ADJ-EXP-3001';
        if (!transient || attempt >= 2 || now() + delay > until) throw error;
      }
      await wait(delay, signalOption(context).signal);
    }
  }
}

/** End of the chain: hands the request to the transport. */
export class TransportMiddleware implements Middleware {
  constructor(private readonly transport: Transport) {}
  async execute(context: Context): Promise<void> {
    const { options } = context;
    const reply = await this.transport.send({
      method: options?.method ?? 'GET',
      url: urlOf(context),
      headers: headersOf(context),
      body: typeof options?.body === 'string' ? options.body : undefined,
      ...signalOption(context),
    });
    const empty = reply.status === 204 || reply.status === 205 || reply.status === 304;
    const headers = Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [name, String(value)]));
    context.response = new Response(empty ? null : reply.text, { status: reply.status, headers });
  }
}

function signalOption(context: Context): { signal?: AbortSignal } {
  const signal = context.options?.signal;
  return signal instanceof AbortSignal ? { signal } : {};
}
