import { randomUUID } from 'node:crypto';
import type { Collection, Db } from '@adjoin/shared';
import type { TenantFeatures } from '../eligibility/account-rules.js';
import type { ForestDocument, ReplicationCursor } from './state-documents.js';

type CursorChange = { readonly [K in keyof Omit<ReplicationCursor, '_id'>]?: ReplicationCursor[K] | undefined };

/** Collection `replicationCursors`: how far each domain was read, and the state of the forest. */
export class ReplicationCursors {
  readonly #cursors: Collection<ReplicationCursor>;
  readonly #forests: Collection<ForestDocument>;
  readonly #connector: string;

  constructor(db: Db, connector: string) {
    this.#cursors = db.collection('replicationCursors');
    this.#forests = db.collection('replicationCursors');
    this.#connector = connector;
  }

  async cursor(namingContext: string): Promise<ReplicationCursor> {
    const _id = `${this.#connector}/${namingContext}`;
    return (await this.#cursors.findOne({ _id })) ?? { _id, connector: this.#connector, namingContext };
  }

  /** Stores the given fields; undefined removes one. */
  async saveCursor(namingContext: string, change: CursorChange): Promise<void> {
    const entries = Object.entries(change);
    const $set = {
      connector: this.#connector,
      namingContext,
      ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    };
    const removed = entries.filter(([, value]) => value === undefined).map(([name]) => [name, ''] as const);
    await this.#cursors.updateOne(
      { _id: `${this.#connector}/${namingContext}` },
      { $set, ...(removed.length === 0 ? {} : { $unset: Object.fromEntries(removed) }) },
      { upsert: true },
    );
  }

  /** A failure keeps the time when it began. */
  async saveFailure(namingContext: string, failure: { code: string; message: string }): Promise<void> {
    const { failure: before } = await this.cursor(namingContext);
    const since = before?.code === failure.code ? before.since : new Date();
    await this.saveCursor(namingContext, { failure: { ...failure, since } });
  }

  /** The forest's document, made on the first start. */
  async forest(owner: string, channel: string): Promise<ForestDocument> {
    const now = new Date();
    const found = await this.#forests.findOneAndUpdate(
      { _id: this.#connector },
      {
        $set: { connector: this.#connector, owner, channel, heartbeatAt: now },
        $setOnInsert: { scopeGroup: randomUUID(), condition: { message: 'starting', since: now } },
      },
      { upsert: true, returnDocument: 'after' },
    );
    if (found === null) throw new Error('the document of the forest was not stored');
    return found;
  }

  async heartbeat(): Promise<void> {
    await this.#forests.updateOne({ _id: this.#connector }, { $set: { heartbeatAt: new Date() } });
  }

  async saveCondition(condition: { code?: string | undefined; message: string }): Promise<void> {
    await this.#forests.updateOne(
      { _id: this.#connector, 'condition.message': { $ne: condition.message } },
      {
        $set: { condition: { ...condition, since: new Date() } },
      },
    );
  }

  async saveFeatures(features: TenantFeatures): Promise<void> {
    await this.#forests.updateOne({ _id: this.#connector }, { $set: { features } });
  }
}
