import { randomUUID } from 'node:crypto';
import { SyncError, toSyncError, type ExportMessage } from '@adjoin/contracts';
import { isConflict, type BatchCall, type BatchPriority, type BatchReply, type GraphApi } from '@adjoin/graph';
import { GRAPH_RESOURCE } from '../mapping/from-graph.js';
import { toGraph, type GraphWrite } from '../mapping/to-graph.js';
import type { Intent } from '../state/intent.store.js';
import type { Known } from '../target/directory-target.js';
import type { Tenant } from '../tenant/tenant-info.js';
import { severalError, type DirectoryLookup, type Found } from './directory-lookup.js';
import { holdBack } from './held-back.js';
import { hardMatchRefusal, softMatch, type MatchContext } from './matching.js';
import { readMemberships } from './read-memberships.js';
import { deferred, failed, fromReply, refusal, succeeded, type Outcome } from './outcome.js';
import { writeMembers } from './write-members.js';

export interface ExportContext extends MatchContext {
  readonly api: GraphApi;
  readonly lookup: DirectoryLookup;
  readonly tenant: Tenant;
  readonly admits: (epoch: number) => boolean;
  readonly now: () => number;
}
/** Name and address can be taken, and the placeholder once. */
const MAX_HELD = 3;
const PRIORITY: Readonly<Record<ExportMessage['lane'], BatchPriority>> = { urgent: 0, normal: 1, bulk: 2 };

/** Applies one export to the directory. Never rejects: what goes wrong is part of the outcome. */
export async function exportObject(context: ExportContext, message: ExportMessage, known: Known): Promise<Outcome> {
  try {
    if (!context.admits(message.epoch)) return { kind: 'stale-gate' };
    const operation = new ExportOperation(context, message, known);
    if (message.objectType === 'contact') throw new SyncError('ADJ-EXP-3008', 'Microsoft Graph cannot write contacts.');
    if (message.operation === 'delete') return await operation.remove();
    return message.operation === 'add' ? await operation.create() : await operation.update();
  } catch (cause) {
    const error = toSyncError(cause);
    return error.retry === 'later' &&
      error.code.startsWith('ADJ-EXP-300') &&
      error.code !== 'ADJ-EXP-3006' &&
      error.code !== 'ADJ-EXP-3007'
      ? { ...deferred(error, context.windowMs), open: true }
      : failed(error);
  }
}

class ExportOperation {
  readonly #context: ExportContext;
  readonly #message: ExportMessage;
  readonly #known: Known;
  readonly #path: string;
  readonly #what: string;

  constructor(context: ExportContext, message: ExportMessage, known: Known) {
    this.#context = context;
    this.#message = message;
    this.#known = known;
    this.#path = `/${GRAPH_RESOURCE[message.objectType]}`;
    this.#what = `${message.operation === 'add' ? 'Creating' : message.operation === 'delete' ? 'Deleting' : 'Changing'} the ${message.objectType} ${message.name ?? message.sourceAnchor}`;
  }

  async create(): Promise<Outcome> {
    const { applied, intent } = this.#known;
    const write = toGraph(this.#message, this.#context.tenant);
    if (applied?.cloudId !== undefined && applied.cloudId !== null) return this.#adopt(applied.cloudId);
    if (intent !== undefined) return this.#resume(intent, write);
    const recycled = this.#context.lookup.recycled(this.#message);
    if (recycled !== undefined) return this.#restore(recycled, write);
    return this.#post(write);
  }

  /** A create may have happened: wait until reads would show it, then look before doing anything. */
  async #resume(intent: Intent, write: GraphWrite): Promise<Outcome> {
    const left = intent.startedAt.getTime() + this.#context.windowMs - this.#context.now();
    if (left > 0)
      return {
        ...deferred(
          new SyncError('ADJ-EXP-3001', `${this.#what}: waiting to see whether an earlier try succeeded.`),
          left,
        ),
        open: true,
        waited: true,
      };
    const found = await this.#context.lookup.find(this.#message, this.#context.tenant, this.#context.windowMs);
    if (found.kind === 'none') return this.#post(write);
    const outcome = await this.#onFound(found, write);
    // That try may have been a restore.
    return found.kind === 'found' ? this.#revived(found.cloudId, outcome) : outcome;
  }

