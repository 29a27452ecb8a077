import type { DrsSession, PasswordOutcome, ReplicatedObject, Watermark } from '@adjoin/ad-drsr';
import { SyncError, toSyncError, type PasswordScope } from '@adjoin/contracts';
import type { Logger } from '@adjoin/shared';
import { accountEligibility } from '../eligibility/account-rules.js';
import type { Candidate, CredentialPipeline } from '../send/credential-pipeline.js';
import type { Attempt, DueNeed, KnownUser, PasswordStates } from '../state/password-states.js';
import type { ReplicationCursors } from '../state/replication-cursors.js';
import type { PasswordMetrics } from '../telemetry.js';
import type { PasswordCredential } from '../transform/password-credential.js';
import type { OpenHashSource } from './hash-source.js';
import { readingOf, toCredential, type Reading, type ReadRules, type Wanted } from './read-candidate.js';

export interface DomainReaderOptions {
  /** DN of the domain. */
  readonly namingContext: string;
  readonly open: OpenHashSource;
  readonly states: PasswordStates;
  readonly cursors: ReplicationCursors;
  readonly pipeline: Pick<CredentialPipeline, 'add'>;
  readonly scopeOf: (guid: string) => PasswordScope | undefined;
  readonly rules: () => ReadRules;
  readonly metrics: PasswordMetrics;
  readonly log: Logger;
}

/** A watermark that the domain controller does not take: everything is read again and compared. */
const WATERMARK_REFUSED = new Set(['ADJ-PHS-7004', 'ADJ-PHS-7011']);

type Outcome = PasswordOutcome<PasswordCredential | undefined>;

/** Reads one domain: what changed, everything, or single users. */
export class DomainReader {
  readonly namingContext: string;
  readonly #options: DomainReaderOptions;
  #session: DrsSession | undefined;
  #server: string | undefined;

  constructor(options: DomainReaderOptions) {
    this.#options = options;
    this.namingContext = options.namingContext;
  }

  /**
   * Reads what changed since the watermark and notes whose password has to be sent. Nothing is decrypted: a change does not tell everything that has
   * to be known before a password is sent, so the user is read again as a whole. Without a watermark, or when it is refused, everything is read.
   */
  async readChanges(signal: AbortSignal): Promise<number> {
    const { cursors, log } = this.#options;
    const { watermark } = await cursors.cursor(this.namingContext);
    if (watermark === undefined) return this.#readAllInto('no watermark', signal);
    try {
      return await this.#withSession(signal, (session) => this.#delta(session, watermark, signal));
    } catch (cause) {
      if (!(cause instanceof SyncError) || !WATERMARK_REFUSED.has(cause.code)) throw cause;
      log.warn(
        { event: 'passwords.watermark-refused', code: cause.code, namingContext: this.namingContext },
        `The watermark was refused (${cause.message}); everything is read and compared.`,
      );
      return this.#readAllInto('watermark refused', signal);
    }
  }

