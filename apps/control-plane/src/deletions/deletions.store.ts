import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SyncError, type DeletionHoldDetail } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { AuditStore } from '../audit/audit.store.js';
import { toInstant } from '../naming/wire.js';
import { CLOCK, MONGO, type Clock } from '../ports.js';
import { retryTransaction } from '../settings/retry-transaction.js';

const PREFIX = 'deletion-hold:';
const integer = z.union([z.number(), z.bigint()]).default(0).transform(Number);

/** A hold as the engine writes it into `engineState`. */
const holdDocument = z.object({
  _id: z.string(),
  status: z.string().default('held'),
  target: z.string().default(''),
  items: z
    .array(
      z.object({ objectId: z.string(), version: integer, name: z.string().default(''), type: z.string().default('') }),
    )
    .default([]),
  count: integer,
  createdAt: z.unknown().optional(),
});
type HoldDocument = z.infer<typeof holdDocument>;

interface ApprovalDocument {
  /** The hold's own `_id`: a hold is decided once. */
  readonly _id: string;
  readonly kind: 'deletions' | 'discard';
  readonly holdId: string;
  readonly target: string;
  /** Frozen: exactly what the person saw, no later version. */
  readonly items: readonly { readonly objectId: string; readonly version: number }[];
  readonly by: string;
  readonly at: Date;
}

/** Reads the engine's deletion holds; owns `approvals`. */
@Injectable()
export class DeletionsStore {
  constructor(
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(AuditStore) private readonly audit: AuditStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Holds, newest first. */
  async list(): Promise<DeletionHoldDetail[]> {
    const found = await this.#state()
      .find({ _id: { $gte: PREFIX, $lt: 'deletion-hold;' } })
      .toArray();
    const holds = found.map((doc) => holdDocument.parse(doc));
    const decisions = await this.#approvals()
      .find({ _id: { $in: holds.map((hold) => hold._id) } })
      .toArray();
    const byId = new Map(decisions.map((decision) => [decision._id, decision]));
    return holds
      .map((hold) => detailOf(hold, byId.get(hold._id)))
      .sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
  }

  /** Records the decision about a hold, with the list as it is now. Throws ADJ-API-4004 or, when it was decided already, ADJ-API-4006. */
  async decide(id: string, decision: 'approve' | 'discard', by: string): Promise<DeletionHoldDetail> {
    const hold = await this.#hold(id);
    const approval: ApprovalDocument = {
      _id: hold._id,
      kind: decision === 'approve' ? 'deletions' : 'discard',
      holdId: hold._id,
      target: hold.target,
      items: hold.items.map(({ objectId, version }) => ({ objectId, version })),
      by,
      at: this.clock.now(),
    };
    await retryTransaction(this.mongo, async (session) => {
      const earlier = await this.#approvals().findOne({ _id: hold._id }, { session });
      if (earlier !== null || hold.status !== 'held') throw decided(idOf(hold), earlier, hold.status);
      await this.#approvals().insertOne(approval, { session });
      await this.audit.append(
        { by, action: `deletions.${decision}`, object: idOf(hold), after: { items: approval.items } },
        session,
      );
    });
    return detailOf(hold, approval);
  }

  /** The hold, if its list is still the one that the id was given for. */
  async #hold(id: string): Promise<HoldDocument> {
    const [name = '', list] = id.split('.');
    const found = await this.#state().findOne({ _id: PREFIX + name });
    const hold = found === null ? undefined : holdDocument.parse(found);
    if (hold !== undefined && list === listDigest(hold)) return hold;
    if (hold !== undefined) {
      const hint = 'Look at `adjoin deletions list` again and use the id shown there.';
      throw new SyncError(
        'ADJ-API-4006',
        `The list of the deletion hold ${name} has changed: it has ${hold.items.length} object(s) now.`,
        { hint, object: id },
      );
    }
    throw new SyncError('ADJ-API-4004', `There is no deletion hold ${id}.`, {
      hint: 'See `adjoin deletions list`.',
      object: id,
    });
  }

  #state() {
    return this.mongo.db.collection<{ _id: string }>('engineState');
  }
  #approvals() {
    return this.mongo.db.collection<ApprovalDocument>('approvals');
  }
}

/** The open list of a hold grows while deletions come in; this part of its id changes with it, so that nobody approves what he has not seen. */
function listDigest(hold: HoldDocument): string {
  const lines = hold.items.map(({ objectId, version }) => `${objectId} ${version}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 8);
}

const idOf = (hold: HoldDocument): string => `${hold._id.slice(PREFIX.length)}.${listDigest(hold)}`;

function decided(id: string, earlier: ApprovalDocument | null, status: string): SyncError {
  const what = earlier === null ? status : `${earlier.kind === 'discard' ? 'discarded' : 'approved'} by ${earlier.by}`;
  return new SyncError('ADJ-API-4006', `The deletion hold ${id} is already ${what}.`, { object: id });
}

function detailOf(hold: HoldDocument, decision: ApprovalDocument | undefined): DeletionHoldDetail {
  const decidedStatus = decision?.kind === 'discard' ? 'discarded' : 'approved';
  return {
    id: idOf(hold),
    target: hold.target,
    status: decision !== undefined && hold.status === 'held' ? decidedStatus : hold.status,
    count: hold.count === 0 ? hold.items.length : hold.count,
    createdAt: toInstant(hold.createdAt),
    decidedBy: decision?.by ?? null,
    decidedAt: toInstant(decision?.at),
    items: hold.items,
  };
}
