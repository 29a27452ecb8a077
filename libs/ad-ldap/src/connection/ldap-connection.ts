import { Attribute, Change, Client, FilterParser, SearchRequest, type Control, type Filter } from 'ldapts';
import { ldapError, LdapResultError } from './ldap-error.js';
import { ldaptsInternals, searchEnd, StreamingParser, type LdaptsInternals } from './ldapts-internals.js';
import type { RawEntry } from './raw-entry.js';

export interface LdapServerOptions {
  /** `ldaps://host[:636]`, or `ldap://host[:389]`, then with {@link startTls} in production. */
  readonly url: string;
  readonly startTls?: boolean | undefined;
  /** PEM of the CA that signed the server's certificate; the system store when absent. */
  readonly ca?: string | undefined;
  /** Name the certificate must carry; the host of the URL when absent. Needed when connecting by address. */
  readonly serverName?: string | undefined;
  /** DN, userPrincipalName or NETBIOS\name. */
  readonly bindDn: string;
  readonly password: () => string;
  readonly connectTimeoutMs?: number | undefined;
  /** Longest wait for the next bytes of an answer; a time-out ends the connection. */
  readonly answerTimeoutMs?: number | undefined;
  /** Objects in a page of a paged search; 1,000 when absent, the largest that AD grants by default. */
  readonly pageSize?: number | undefined;
}

export interface SearchOptions {
  readonly base: string;
  readonly scope?: 'base' | 'one' | 'sub' | undefined;
  /** RFC 4515 text (values that are text; for bytes give a filter object); `(objectClass=*)` when absent. */
  readonly filter?: string | Filter | undefined;
  /** Names to return; the DC's default when absent. */
  readonly attributes?: readonly string[] | undefined;
  readonly controls?: readonly Control[] | undefined;
}

/** How a search ended; entries went to the handler before. */
export interface SearchDone {
  readonly controls: readonly Control[];
  readonly entries: number;
  readonly bytes: number;
}

/** AD's MaxPageSize default; a larger wish is cut down by the server. */
export const PAGE_SIZE = 1000;

/** Bytes of entries waiting for their handler at which the socket is paused, and at which it goes on. */
const PAUSE_AT_BYTES = 1_000_000;
const RESUME_AT_BYTES = 250_000;

/**
 * One bound connection to a domain controller. Entries are handed to the caller one by one while they arrive; when the caller is
 * slower than the server the socket is paused, so that memory stays bounded whatever the size of an answer.
 * Invariant for callers: a handler must not start another operation on the same connection (it may be paused); use a second one.
 * Always {@link close} it. Errors are `SyncError` with ADJ-IMP codes.
 */
export class LdapConnection {
  readonly server: string;
  /** The account that signed in, as it was given. */
  readonly account: string;
  /** Objects asked for in a page of a paged search. */
  readonly pageSize: number;
  readonly #client: Client;
  readonly #internals: LdaptsInternals;
  readonly #parser: StreamingParser;
  readonly #answerTimeoutMs: number;
  #lastData = performance.now();

