import type { AnyBulkWriteOperation, Collection, Db } from '@adjoin/shared';
import { insertNew } from './insert-new.js';

/** Last create or delete of an object that the target took, and the last update that was sent. */
export interface Applied {
  _id: string;
  version: number;
  /** `releasedAt` of that export: an older message is a redelivery. */
  releasedAt: string;
  /** null = deleted. */
  cloudId: string | null;
  /** The object exists, but this version was not applied completely. */
  partial?: boolean | undefined;
  at: Date;
  /** Set on deletes; the document expires a week later. */
  deletedAt?: Date | undefined;
  /** Last update that was sent since, whatever came of it: an older one must not follow it. */
  update?: Release | undefined;
}

/** Which export of an object it was. */
export interface Release {
  readonly version: number;
  readonly releasedAt: string;
}

/** An update that was sent. */
export interface SentUpdate extends Release {
  readonly objectId: string;
  readonly cloudId: string | null;
}

const LONG_AGO = new Date(0);
const WEEK_SECONDS = 7 * 24 * 3600;

/** Owns `appliedExports`; everything is read and written per batch. `_id` = object id. */
export class AppliedStore {
  readonly #applied: Collection<Applied>;

  constructor(db: Db) {
    this.#applied = db.collection<Applied>('appliedExports');
  }

  async ensureIndexes(): Promise<void> {
    await this.#applied.createIndex(
      { deletedAt: 1 },
      { name: 'expiry', expireAfterSeconds: WEEK_SECONDS, sparse: true },
    );
  }

  async load(objectIds: readonly string[]): Promise<ReadonlyMap<string, Applied>> {
    const applied = await this.#applied.find({ _id: { $in: [...objectIds] } }).toArray();
    return new Map(applied.map((entry) => [entry._id, { ...entry, version: Number(entry.version) }]));
  }

  /** Durable (majority) when it resolves. @param known objects that had a record when the batch began. */
  async record(applied: readonly Applied[], known: ReadonlyMap<string, unknown>): Promise<void> {
    const fresh = applied.filter((entry) => !known.has(entry._id));
    const clashed = await insertNew(this.#applied, fresh);
    const operations = (clashed ? applied : applied.filter((entry) => known.has(entry._id))).map(
      ({ _id, ...fields }): AnyBulkWriteOperation<Applied> => ({
        replaceOne: { filter: { _id }, replacement: fields, upsert: true },
      }),
    );
    if (operations.length > 0) await this.#applied.bulkWrite(operations, { ordered: false });
  }

  /** Durable (majority) when it resolves. */
  async noteUpdates(updates: readonly SentUpdate[]): Promise<void> {
    if (updates.length === 0) return;
    await this.#applied.bulkWrite(
      updates.map(({ objectId: _id, cloudId, version, releasedAt }): AnyBulkWriteOperation<Applied> => {
        // An object that was not created here, and so not a moment ago.
        const foreign = { version: 0, releasedAt: '', cloudId, at: LONG_AGO };
        const update = { $set: { update: { version, releasedAt } }, $setOnInsert: foreign };
        return { updateOne: { filter: { _id }, update, upsert: true } };
      }),
      { ordered: false },
    );
  }
}
