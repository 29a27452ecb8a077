import { toSyncError, type PasswordScope } from '@adjoin/contracts';
import { holdLease, sleep, supervise, type createKafka, type Db, type Logger, type Runnable } from '@adjoin/shared';
import type { TenantFeatures } from '../eligibility/account-rules.js';
import type { ProvableAnchor } from '../eligibility/source-anchor.js';
import { DomainReader } from '../replication/domain-reader.js';
import type { OpenSession } from '../replication/hash-source.js';
import { ScopeBook } from '../scope/scope-book.js';
import { CredentialPipeline, type Candidate } from '../send/credential-pipeline.js';
import type { CredentialSender } from '../send/credential-sender.js';
import { PasswordStates, type Attempt, type DueNeed } from '../state/password-states.js';
import { ReplicationCursors } from '../state/replication-cursors.js';
import type { TargetDirectory } from '../target/target-directory.js';
import { passwordMetrics, type PasswordMetrics } from '../telemetry.js';
import { ResyncCommands } from './resync-commands.js';
import { SendGate } from './send-gate.js';

export interface ForestWorkerOptions {
  readonly connector: string;
  /** DNs of the domains. */
  readonly namingContexts: readonly string[];
  readonly anchorAttribute: ProvableAnchor;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly owner: string;
  readonly db: Db;
  readonly kafka: ReturnType<typeof createKafka>;
  readonly open: (namingContext: string, signal: AbortSignal) => Promise<OpenSession>;
  readonly directory: TargetDirectory;
  readonly sender: CredentialSender;
  readonly log: Logger;
}

/** Users read one by one in a turn. */
const TURN = 100;
/** From so many needs on the whole domain is read instead: 13 ms a user one by one, well under 1 ms a user in a pass. */
const MANY = 400;
const MANY_SHARE = 25;
const FEATURES_MS = 30_000;
const HEARTBEAT_MS = 30_000;
const NO_FEATURES: TenantFeatures = { passwordSync: false, forcePasswordChange: false, cloudPasswordPolicy: false };

/** Synchronizes the passwords of one forest while it holds the lease; replicas stand by. */
export class ForestWorker implements Runnable {
  readonly name: string;
  readonly #options: ForestWorkerOptions;
  readonly #states: PasswordStates;
  readonly #cursors: ReplicationCursors;
  readonly #metrics: PasswordMetrics;
  readonly #gate: SendGate;
  #features: TenantFeatures | undefined;
  #featuresAt = Number.NEGATIVE_INFINITY;
  #heartbeatAt = Number.NEGATIVE_INFINITY;
  #polledAt: number | undefined;
  #pending: number | undefined;
  #fullPass: Promise<void> | undefined;
  readonly #failures = new Map<string, string>();
  role: 'standby' | 'active' = 'standby';
  condition = 'starting';

