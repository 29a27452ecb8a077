import type { Logger } from '@adjoin/shared';
import { LANE } from '@adjoin/spaces';
import type { Store } from '../store.js';

interface HoldItem {
  readonly objectId: string;
  readonly version: number;
  readonly name: string;
  readonly type: string;
}
interface Approval {
  readonly _id: string;
  readonly kind: string;
  readonly decision?: string;
  readonly holdId: string;
  readonly items: readonly { objectId: string; version: number }[];
  readonly by?: string;
}

/**
 * Deletions held by the threshold: one open hold a target, whose list follows the pending deletes until somebody decides. A decision names the
 * objects and versions it saw; later deletes need a new one (DESIGN §6).
 */
export class Holds {
  readonly #store: Store;
  readonly #target: string;
  readonly #log: Logger;

  constructor(store: Store, target: string, log: Logger) {
    this.#store = store;
    this.#target = target;
    this.#log = log;
  }

  /** Brings the open hold in line with the pending deletes. */
  async update(held: boolean): Promise<void> {
    const prefix = `deletion-hold:${this.#target}:`;
    const open = await this.#store.state.findOne({ _id: { $regex: `^${prefix}` }, status: 'held' });
    if (!held) {
      if (open !== null)
        await this.#store.state.updateOne({ _id: open._id }, { $set: { status: 'released', closedAt: new Date() } });
      return;
    }
    const items = await this.#items();
    if (open === null) {
      const id = Date.now().toString(36);
      await this.#store.state.insertOne({
        _id: `${prefix}${id}`,
        id,
        status: 'held',
        target: this.#target,
        items,
        count: items.length,
        createdAt: new Date(),
      });
      this.#log.warn(
        { event: 'deletions.held', code: 'ADJ-ENG-2011', target: this.#target, count: items.length },
        'Deletions are held.',
      );
    } else if (listed(open['items']) !== listed(items)) {
      await this.#store.state.updateOne(
        { _id: open._id },
        { $set: { items, count: items.length, updatedAt: new Date() } },
      );
    }
  }

  async #items(): Promise<readonly HoldItem[]> {
    const items: HoldItem[] = [];
    const filter = {
      connector: this.#target,
      'exp.state': { $in: ['pending' as const, 'failed' as const] },
      'exp.lane': LANE.delete,
      'exp.approvedBy': { $exists: false },
    };
    for await (const document of this.#store.cs
      .find(filter, { projection: { type: 1, dn: 1, exp: 1, imported: 1 } })
      .limit(10_000)) {
      const name = document.imported['userPrincipalName'] ?? document.imported['displayName'] ?? document.dn;
      items.push({
        objectId: document._id,
        version: document.exp?.decidedAt ?? 0,
        name: String(name),
        type: document.type,
      });
    }
    return items;
  }

  /** Carries out decisions that control-plane recorded. True when something changed. */
  async applyDecisions(): Promise<boolean> {
    const approvals = this.#store.db.collection<Approval>('approvals');
    let changed = false;
    for await (const approval of approvals.find({ kind: { $in: ['deletions', 'discard'] } })) {
      const done = await this.#store.state.findOne({ _id: `approval:${approval._id}` }, { projection: { _id: 1 } });
      if (done !== null) continue;
      const hold = await this.#store.state.findOne({
        _id: { $in: [approval.holdId, `deletion-hold:${this.#target}:${approval.holdId}`] },
        target: this.#target,
      });
      if (hold === null) continue;
      await this.#apply(approval, hold._id);
      changed = true;
    }
    return changed;
  }

  async #apply(approval: Approval, holdId: string): Promise<void> {
    const discard = approval.kind === 'discard' || approval.decision === 'discard';
    const by = approval.by ?? 'local';
    await this.#store.exclusive('release', async (session) => {
      if (approval.items.length > 0) {
        await this.#store.cs.bulkWrite(
          approval.items.map((item) => ({
            updateOne: {
              filter: {
                _id: item.objectId,
                'exp.decidedAt': Number(item.version),
                'pendingExport.operation': 'delete',
              },
              update: {
                $set: discard
                  ? { 'exp.state': 'discarded' as const, 'exp.approvedBy': by }
                  : { 'exp.approvedBy': by, 'exp.nextAt': new Date() },
              },
            },
          })),
          { ordered: false, session },
        );
      }
      await this.#store.state.updateOne(
        { _id: holdId },
        { $set: { status: discard ? 'discarded' : 'approved', by, closedAt: new Date() } },
        { session },
      );
      await this.#store.state.insertOne({ _id: `approval:${approval._id}`, at: new Date() }, { session });
    });
    this.#log.info({
      event: 'deletions.decided',
      hold: holdId,
      decision: discard ? 'discard' : 'approve',
      items: approval.items.length,
      by,
    });
  }
}

/** Which objects and versions a list names, to compare lists. */
function listed(items: unknown): string {
  return (Array.isArray(items) ? (items as HoldItem[]) : [])
    .map((item) => `${item.objectId}@${item.version}`)
    .sort()
    .join();
}