  /** Reads one user completely. Undefined: the domain does not have it. */
  async readUser(due: DueNeed, signal: AbortSignal): Promise<Reading | undefined> {
    const rules = this.#options.rules();
    const { guid, need, scope } = due;
    const found = await this.#withSession(signal, (session) =>
      session.replicateObject(guid, { transform: toCredential(rules), signal }),
    );
    if (found === undefined || found.object.isDeleted === true) return undefined;
    const wanted: Wanted = { scope, token: need.token, attempts: need.attempts };
    const reading = readingOf(found.object, found.password, wanted, rules);
    if (need.reason !== 'account' || reading.kind !== 'candidate' || !alreadySent(due, reading.candidate))
      return reading;
    reading.candidate.credential.destroy();
    const result = { status: 'Success', at: due.need.since } as const;
    return { kind: 'answer', attempt: { guid, token: need.token, result, next: 'done' } };
  }

  /**
   * Reads the whole domain in a session of its own and hands over the passwords that are needed, or that differ from what was sent by the time of
   * their change. `store`: keeps the watermark of every page.
   */
  async readAll(reason: string, signal: AbortSignal, store = false): Promise<number> {
    const { cursors, open } = this.#options;
    const startedAt = new Date();
    const { session, server } = await open(signal);
    let objects = 0;
    try {
      const page = new FullPage(this.#options, await this.#options.states.known());
      await cursors.saveCursor(this.namingContext, { server, fullPass: { startedAt, reason, objects } });
      const end = await session.replicate<PasswordCredential | undefined>({
        ...{ namingContext: this.namingContext, from: undefined, signal },
        transform: toCredential(page.rules),
        accept: (object) => page.accepts(object),
        onObject: (object, password) => page.take(object, password),
        onPage: async (watermark, count) => {
          objects += count;
          await page.flush();
          const progress = { fullPass: { startedAt, reason, objects } };
          await cursors.saveCursor(this.namingContext, store ? { ...progress, watermark } : progress);
        },
      });
      const done = { fullPass: undefined, lastFullPassAt: new Date(), failure: undefined };
      const watermark: Watermark = { invocationId: end.invocationId, usn: end.usn, upToDate: end.upToDate };
      await cursors.saveCursor(this.namingContext, store ? { ...done, watermark, lastPollAt: new Date() } : done);
      return objects;
    } catch (cause) {
      await cursors.saveCursor(this.namingContext, { fullPass: undefined });
      throw cause;
    } finally {
      await session.close();
    }
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }

  async #readAllInto(reason: string, signal: AbortSignal): Promise<number> {
    const begun = performance.now();
    const objects = await this.readAll(reason, signal, true);
    this.#options.log.info(
      {
        event: 'passwords.full-pass',
        namingContext: this.namingContext,
        objects,
        ms: Math.round(performance.now() - begun),
      },
      `Read everything (${reason}).`,
    );
    return objects;
  }

  async #delta(session: DrsSession, from: Watermark, signal: AbortSignal): Promise<number> {
    const { states, cursors, scopeOf } = this.#options;
    let passwords: string[] = [];
    let accounts: string[] = [];
    let noted = 0;
    await session.replicate<never>({
      ...{ namingContext: this.namingContext, from, signal },
      transform: () => Promise.reject(new Error('changes are not decrypted')),
      accept: () => false,
      onObject: (object, password) => {
        if (scopeOf(object.guid) === undefined) return Promise.resolve();
        if (password.kind !== 'unchanged') passwords.push(object.guid);
        else if (concernsPassword(object)) accounts.push(object.guid);
        return Promise.resolve();
      },
      onPage: async (watermark) => {
        await states.noteNeeds(passwords, 'changed');
        await states.noteNeeds(accounts, 'account');
        noted += passwords.length + accounts.length;
        [passwords, accounts] = [[], []];
        await cursors.saveCursor(this.namingContext, {
          ...{ watermark, lastPollAt: new Date(), server: this.#server, failure: undefined },
        });
      },
    });
    return noted;
  }

  /** Keeps a session for many calls; it is dropped with the first failure of the connection. */
  async #withSession<T>(signal: AbortSignal, work: (session: DrsSession) => Promise<T>): Promise<T> {
    if (this.#session === undefined) {
      const { session, server } = await this.#options.open(signal);
      this.#session = session;
      this.#server = server;
    }
    const session = this.#session;
    try {
      return await work(session);
    } catch (cause) {
      if (this.#session === session) this.#session = undefined;
      session.destroy();
      throw toSyncError(cause);
    }
  }
}

/** What a full pass collects until the end of a page. */
class FullPage {
  readonly rules: ReadRules;
  readonly #options: DomainReaderOptions;
  readonly #known: ReadonlyMap<string, KnownUser>;
  #candidates: Candidate[] = [];
  #answers: Attempt[] = [];

  constructor(options: DomainReaderOptions, known: ReadonlyMap<string, KnownUser>) {
    this.#options = options;
    this.#known = known;
    this.rules = options.rules();
  }

  accepts(object: ReplicatedObject): boolean {
    return this.#wanted(object) !== undefined && accountEligibility(object, this.rules.features).kind === 'eligible';
  }

  take(object: ReplicatedObject, password: Outcome): Promise<void> {
    const wanted = this.#wanted(object);
    if (wanted === undefined) {
      // Out of scope since it was accepted.
      if (password.kind === 'transformed') password.value?.destroy();
      return Promise.resolve();
    }
    const reading = readingOf(object, password, wanted, this.rules);
    if (reading.kind === 'candidate') this.#candidates.push(reading.candidate);
    else this.#answers.push(reading.attempt);
    return Promise.resolve();
  }

  /** Notes what is needed, then hands over: when sending fails, the need remains. */
  async flush(): Promise<void> {
    const { states, pipeline, metrics } = this.#options;
    const candidates = this.#candidates;
    const answers = this.#answers;
    [this.#candidates, this.#answers] = [[], []];
    const found = candidates.filter(({ token }) => token === undefined).map(({ object }) => object.guid);
    const token = await states.noteNeeds(found, 'full-pass');
    for (const { result } of answers) metrics.withheld(result.status);
    await states.record(answers);
    await pipeline.add(candidates.map((candidate) => ({ ...candidate, token: candidate.token ?? token })));
  }

  #wanted(object: ReplicatedObject): Wanted | undefined {
    const scope = this.#options.scopeOf(object.guid);
    if (scope?.cloudId === undefined) return undefined;
    const known = this.#known.get(object.guid);
    const sent = known?.sentChange !== undefined && known.sentChange === object.passwordChangedAt?.getTime();
    if (known?.token === undefined && sent) return undefined;
    return { scope, token: known?.token, attempts: known?.attempts ?? 0 };
  }
}

/** Whether a change without a new password may decide anew whether the password is sent. */
const concernsPassword = (object: ReplicatedObject): boolean =>
  object.pwdLastSet !== undefined ||
  object.userAccountControl !== undefined ||
  object.consistencyGuid !== undefined ||
  object.objectClasses !== undefined;

const alreadySent = (due: DueNeed, candidate: Candidate): boolean =>
  due.sentChange?.getTime() === candidate.changedAt.getTime() && due.forceChange === candidate.forceChange;
