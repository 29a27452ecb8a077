import { randomUUID } from 'node:crypto';
import { passwordScopeKey, type PasswordScope } from '@adjoin/contracts';
import { backoff, type AnyBulkWriteOperation, type Collection, type Db } from '@adjoin/shared';
import type { LastResult, Need, NeedReason, PasswordState } from './state-documents.js';

/** Attempts for one user: from seconds to a quarter of an hour. */
const RETRY = { baseMs: 2000, maxMs: 900_000 } as const;
/** A refused binding is looked at rarely: it changes by a new record, which asks at once, or in the target. */
const REFUSED_RETRY = { baseMs: 60_000, maxMs: 3_600_000 } as const;

export interface DueNeed {
  readonly guid: string;
  readonly dn: string | undefined;
  readonly need: Need;
  readonly scope: PasswordScope;
  readonly sentChange: Date | undefined;
  readonly forceChange: boolean | undefined;
}

export interface Attempt {
  readonly guid: string;
  /** Of the need that this attempt answers; undefined when it answers none. */
  readonly token: string | undefined;
  readonly result: LastResult;
  /** `done`: the need is over. `again`, `rarely`: it is tried again later. */
  readonly next: 'done' | 'again' | 'rarely';
  readonly seen?: { readonly dn: string; readonly account?: string | undefined; readonly changedAt?: Date | undefined };
  readonly sent?:
    { readonly change: Date; readonly at: Date; readonly lagMs: number; readonly forceChange: boolean } | undefined;
}

/** What is known of a user during a full pass. */
export interface KnownUser {
  readonly token: string | undefined;
  readonly attempts: number;
  /** Change that the target has for sure, ms. */
  readonly sentChange: number | undefined;
}

/**
 * Directories note the time of a change in whole seconds. What was sent so soon after it may have been followed by another change with the same time,
 * so that equal times prove nothing.
 */
const AMBIGUOUS_MS = 30_000;

type Write = AnyBulkWriteOperation<PasswordState>;

/** Collection `passwordStates` of one forest; written by the holder of its lease only. */
export class PasswordStates {
  readonly #collection: Collection<PasswordState>;
  readonly #connector: string;
  readonly #now: () => Date;

  constructor(db: Db, connector: string, now: () => Date = () => new Date()) {
    this.#collection = db.collection('passwordStates');
    this.#connector = connector;
    this.#now = now;
  }

