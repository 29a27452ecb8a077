import { randomUUID } from 'node:crypto';
import { SyncError } from '@adjoin/contracts';
import type { Collection, Db } from '@adjoin/shared';
import { isDuplicateKey } from './insert-new.js';

/** Written before a create is sent: the only way to know after a crash that the object may exist. */
export interface Intent {
  /** Object id. */
  readonly id: string;
  readonly version: number;
  readonly anchor: string;
  readonly type: string;
  readonly startedAt: Date;
}
/** The creates that were begun together and are not known to be settled. */
interface IntentGroup {
  _id: string;
  creates: Intent[];
}

/** Creates that were begun together. */
export interface OpenCreates {
  /**
   * Forgets intents; only after what came of their creates is stored.
   * @param settled objects whose create is no longer open, of this batch or with an intent of an earlier one.
   */
  settle(settled: ReadonlySet<string>, earlier: ReadonlyMap<string, Intent>): Promise<void>;
}

/** Owns `exportIntents`: one document for all creates of a batch, so that a create costs neither an insert nor a removal of its own. */
export class IntentStore {
  readonly #groups: Collection<IntentGroup>;

  constructor(db: Db) {
    this.#groups = db.collection<IntentGroup>('exportIntents');
  }

  /** At most one open intent an object, also between processes. */
  async ensureIndexes(): Promise<void> {
    await this.#groups.createIndex(
      { 'creates.id': 1 },
      { unique: true, partialFilterExpression: { 'creates.id': { $exists: true } } },
    );
  }

  /** Open intents of these objects, by object id. */
  async load(objectIds: readonly string[]): Promise<ReadonlyMap<string, Intent>> {
    if (objectIds.length === 0) return new Map();
    const wanted = new Set(objectIds);
    const groups = await this.#groups.find({ 'creates.id': { $in: [...objectIds] } }).toArray();
    const found = groups.flatMap(({ creates }) => creates).filter(({ id }) => wanted.has(id));
    return new Map(found.map((intent) => [intent.id, { ...intent, version: Number(intent.version) }]));
  }

  /** Durable (majority) when it resolves. Rejects (retry later) when another process has begun one of them meanwhile. */
  async begin(creates: readonly Intent[]): Promise<OpenCreates> {
    const group: IntentGroup = { _id: randomUUID(), creates: [...creates] };
    if (creates.length > 0) {
      await this.#groups.insertOne(group).catch((cause: unknown) => {
        throw isDuplicateKey(cause)
          ? new SyncError('ADJ-GEN-0001', 'Another process has begun the same creates.', { cause })
          : cause;
      });
    }
    return new BegunCreates(this.#groups, group);
  }
}

/** The creates of one batch. */
class BegunCreates implements OpenCreates {
  readonly #groups: Collection<IntentGroup>;
  readonly #group: IntentGroup;

  constructor(groups: Collection<IntentGroup>, group: IntentGroup) {
    this.#groups = groups;
    this.#group = group;
  }

  async settle(settled: ReadonlySet<string>, earlier: ReadonlyMap<string, Intent>): Promise<void> {
    const { _id, creates } = this.#group;
    const open = creates.filter(({ id }) => !settled.has(id));
    if (open.length === 0 && creates.length > 0) await this.#groups.deleteOne({ _id });
    else if (open.length < creates.length) await this.#groups.updateOne({ _id }, { $set: { creates: open } });
    const old = [...earlier.keys()].filter((id) => settled.has(id));
    if (old.length === 0) return;
    await this.#groups.updateMany({ 'creates.id': { $in: old } }, { $pull: { creates: { id: { $in: old } } } });
    await this.#groups.deleteMany({ creates: { $size: 0 } });
  }
}