  async #onFound(found: Exclude<Found, { kind: 'none' }>, write: GraphWrite): Promise<Outcome> {
    switch (found.kind) {
      case 'found':
        return this.#adopt(found.cloudId);
      case 'recycled':
        return this.#restore(found.cloudId, write);
      case 'several':
        return failed(severalError(this.#message));
      case 'unclear':
        return found.outcome;
    }
  }

  /** @param held what was held back of the write, and how often. */
  async #post(write: GraphWrite, held?: { readonly error: SyncError; readonly times: number }): Promise<Outcome> {
    const body =
      this.#message.objectType === 'user'
        ? { ...write.body, passwordProfile: { password: newPassword(), forceChangePasswordNextSignIn: false } }
        : write.body;
    const [reply] = await this.#context.batcher.submit({
      calls: [{ method: 'POST', url: this.#path, body }],
      repeatable: false,
      priority: PRIORITY[this.#message.lane],
      admit: this.#admit,
    });
    if (reply?.kind === 'answer' && reply.status < 300) return this.#created(reply.body, write, held?.error);
    const failure = refusal(reply);
    if (failure !== undefined && isConflict(failure)) return this.#conflict(write, reply, held?.times ?? 0);
    if (failure?.status === 403 && this.#message.objectType === 'device') {
      return failed(
        new SyncError('ADJ-EXP-3008', 'The service lets signed-in users create devices, not applications.'),
      );
    }
    const lost = failure?.details.some((detail) => detail.target === this.#context.tenant.anchorExtension) === true;
    return { ...fromReply(reply, this.#what, this.#context.windowMs), ...(lost ? { tenantChanged: true } : {}) };
  }

  async #created(body: unknown, write: GraphWrite, error: SyncError | undefined): Promise<Outcome> {
    const cloudId = (body as { id?: unknown } | undefined)?.id;
    if (typeof cloudId !== 'string')
      return {
        ...deferred(new SyncError('ADJ-EXP-3001', `${this.#what}: the answer has no id.`), this.#context.windowMs),
        open: true,
      };
    const outcome = await this.#links(cloudId, write, [], true);
    return error === undefined || outcome.error !== undefined ? outcome : { ...outcome, error };
  }

  /** Somebody has the value: ourselves from an earlier life, an object in the recycle bin, or another object. */
  async #conflict(write: GraphWrite, reply: BatchReply | undefined, times: number): Promise<Outcome> {
    const context = this.#context;
    const found = await context.lookup.find(this.#message, context.tenant, context.windowMs);
    if (found.kind === 'found') {
      const refused = await hardMatchRefusal(context, this.#message, found.cloudId);
      if (refused !== undefined) return failed(refused);
    }
    if (found.kind !== 'none') return this.#onFound(found, write);
    // The anchor is taken by an object that reads do not show yet.
    if (refusal(reply)?.details.some(({ target }) => target === 'onPremisesImmutableId') === true)
      return { ...this.#notYet(), open: true, waited: true };
    const match = await softMatch(context, this.#message, write);
    if (match.kind === 'refused') return failed(match.error);
    if (match.kind === 'unclear') return match.outcome;
    if (match.kind === 'take-over')
      return this.#adopt(match.cloudId, { onPremisesImmutableId: this.#message.sourceAnchor });
    const held = holdBack(this.#message, write, refusal(reply), context.tenant.domains.initial);
    if (held !== undefined && times < MAX_HELD) return this.#post(held.write, { error: held.error, times: times + 1 });
    return fromReply(reply, this.#what, context.windowMs);
  }

  async #restore(cloudId: string, write: GraphWrite): Promise<Outcome> {
    const calls: BatchCall[] = [{ method: 'POST', url: `/directory/deletedItems/${cloudId}/restore`, body: {} }];
    const [reply] = await this.#context.batcher.submit({
      calls,
      repeatable: true,
      priority: PRIORITY[this.#message.lane],
      admit: this.#admit,
    });
    if (succeeded(reply, true)) this.#context.lookup.noteRestored(this.#message);
    if (reply?.kind === 'answer' && reply.status === 404) return this.#post(write);
    if (!succeeded(reply)) return fromReply(reply, this.#what, this.#context.windowMs);
    return this.#revived(cloudId, await this.#adopt(cloudId));
  }

  /** Tells the memberships that came back with the object: the directory may have ended them meanwhile. */
  async #revived(cloudId: string, outcome: Outcome): Promise<Outcome> {
    if (outcome.kind !== 'applied') return outcome;
    const { api } = this.#context;
    return { ...outcome, restored: await readMemberships(api, this.#message.objectType, cloudId) };
  }

  /** The object exists: bring it to what the create wanted. @param taking what else makes it ours */
  async #adopt(cloudId: string, taking: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const message: ExportMessage = { ...this.#message, operation: 'update', cloudId };
    const outcome = await new ExportOperation(this.#context, message, {
      intent: undefined,
      applied: this.#known.applied,
    }).update(taking);
    return outcome.kind === 'missing' ? { ...this.#notYet(), open: true } : outcome;
  }

  async update(taking: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const cloudId = this.#message.cloudId ?? (await this.#ownId());
    if (typeof cloudId !== 'string') return cloudId;
    const write = await this.#writeOf(cloudId);
    const body = { ...write.body, ...taking };
    const calls: BatchCall[] =
      Object.keys(body).length === 0 ? [] : [{ method: 'PATCH', url: `${this.#path}/${cloudId}`, body }];
    return this.#links(cloudId, write, calls, false);
  }

  /** A substituted user principal name is made of the mailNickname the cloud has. */
  async #writeOf(cloudId: string): Promise<GraphWrite> {
    const write = toGraph(this.#message, this.#context.tenant);
    if (
      this.#message.objectType !== 'user' ||
      write.shadows['userPrincipalName'] === undefined ||
      'mailNickname' in write.body
    )
      return write;
    const reply = await this.#context.api.call('GET', `/users/${cloudId}?$select=mailNickname`);
    const nickname = (reply.body as { mailNickname?: unknown } | undefined)?.mailNickname;
    return typeof nickname === 'string' ? toGraph(this.#message, this.#context.tenant, nickname) : write;
  }

  async #ownId(): Promise<string | Outcome> {
    const applied = this.#known.applied?.cloudId;
    if (applied !== undefined && applied !== null) return applied;
    const found = await this.#context.lookup.find(this.#message, this.#context.tenant, this.#context.windowMs);
    if (found.kind === 'found') return found.cloudId;
    if (found.kind === 'unclear') return found.outcome;
    return found.kind === 'several' ? failed(severalError(this.#message)) : { kind: 'missing' };
  }

  /** Sends `calls`, then manager and members. */
  async #links(cloudId: string, write: GraphWrite, calls: readonly BatchCall[], created: boolean): Promise<Outcome> {
    const all = [...calls, ...this.#managerCall(cloudId, write)];
    const unit = {
      calls: all,
      repeatable: true,
      priority: PRIORITY[this.#message.lane],
      ...(created ? {} : { admit: this.#admit }),
    };
    const replies = await this.#context.batcher.submit(unit);
    const base: Outcome = {
      kind: 'applied',
      cloudId,
      unsupported: write.unsupported,
      shadows: write.shadows,
      plain: write.plain,
      created,
    };
    for (const [index, reply] of replies.entries()) {
      const clearing = all[index]?.method === 'DELETE';
      if (succeeded(reply, clearing && !this.#isYoung)) continue;
      return { ...base, ...this.#notApplied(reply, all[index]) };
    }
    const members = this.#message.references?.['member'];
    if (members === undefined || this.#message.objectType !== 'group') return base;
    const writer = {
      api: this.#context.api,
      batcher: this.#context.batcher,
      priority: PRIORITY[this.#message.lane],
      windowMs: this.#context.windowMs,
      young: this.#isYoung,
      admit: this.#admit,
    };
    return { ...base, references: { member: await writeMembers(writer, cloudId, members.add, members.remove) } };
  }

  #notApplied(reply: BatchReply | undefined, call: BatchCall | undefined): Outcome {
    const missing = reply?.kind === 'answer' && reply.status === 404;
    if (!missing) return fromReply(reply, this.#what, this.#context.windowMs);
    if (call?.method === 'PUT')
      return deferred(
        new SyncError('ADJ-EXP-3006', `${this.#what}: the manager is not in the tenant yet.`),
        this.#context.windowMs,
      );
    return this.#isYoung ? this.#notYet() : { kind: 'missing' };
  }

  /** What was made a moment ago may not be found yet; a 404 says nothing then (section 6). */
  get #isYoung(): boolean {
    return this.#context.now() - (this.#known.applied?.at.getTime() ?? 0) < this.#context.windowMs;
  }

  #notYet(): Outcome {
    const { windowMs } = this.#context;
    return deferred(new SyncError('ADJ-EXP-3001', `${this.#what}: the object cannot be read yet.`), windowMs);
  }

  #managerCall(cloudId: string, write: GraphWrite): BatchCall[] {
    if (this.#message.objectType !== 'user' || write.manager === undefined) return [];
    const url = `/users/${cloudId}/manager/$ref`;
    if (write.manager === null) return this.#message.operation === 'add' ? [] : [{ method: 'DELETE', url }];
    return [
      { method: 'PUT', url, body: { '@odata.id': `${this.#context.api.baseUrl}/directoryObjects/${write.manager}` } },
    ];
  }

  async remove(): Promise<Outcome> {
    const cloudId = this.#message.cloudId ?? (await this.#ownId());
    if (typeof cloudId !== 'string') return cloudId.kind === 'missing' ? { kind: 'applied' } : cloudId;
    const calls: BatchCall[] = [{ method: 'DELETE', url: `${this.#path}/${cloudId}` }];
    const [reply] = await this.#context.batcher.submit({
      calls,
      repeatable: true,
      priority: PRIORITY[this.#message.lane],
      admit: this.#admit,
    });
    if (this.#isYoung && reply?.kind === 'answer' && reply.status === 404) return this.#notYet();
    if (!succeeded(reply, true)) return fromReply(reply, this.#what, this.#context.windowMs);
    this.#context.lookup.noteDeleted(this.#message, cloudId);
    return { kind: 'applied', cloudId };
  }

  readonly #admit = (): boolean => this.#context.admits(this.#message.epoch);
}

/** A password nobody knows: 244 random bits, all four classes of characters. It is sent once and kept nowhere. */
function newPassword(): string {
  return `${randomUUID()}${randomUUID()}aA1!`;
}