  private constructor(options: LdapServerOptions) {
    this.server = new URL(options.url).host;
    this.account = options.bindDn;
    this.pageSize = options.pageSize ?? PAGE_SIZE;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? 120_000;
    const secure = options.url.toLowerCase().startsWith('ldaps:');
    this.#client = new Client({
      url: options.url,
      timeout: 0,
      connectTimeout: options.connectTimeoutMs ?? 10_000,
      ...(secure ? { tlsOptions: tlsOptions(options) } : {}),
    });
    this.#internals = ldaptsInternals(this.#client);
    this.#parser = new StreamingParser(this.#client, () => {
      this.#lastData = performance.now();
    });
  }

  /** Connects, secures and binds. The socket is closed when any of that fails. */
  static async open(options: LdapServerOptions): Promise<LdapConnection> {
    const connection = new LdapConnection(options);
    try {
      await connection.#deadline(connection.#bind(options), options.connectTimeoutMs ?? 10_000);
      return connection;
    } catch (error) {
      await connection.close();
      throw ldapError(error, `signing in to ${connection.server} as ${options.bindDn}`);
    }
  }

  get isOpen(): boolean {
    return this.#client.isConnected;
  }

  /** Reads to the end, handing each entry to `onEntry` in the order of arrival; resolves after the last handler has finished. */
  async search(
    options: SearchOptions,
    onEntry: (entry: RawEntry) => void | Promise<void>,
    signal?: AbortSignal,
  ): Promise<SearchDone> {
    try {
      return await this.#search(options, onEntry, signal);
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw ldapError(
        error,
        `reading ${options.base === '' ? 'the root of the directory' : options.base} from ${this.server}`,
      );
    }
  }

  /** All entries of a small answer. */
  async read(options: SearchOptions, signal?: AbortSignal): Promise<readonly RawEntry[]> {
    const entries: RawEntry[] = [];
    await this.search(options, (entry) => void entries.push(entry), signal);
    return entries;
  }

  /**
   * Adds values to one attribute of an object, named by any form of DN; whatever is there stays. A single-valued attribute that has a
   * value already is refused with `attributeOrValueExists` or `constraintViolation` ({@link statusOf} tells).
   */
  async addValues(dn: string, attribute: string, values: readonly Buffer[]): Promise<void> {
    await this.#modify('add', dn, attribute, values);
  }

  /** Gives one attribute of an object, named by any form of DN, these values instead of whatever is there; none clears it. */
  async replaceValues(dn: string, attribute: string, values: readonly Buffer[]): Promise<void> {
    await this.#modify('replace', dn, attribute, values);
  }

  async #modify(operation: 'add' | 'replace', dn: string, attribute: string, values: readonly Buffer[]): Promise<void> {
    const modification = new Attribute({ type: attribute, values: [...values] });
    try {
      if (!this.#client.isConnected) throw new Error('the connection is closed');
      await this.#deadline(this.#client.modify(dn, new Change({ operation, modification })), this.#answerTimeoutMs);
    } catch (error) {
      throw ldapError(error, `writing ${attribute} of ${dn} on ${this.server}`);
    }
  }

  /** Unbinds and closes the socket; never throws. */
  async close(): Promise<void> {
    const { socket } = this.#internals;
    if (socket === undefined) return;
    socket.resume();
    try {
      await this.#deadline(this.#client.unbind(), 1_000);
    } catch {
      // An unbind that cannot be sent any more needs no answer; the socket is destroyed below.
    }
    this.#internals._destroySocket(this.#internals.socket);
  }

  async #bind(options: LdapServerOptions): Promise<void> {
    await this.#internals._connect();
    if (options.startTls === true)
      await this.#client.startTLS({ ...tlsOptions(options), host: new URL(options.url).hostname });
    await this.#client.bind(options.bindDn, options.password());
    // After StartTLS ldapts watches the inner socket only.
    this.#internals.socket?.once('close', () => this.#abandonSocket());
  }

  async #search(
    options: SearchOptions,
    onEntry: (entry: RawEntry) => void | Promise<void>,
    signal?: AbortSignal,
  ): Promise<SearchDone> {
    signal?.throwIfAborted();
    if (!this.#client.isConnected) throw new Error('the connection is closed');
    const id = this.#internals._nextMessageId();
    const request = new SearchRequest({
      messageId: id,
      baseDN: options.base,
      scope: options.scope ?? 'sub',
      filter:
        typeof options.filter === 'object'
          ? options.filter
          : FilterParser.parseString(options.filter ?? '(objectClass=*)'),
      attributes: [...(options.attributes ?? [])],
      controls: [...(options.controls ?? [])],
      timeLimit: 0,
    });
    const queue = new EntryQueue(onEntry, () => this.#internals.socket);
    this.#parser.sinks.set(id, { entry: (entry) => queue.push(entry), reference: () => undefined });
    const destroy = (): void => this.#abandonSocket();
    signal?.addEventListener('abort', destroy, { once: true });
    try {
      // A failed handler ends the connection: what is still coming has no taker.
      const answered = this.#watch(this.#internals._send(request), queue);
      answered.catch(() => undefined);
      const response = searchEnd(await Promise.race([answered, queue.failed]));
      if (response === undefined) throw new Error('no answer');
      await queue.drained();
      if (response.status !== 0) throw new LdapResultError(response.status, response.message);
      return { controls: response.controls, entries: queue.entries, bytes: queue.bytes };
    } catch (error) {
      if (queue.error !== undefined) destroy();
      throw queue.error ?? error;
    } finally {
      signal?.removeEventListener('abort', destroy);
      this.#parser.sinks.delete(id);
    }
  }

  /** Ends the connection when nothing came for the answer time-out although we were ready to take it. */
  async #watch<T>(operation: Promise<T>, queue: EntryQueue): Promise<T> {
    this.#lastData = performance.now();
    let timedOut = false;
    const timer = setInterval(
      () => {
        if (queue.isPaused) this.#lastData = performance.now();
        else if (performance.now() - this.#lastData > this.#answerTimeoutMs) {
          timedOut = true;
          this.#abandonSocket();
        }
      },
      Math.min(1_000, this.#answerTimeoutMs),
    );
    try {
      return await operation;
    } catch (error) {
      throw timedOut
        ? new Error(`no answer within ${String(this.#answerTimeoutMs / 1000)} s`, { cause: error })
        : error;
    } finally {
      clearInterval(timer);
    }
  }

  async #deadline<T>(operation: Promise<T>, ms: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${String(ms / 1000)} s`));
        this.#abandonSocket();
      }, ms);
    });
    try {
      return await Promise.race([operation, late]);
    } finally {
      clearTimeout(timer);
      operation.catch(() => undefined);
    }
  }

  #abandonSocket(): void {
    const { socket, messageDetailsByMessageId } = this.#internals;
    this.#internals._destroySocket(socket);
    for (const [id, details] of messageDetailsByMessageId) {
      messageDetailsByMessageId.delete(id);
      details.reject(new Error('the connection was given up'));
    }
  }
}

