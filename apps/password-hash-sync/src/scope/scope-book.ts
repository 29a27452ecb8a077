import { PASSWORD_SCOPE_TOPIC, passwordScope, passwordScopeKey, type PasswordScope } from '@adjoin/contracts';
import {
  BatchConsumer,
  sleep,
  type createKafka,
  type IncomingMessage,
  type Logger,
  type Runnable,
} from '@adjoin/shared';
import type { PasswordStates } from '../state/password-states.js';

export interface ScopeBookOptions {
  readonly connector: string;
  readonly states: PasswordStates;
  readonly log: Logger;
}

/** Who is in scope, from the records of the engine; in memory what `passwordStates` holds. */
export class ScopeBook {
  readonly #options: ScopeBookOptions;
  #scopes = new Map<string, PasswordScope>();
  #lastRecordAt = 0;
  #joined = false;

  constructor(options: ScopeBookOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    this.#scopes = await this.#options.states.scopes();
  }

  /** @param guid objectGUID, lower case */
  get(guid: string): PasswordScope | undefined {
    return this.#scopes.get(guid);
  }

  get size(): number {
    return this.#scopes.size;
  }

  /** Stores the records, then counts with them. Records of other forests and records that cannot be read change nothing. */
  async apply(messages: readonly IncomingMessage[]): Promise<void> {
    const changes = new Map<string, { guid: string; scope: PasswordScope | undefined; send: boolean }>();
    for (const message of messages) {
      const change = this.#change(message, changes);
      if (change !== undefined) changes.set(change.guid, change);
    }
    await this.#options.states.applyScope([...changes.values()]);
    for (const { guid, scope } of changes.values()) {
      if (scope === undefined) this.#scopes.delete(guid);
      else this.#scopes.set(guid, scope);
    }
    this.#lastRecordAt = Date.now();
  }

  #change(message: IncomingMessage, pending: ReadonlyMap<string, { scope: PasswordScope | undefined; send: boolean }>) {
    const { connector } = this.#options;
    if (!message.key.startsWith(`${connector}/`)) return undefined;
    const guid = message.key.slice(connector.length + 1);
    const earlier = pending.get(guid);
    const before = earlier === undefined ? this.#scopes.get(guid) : earlier.scope;
    if (message.value === null) return { guid, scope: undefined, send: false };
    const scope = parse(message);
    if (scope === undefined || passwordScopeKey(connector, guid) !== message.key || scope.connector !== connector) {
      this.#options.log.error(
        { event: 'scope.unreadable', key: message.key, offset: message.offset },
        `The record ${message.key} of ${PASSWORD_SCOPE_TOPIC} is not valid and was ignored.`,
      );
      return undefined;
    }
    if (before !== undefined && scope.version < before.version) return undefined;
    const moved =
      before?.cloudId !== scope.cloudId ||
      before?.sourceAnchor !== scope.sourceAnchor ||
      before?.target !== scope.target;
    return { guid, scope, send: scope.cloudId !== undefined && (moved || earlier?.send === true) };
  }

  /** Reads the topic until the signal aborts. */
  consumer(kafka: ReturnType<typeof createKafka>, group: string): Runnable {
    const consumer = new BatchConsumer({
      kafka,
      groupId: `password-hash-sync.${this.#options.connector}.${group}`,
      topics: [PASSWORD_SCOPE_TOPIC],
      log: this.#options.log,
      concurrency: 1,
      batchSize: 2000,
      onBatch: (batch) => this.apply(batch.messages),
    });
    const joined = (): void => {
      this.#joined = true;
      this.#lastRecordAt = Date.now();
    };
    return {
      name: consumer.name,
      run: (signal, working) =>
        consumer.run(signal, () => {
          joined();
          working?.();
        }),
    };
  }

  /** Waits until the records that are there have been read, as far as can be told: a while without new ones. */
  async settled(signal: AbortSignal, { quietMs = 1500, mostMs = 20_000 } = {}): Promise<void> {
    const end = Date.now() + mostMs;
    const settled = (): boolean => this.#joined && Date.now() - this.#lastRecordAt > quietMs;
    while (!signal.aborted && !settled() && Date.now() < end) await sleep(100, signal);
  }
}

/** The record with its own objectGUID as key, or undefined. */
function parse({ key, value }: IncomingMessage): PasswordScope | undefined {
  try {
    const parsed = passwordScope.safeParse(JSON.parse(value?.toString('utf8') ?? ''));
    if (!parsed.success) return undefined;
    return passwordScopeKey(parsed.data.connector, parsed.data.objectGuid) === key ? parsed.data : undefined;
  } catch {
    return undefined; // no JSON: said by the caller
  }
}