  async ensureIndexes(): Promise<void> {
    await this.#collection.createIndexes([
      {
        key: { connector: 1, 'need.nextAt': 1 },
        name: 'due',
        partialFilterExpression: { 'need.nextAt': { $exists: true } },
      },
      { key: { connector: 1, 'result.status': 1 }, name: 'result' },
    ]);
  }

  /** All users in scope, by objectGUID. */
  async scopes(): Promise<Map<string, PasswordScope>> {
    const found = new Map<string, PasswordScope>();
    const filter = { connector: this.#connector, scope: { $exists: true } };
    for await (const { scope } of this.#collection.find(filter, { projection: { scope: 1 } }))
      if (scope !== undefined) found.set(scope.objectGuid, plainScope(scope));
    return found;
  }

  /** Stores scope records. Who is new in scope, or goes to another account, needs the password sent. */
  async applyScope(
    records: readonly { readonly guid: string; readonly scope: PasswordScope | undefined; readonly send: boolean }[],
  ): Promise<void> {
    const writes = records.map(({ guid, scope, send }): Write => {
      const filter = { _id: this.#id(guid) };
      if (scope === undefined)
        return { updateOne: { filter, update: { $unset: { scope: '', need: '', result: '' } } } };
      const need = send ? { need: this.#need('scope') } : {};
      const waiting: LastResult = {
        status: 'TargetNotExportedToDirectory',
        at: this.#now(),
        message: 'The account was not created in the target yet.',
      };
      const result = scope.cloudId === undefined ? { result: waiting } : {};
      const set = { connector: this.#connector, scope, ...need, ...result };
      return { updateOne: { filter, update: { $set: set }, upsert: true } };
    });
    await this.#write(writes);
  }

  /**
   * Notes that passwords have to be read and sent, and gives the token of the needs. What only concerns the account does not replace a need that is
   * there already. Ends before anything that would forget about them may happen.
   */
  async noteNeeds(guids: readonly string[], reason: NeedReason): Promise<string> {
    const need = this.#need(reason);
    const absent = reason === 'account' ? { need: { $exists: false } } : {};
    await this.#write(
      guids.map((guid) => ({
        updateOne: { filter: { _id: this.#id(guid), scope: { $exists: true }, ...absent }, update: { $set: { need } } },
      })),
    );
    return need.token;
  }

  /** All users in scope, or those with this last result, need their password sent. Gives their number. */
  async noteAll(reason: NeedReason, filter: { readonly status?: string | undefined } = {}): Promise<number> {
    const of = filter.status === undefined ? {} : { 'result.status': filter.status };
    const { modifiedCount } = await this.#collection.updateMany(
      { connector: this.#connector, scope: { $exists: true }, ...of },
      { $set: { need: this.#need(reason) } },
    );
    return modifiedCount;
  }

  /** Needs whose time has come, oldest first. `only`: of these reasons. */
  async due(limit: number, only?: readonly NeedReason[]): Promise<readonly DueNeed[]> {
    const reason = only === undefined ? {} : { 'need.reason': { $in: [...only] } };
    const filter = { ...this.#dueFilter(), ...reason };
    const found = await this.#collection.find(filter).sort({ 'need.nextAt': 1 }).limit(limit).toArray();
    return found.flatMap(({ need, scope, sentChange, forceChange, dn }) =>
      need === undefined || scope === undefined
        ? []
        : [{ guid: scope.objectGuid, dn, need, scope: plainScope(scope), sentChange, forceChange }],
    );
  }

  /** Number of needs whose time has come, counted to `most`. */
  countDue(most: number): Promise<number> {
    return this.#collection.countDocuments(this.#dueFilter(), { limit: most });
  }

  countPending(): Promise<number> {
    return this.#collection.countDocuments({ connector: this.#connector, 'need.nextAt': { $exists: true } });
  }

  async known(): Promise<Map<string, KnownUser>> {
    const known = new Map<string, KnownUser>();
    const filter = { connector: this.#connector, scope: { $exists: true } };
    const projection = { 'need.token': 1, 'need.attempts': 1, sentChange: 1, sentAt: 1 };
    for await (const { _id, need, sentChange, sentAt } of this.#collection.find(filter, { projection })) {
      const lasting = Number(sentAt ?? 0) - Number(sentChange ?? 0) > AMBIGUOUS_MS;
      known.set(_id.slice(this.#connector.length + 1), {
        token: need?.token,
        attempts: need?.attempts ?? 0,
        sentChange: lasting ? sentChange?.getTime() : undefined,
      });
    }
    return known;
  }

  async record(attempts: readonly Attempt[], attemptsBefore: (guid: string) => number = () => 0): Promise<void> {
    const now = this.#now().getTime();
    const writes = attempts.map(({ guid, token, result, next, seen, sent }): Write => {
      const before = attemptsBefore(guid);
      const wait = backoff(before, next === 'rarely' ? REFUSED_RETRY : RETRY);
      const later = {
        $mergeObjects: ['$need', { attempts: before + 1, nextAt: new Date(now + wait) }],
      };
      const answered = { $eq: ['$need.token', token ?? ''] };
      const set = {
        need: { $cond: [answered, next === 'done' ? '$$REMOVE' : later, '$need'] },
        result: literal(result),
        ...(seen === undefined
          ? {}
          : { ...literals({ dn: seen.dn, account: seen.account, changedAt: seen.changedAt }) }),
        ...(sent === undefined
          ? {}
          : {
              sentChange: sent.change,
              sentAt: sent.at,
              lagMs: Math.round(sent.lagMs),
              forceChange: sent.forceChange,
            }),
      };
      return { updateOne: { filter: { _id: this.#id(guid), scope: { $exists: true } }, update: [{ $set: set }] } };
    });
    await this.#write(writes);
  }

  async #write(writes: readonly Write[]): Promise<void> {
    if (writes.length > 0) await this.#collection.bulkWrite([...writes], { ordered: false });
  }

  #dueFilter() {
    return {
      connector: this.#connector,
      'need.nextAt': { $lte: this.#now() },
      'scope.cloudId': { $exists: true },
    };
  }

  #need(reason: NeedReason): Need {
    const now = this.#now();
    return { reason, token: randomUUID(), since: now, attempts: 0, nextAt: now };
  }

  #id(guid: string): string {
    return passwordScopeKey(this.#connector, guid);
  }
}

/** Numbers come back as bigint. */
const plainScope = (scope: PasswordScope): PasswordScope => ({ ...scope, version: Number(scope.version) });

/** In a pipeline update text that begins with `$` would be read as an expression. */
const literal = (value: unknown): { $literal: unknown } => ({
  $literal: typeof value === 'object' && value !== null && !(value instanceof Date) ? withoutUndefined(value) : value,
});
const literals = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, literal(value)]),
  );
const withoutUndefined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