/** Entries between socket and handler, with back-pressure on the socket. */
class EntryQueue {
  entries = 0;
  bytes = 0;
  error: unknown;
  readonly failed: Promise<never>;
  #fail: (error: unknown) => void = () => undefined;
  #waiting: RawEntry[] = [];
  #waitingBytes = 0;
  #paused = false;
  #active = false;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly handler: (entry: RawEntry) => void | Promise<void>,
    private readonly socket: () => { pause(): unknown; resume(): unknown } | undefined,
  ) {
    this.failed = new Promise<never>((_resolve, reject) => {
      this.#fail = reject;
    });
    // The rejection is also kept in `error`; nobody may be waiting for it yet.
    this.failed.catch(() => undefined);
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  push(entry: RawEntry): void {
    if (this.error !== undefined) return;
    this.entries += 1;
    this.bytes += entry.size;
    this.#waiting.push(entry);
    this.#waitingBytes += entry.size;
    if (!this.#paused && this.#waitingBytes > PAUSE_AT_BYTES) {
      this.#paused = true;
      this.socket()?.pause();
    }
    if (!this.#active) {
      this.#active = true;
      this.#running = this.#run();
    }
  }

  async drained(): Promise<void> {
    await this.#running;
    if (this.error !== undefined) throw this.error;
  }

  async #run(): Promise<void> {
    try {
      for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
        for (const entry of batch) {
          const pending = this.handler(entry);
          if (pending !== undefined) await pending;
          this.#release(entry.size);
        }
      }
    } catch (error) {
      this.error = error;
      this.#fail(error);
    } finally {
      this.#active = false;
    }
  }

  #take(): readonly RawEntry[] {
    const batch = this.#waiting;
    this.#waiting = [];
    return batch;
  }

  #release(size: number): void {
    this.#waitingBytes -= size;
    if (this.#paused && this.#waitingBytes < RESUME_AT_BYTES) {
      this.#paused = false;
      this.socket()?.resume();
    }
  }
}

function tlsOptions(options: LdapServerOptions): { ca?: string; servername?: string; minVersion: 'TLSv1.2' } {
  return {
    minVersion: 'TLSv1.2',
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    ...(options.serverName === undefined ? {} : { servername: options.serverName }),
  };
}