  constructor(options: ForestWorkerOptions) {
    this.#options = options;
    this.name = `passwords of ${options.connector}`;
    this.#states = new PasswordStates(options.db, options.connector);
    this.#cursors = new ReplicationCursors(options.db, options.connector);
    this.#gate = new SendGate(options.db);
    this.#metrics = passwordMetrics(options.connector, {
      pending: () => this.#pending,
      freshness: () => (this.#polledAt === undefined ? undefined : (Date.now() - this.#polledAt) / 1000),
    });
  }

  async run(signal: AbortSignal, working?: () => void): Promise<void> {
    const { db, connector, owner, leaseMs, log } = this.#options;
    const name = `password-hash-sync:${connector}`;
    const lease = await holdLease(db, { name, owner, ttlMs: leaseMs, standby: working }, signal);
    if (lease === undefined) return;
    const work = new AbortController();
    const end = (): void => work.abort();
    lease.signal.addEventListener('abort', end, { once: true });
    signal.addEventListener('abort', end, { once: true });
    if (lease.signal.aborted || signal.aborted) end();
    this.role = 'active';
    log.info({ event: 'passwords.active', epoch: lease.epoch });
    try {
      await this.#active(work.signal, working);
    } finally {
      this.role = 'standby';
      work.abort();
      await lease.release();
    }
  }

  async #active(outer: AbortSignal, working?: () => void): Promise<void> {
    // Ends with a failure of the loop, too: what runs beside it must not go on alone.
    const own = new AbortController();
    const signal = AbortSignal.any([outer, own.signal]);
    const { connector, db, kafka, log, owner } = this.#options;
    const states = this.#states;
    await states.ensureIndexes();
    const forest = await this.#cursors.forest(owner, 'sync-service');
    const book = new ScopeBook({ connector, states, log });
    await book.load();
    const consumer = supervise(book.consumer(kafka, forest.scopeGroup), { failure: undefined }, log, signal);
    const pipeline = this.#pipeline((guid) => book.get(guid));
    const domains = this.#options.namingContexts.map((namingContext) => this.#reader(namingContext, pipeline, book));
    const commands = new ResyncCommands({ db, connector, states, log });
    try {
      await this.#refreshFeatures();
      await book.settled(signal);
      working?.();
      while (!signal.aborted) {
        const begun = performance.now();
        await this.#turn(domains, pipeline, book, signal);
        await commands.carryOut();
        await sleep(Math.max(0, this.#options.pollMs - (performance.now() - begun)), signal);
      }
    } finally {
      own.abort();
      await pipeline.close();
      await this.#fullPass;
      await Promise.all(domains.map((domain) => domain.close()));
      await consumer;
    }
  }

  async #turn(
    domains: readonly DomainReader[],
    pipeline: CredentialPipeline,
    book: ScopeBook,
    signal: AbortSignal,
  ): Promise<void> {
    if (performance.now() - this.#heartbeatAt > HEARTBEAT_MS) {
      await this.#cursors.heartbeat();
      this.#heartbeatAt = performance.now();
    }
    const begun = performance.now();
    let changes = 0;
    for (const domain of domains)
      changes += (await this.#guarded(domain, signal, () => domain.readChanges(signal))) ?? 0;
    if (this.#failures.size < domains.length) this.#polledAt = Date.now();
    await this.#refreshFeatures();
    this.#pending = await this.#states.countPending();
    if (!(await this.#open())) return;
    const many = Math.max(MANY, Math.floor(book.size / MANY_SHARE));
    // What is on its way is still noted as needed.
    const isMany = async (): Promise<boolean> =>
      (await this.#states.countDue(many + pipeline.size)) - pipeline.size >= many;
    if (this.#fullPass === undefined && (await isMany()))
      this.#fullPass = this.#readEverything(domains, signal).finally(() => (this.#fullPass = undefined));
    await this.#sendDue(domains, pipeline, signal);
    // While a full pass runs nobody waits for the sending, and a domain that failed was not read: such times say nothing.
    if (this.#fullPass !== undefined || this.#failures.size > 0) return;
    const ms = performance.now() - begun;
    this.#metrics.pass(changes, ms / 1000);
    if (changes === 0) return;
    this.#options.log.debug({ event: 'passwords.pass', changes, ms: Math.round(ms) }, 'Read and sent what changed.');
  }

  async #readEverything(domains: readonly DomainReader[], signal: AbortSignal): Promise<void> {
    const begun = performance.now();
    for (const domain of domains)
      await this.#guarded(domain, signal, () => domain.readAll('many passwords are due', signal));
    const ms = Math.round(performance.now() - begun);
    this.#options.log.info({ event: 'passwords.full-pass', ms }, 'Read all domains, because many passwords were due.');
  }

  /** One by one; while a full pass runs only what somebody waits for, the rest comes with it. */
  async #sendDue(domains: readonly DomainReader[], pipeline: CredentialPipeline, signal: AbortSignal): Promise<void> {
    const only = this.#fullPass === undefined ? undefined : (['changed', 'account'] as const);
    const due = (await this.#states.due(TURN, only)).filter(({ guid }) => !pipeline.holds(guid));
    const candidates: Candidate[] = [];
    const answers: Attempt[] = [];
    const attempts = new Map(due.map(({ guid, need }) => [guid, need.attempts]));
    for (const need of due) {
      // With no domain to ask each of them would wait for a connection.
      if (signal.aborted || this.#failures.size === domains.length) break;
      const reading = await this.#read(need, domains, signal);
      if (reading?.kind === 'candidate') candidates.push(reading.candidate);
      else if (reading?.kind === 'answer') answers.push(reading.attempt);
    }
    for (const { result } of answers) if (result.status !== 'Success') this.#metrics.withheld(result.status);
    await this.#states.record(answers, (guid) => attempts.get(guid) ?? 0);
    await pipeline.add(candidates);
    if (this.#fullPass === undefined) await pipeline.idle();
  }

  async #read(due: DueNeed, domains: readonly DomainReader[], signal: AbortSignal) {
    const dn = due.dn?.toLowerCase();
    const isHome = ({ namingContext }: DomainReader): boolean => dn?.endsWith(namingContext.toLowerCase()) === true;
    const ordered = [...domains].sort((a, b) => Number(isHome(b)) - Number(isHome(a)));
    let reached = false;
    for (const domain of ordered) {
      const reading = await this.#guarded(domain, signal, async () => {
        const found = await domain.readUser(due, signal);
        reached = true;
        return found;
      });
      if (reading !== undefined) return reading;
    }
    // A domain that could not be asked has said nothing about the user.
    if (!reached || this.#failures.size > 0) return undefined;
    const message = 'No domain controller of the forest has the account.';
    const result = { status: 'SourceConnectorNotPresent', at: new Date(), message } as const;
    const attempt: Attempt = { guid: due.guid, token: due.need.token, result, next: 'rarely' };
    return { kind: 'answer', attempt } as const;
  }

  /** A domain that fails is noted and logged once; the others go on. */
  async #guarded<T>(domain: DomainReader, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    const { namingContext } = domain;
    try {
      const result = await work();
      if (this.#failures.delete(namingContext))
        this.#options.log.info({ event: 'passwords.domain-back', namingContext }, 'The domain can be read again.');
      return result;
    } catch (cause) {
      if (signal.aborted) return undefined;
      const { code, message, hint } = toSyncError(cause);
      if (this.#failures.get(namingContext) !== code)
        this.#options.log.error({ event: 'passwords.domain-failed', namingContext, code, hint }, message);
      this.#failures.set(namingContext, code);
      await this.#cursors.saveFailure(namingContext, { code, message });
      return undefined;
    }
  }

  async #refreshFeatures(): Promise<void> {
    if (performance.now() - this.#featuresAt < FEATURES_MS) return;
    try {
      const before = this.#features;
      const features = await this.#options.directory.features();
      this.#features = features;
      this.#featuresAt = performance.now();
      await this.#cursors.saveFeatures(features);
      if (before?.forcePasswordChange === false && features.forcePasswordChange)
        await this.#states.noteAll('features', { status: 'FilteredByTarget' });
    } catch (cause) {
      const { code, message, hint } = toSyncError(cause);
      await this.#say({ code, message: `The target cannot be asked for its features: ${message} ${hint}` });
    }
  }

  /** Whether anything may be sent now; says why not. */
  async #open(): Promise<boolean> {
    if (await this.#gate.staging()) {
      await this.#say({ message: 'staging mode: changes are noted, nothing is sent' });
      return false;
    }
    if (this.#features === undefined) return false;
    if (!this.#features.passwordSync) {
      await this.#say({
        code: 'ADJ-PHS-7106',
        message: 'Password hash synchronization is not enabled in the tenant: nothing is sent.',
      });
      return false;
    }
    await this.#say({ message: 'working' });
    return true;
  }

  async #say(condition: { code?: string | undefined; message: string }): Promise<void> {
    if (condition.message === this.condition) return;
    this.condition = condition.message;
    this.#options.log.info({ event: 'passwords.condition', code: condition.code }, condition.message);
    await this.#cursors.saveCondition(condition);
  }

  #pipeline(scopeOf: (guid: string) => PasswordScope | undefined): CredentialPipeline {
    const { directory, sender, log } = this.#options;
    return new CredentialPipeline({
      ...{ directory, sender, log, scopeOf, metrics: this.#metrics },
      record: (attempts, before) => this.#states.record(attempts, before),
      open: () => this.#open(),
    });
  }

  #reader(namingContext: string, pipeline: CredentialPipeline, book: ScopeBook): DomainReader {
    const { open, log, anchorAttribute } = this.#options;
    return new DomainReader({
      open: (signal) => open(namingContext, signal),
      ...{ namingContext, log, pipeline, states: this.#states, cursors: this.#cursors, metrics: this.#metrics },
      scopeOf: (guid) => book.get(guid),
      rules: () => ({ features: this.#features ?? NO_FEATURES, anchorAttribute }),
    });
  }

  /** What /readyz shows. */
  get detail(): Readonly<Record<string, unknown>> {
    return { role: this.role, condition: this.condition, failures: Object.fromEntries(this.#failures) };
  }
}
