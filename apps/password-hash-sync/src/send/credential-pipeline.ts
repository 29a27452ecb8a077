import { SyncError, toSyncError, type PasswordScope } from '@adjoin/contracts';
import type { ReplicatedObject } from '@adjoin/ad-drsr';
import type { Logger } from '@adjoin/shared';
import type { Attempt } from '../state/password-states.js';
import { proveBinding, type Binding } from '../target/binding.js';
import type { TargetDirectory } from '../target/target-directory.js';
import type { PasswordCredential } from '../transform/password-credential.js';
import type { PasswordMetrics } from '../telemetry.js';
import type { CredentialSender, OutgoingCredential, SendOutcome } from './credential-sender.js';

/** A derived password that waits for the proof of its binding and for the call that carries it. */
export interface Candidate {
  readonly object: ReplicatedObject;
  readonly scope: PasswordScope;
  /** Source anchor recomputed from the object. */
  readonly anchor: string;
  readonly credential: PasswordCredential;
  readonly changedAt: Date;
  readonly forceChange: boolean;
  /** Of the need it answers. */
  readonly token: string | undefined;
  readonly attempts: number;
}

export interface PipelineOptions {
  readonly directory: TargetDirectory;
  readonly sender: CredentialSender;
  readonly record: (attempts: readonly Attempt[], attemptsBefore: (guid: string) => number) => Promise<void>;
  /** The scope as it is now: it may have changed since the password was read. */
  readonly scopeOf: (guid: string) => PasswordScope | undefined;
  /** May anything be sent at this moment (staging, features of the tenant)? Asked directly before each call. */
  readonly open: () => Promise<boolean>;
  readonly metrics: PasswordMetrics;
  readonly log: Logger;
  readonly now?: (() => Date) | undefined;
  readonly batch?: number | undefined;
}

/** Credentials in one call. */
const BATCH = 100;
/** Candidates in memory; who adds more waits. */
const MOST_WAITING = 2000;

/**
 * Proves and sends, one call after the other, so that two passwords of a user can never overtake each other. Whatever happens, a credential is
 * destroyed when its call ended, and what was not accepted stays needed. A failure of the whole call is everybody's failure, not that of the pass.
 */
export class CredentialPipeline {
  readonly #options: PipelineOptions;
  readonly #waiting: Candidate[] = [];
  /** Users whose password waits or is on its way. */
  readonly #held = new Set<string>();
  /** Change that was sent last, by user: a pass that read long ago may not bring back an older password. */
  readonly #sentChange = new Map<string, number>();
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** Takes the candidates over. Waits while too many are there. */
  async add(candidates: readonly Candidate[]): Promise<void> {
    if (this.#closed) {
      destroy(candidates);
      return;
    }
    this.#waiting.push(...candidates);
    for (const { object } of candidates) this.#held.add(object.guid);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
    while (this.#waiting.length > MOST_WAITING && this.#working !== undefined) await this.#working;
  }

  holds(guid: string): boolean {
    return this.#held.has(guid);
  }

  /** Users whose password waits or is on its way. */
  get size(): number {
    return this.#held.size;
  }

  /** Until everything that was added has its answer. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /** Destroys what waits; ends with the call in progress. What was not sent stays needed. */
  async close(): Promise<void> {
    this.#closed = true;
    destroy(this.#waiting.splice(0));
    await this.idle();
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#options.batch ?? BATCH);
      try {
        await this.#process(batch);
      } catch (cause) {
        const error = toSyncError(cause);
        this.#options.log.error({ event: 'password.batch-failed', code: error.code, hint: error.hint }, error.message);
      } finally {
        destroy(batch);
        for (const { object } of batch) this.#held.delete(object.guid);
      }
    }
  }

  async #process(batch: readonly Candidate[]): Promise<void> {
    const { record, open } = this.#options;
    if (this.#closed || !(await open())) return;
    const newest = newestOfEach(batch).filter((candidate) => this.#isCurrent(candidate));
    const attemptsBefore = attemptsOf(newest);
    const proofs = await this.#prove(newest).catch((cause: unknown) => toSyncError(cause));
    if (proofs instanceof SyncError) {
      await record(this.#allFailed(newest, proofs), attemptsBefore);
      return;
    }
    const refused = newest.flatMap((candidate) => this.#unproven(candidate, proofs.get(candidate)));
    if (refused.length > 0) await record(refused, attemptsBefore);
    const proven = newest.filter((candidate) => proofs.get(candidate)?.kind === 'proven');
    // The proof took time: a switch may have been turned meanwhile.
    if (proven.length === 0 || !(await open()) || this.#hasEnded()) return;
    await record(await this.#send(proven), attemptsBefore);
  }

  async #prove(candidates: readonly Candidate[]): Promise<ReadonlyMap<Candidate, Binding>> {
    const ids = candidates.flatMap(({ scope }) => scope.cloudId ?? []);
    const accounts = await this.#options.directory.accounts(ids);
    return new Map(
      candidates.map((candidate) => [
        candidate,
        proveBinding(candidate.scope, candidate.anchor, accounts.get(candidate.scope.cloudId ?? '')),
      ]),
    );
  }

  async #send(proven: readonly Candidate[]): Promise<readonly Attempt[]> {
    const items = proven.map(({ scope, anchor, credential, changedAt, forceChange }): OutgoingCredential => {
      return { sourceAnchor: anchor, cloudId: scope.cloudId ?? '', credential, changedAt, forceChange };
    });
    const begun = this.#now();
    const outcomes = await this.#options.sender.send(items).catch((cause: unknown) => toSyncError(cause));
    if (outcomes instanceof SyncError) return this.#allFailed(proven, outcomes);
    this.#options.metrics.call((this.#now().getTime() - begun.getTime()) / 1000);
    return proven.map((candidate, index) => this.#answered(candidate, outcomes[index]));
  }

  #answered(candidate: Candidate, outcome: SendOutcome | undefined): Attempt {
    const at = this.#now();
    const { metrics, log } = this.#options;
    const { object, changedAt, forceChange } = candidate;
    switch (outcome?.kind) {
      case 'accepted': {
        const lagMs = Math.max(0, at.getTime() - changedAt.getTime());
        this.#sentChange.set(object.guid, changedAt.getTime());
        metrics.sent(lagMs / 1000);
        log.debug({ event: 'password.sent', objectGuid: object.guid, lagMs });
        const sent = { change: changedAt, at, lagMs, forceChange };
        return { ...attemptOf(candidate), result: { status: 'Success', at }, next: 'done', sent };
      }
      case 'unknown': {
        const message = 'The target does not know the account yet.';
        const result = { status: 'TargetNotExportedToDirectory', at, message } as const;
        return { ...attemptOf(candidate), result, next: 'again' };
      }
      case 'retry':
        return this.#failed(candidate, 'RetryRequestedByTarget', outcome.error);
      case 'refused':
        return this.#failed(candidate, 'Error', outcome.error);
      case undefined:
        return this.#failed(
          candidate,
          'Error',
          new SyncError('ADJ-PHS-7105', 'The target gave no answer for the account.'),
        );
    }
  }

  #unproven(candidate: Candidate, binding: Binding | undefined): Attempt[] {
    const at = this.#now();
    if (binding === undefined || binding.kind === 'proven') return [];
    const { object, scope } = candidate;
    if (binding.kind === 'absent') {
      const message = `The target has no account ${scope.cloudId ?? ''} (yet).`;
      const result = { status: 'NoTargetConnection', at, message } as const;
      return [{ ...attemptOf(candidate), result, next: 'again' }];
    }
    const { code, reason } = binding;
    this.#options.metrics.securityEvent(code);
    this.#options.log.error(
      { event: 'password.binding-refused', security: true, code, objectGuid: object.guid, cloudId: scope.cloudId },
      `Security: nothing was sent for ${object.dn}. ${reason}`,
    );
    const result = { status: 'BindingRefused', at, code, message: reason } as const;
    return [{ ...attemptOf(candidate), result, next: 'rarely' }];
  }

  #allFailed(candidates: readonly Candidate[], error: SyncError): readonly Attempt[] {
    this.#options.log.warn(
      { event: 'password.call-failed', code: error.code, hint: error.hint, users: candidates.length },
      error.message,
    );
    return candidates.map((candidate) => this.#failed(candidate, 'Error', error));
  }

  #failed(candidate: Candidate, status: 'Error' | 'RetryRequestedByTarget', error: SyncError): Attempt {
    this.#options.metrics.failed(error.code);
    const result = { status, at: this.#now(), code: error.code, message: error.message };
    return { ...attemptOf(candidate), result, next: 'again' };
  }

  /** The lease may be gone: another process sends now. */
  #hasEnded(): boolean {
    return this.#closed;
  }

  /** In scope as when it was read, and no newer password of the user was sent. */
  #isCurrent({ object, scope, changedAt }: Candidate): boolean {
    const now = this.#options.scopeOf(object.guid);
    const newer = this.#sentChange.get(object.guid) ?? Number.NEGATIVE_INFINITY;
    return now !== undefined && sameTarget(now, scope) && newer <= changedAt.getTime();
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}

const sameTarget = (a: PasswordScope, b: PasswordScope): boolean =>
  a.sourceAnchor === b.sourceAnchor && a.cloudId === b.cloudId && a.target === b.target;

const attemptOf = ({ object, token, changedAt }: Candidate): Pick<Attempt, 'guid' | 'token' | 'seen'> => ({
  guid: object.guid,
  token,
  seen: { dn: object.dn, account: object.samAccountName ?? undefined, changedAt },
});

function attemptsOf(candidates: readonly Candidate[]): (guid: string) => number {
  const attempts = new Map(candidates.map(({ object, attempts: before }) => [object.guid, before]));
  return (guid) => attempts.get(guid) ?? 0;
}

/** One candidate a user, in the order in which the passwords were changed. */
function newestOfEach(batch: readonly Candidate[]): readonly Candidate[] {
  const sorted = [...batch].sort((a, b) => a.changedAt.getTime() - b.changedAt.getTime());
  return [...new Map(sorted.map((candidate) => [candidate.object.guid, candidate])).values()];
}

function destroy(candidates: readonly Candidate[]): void {
  for (const { credential } of candidates) credential.destroy();
}
