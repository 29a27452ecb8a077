import type { AnyBulkWriteOperation, Collection, Db } from '@adjoin/shared';
import { SyncError, type ExportMessage } from '@adjoin/contracts';

/** Written before a create is sent: the only way to know after a crash that the object may exist. */
export interface Intent {
  _id: string;
  version: number;
  anchor: string;
  type: string;
  startedAt: Date;
}
/** Last export of an object that the target took. */
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
}
const WEEK_SECONDS = 7 * 24 * 3600;

/** Owns `exportIntents` and `appliedExports`; everything is read and written per batch. `_id` = object id. */
export class ExportStateStore {
  readonly #intents: Collection<Intent>;
  readonly #applied: Collection<Applied>;

  constructor(db: Db) {
    this.#intents = db.collection<Intent>('exportIntents');
    this.#applied = db.collection<Applied>('appliedExports');
  }

  async ensureIndexes(): Promise<void> {
    await this.#applied.createIndex({ deletedAt: 1 }, { expireAfterSeconds: WEEK_SECONDS });
  }

  async load(messages: readonly ExportMessage[]): Promise<{ intents: ReadonlyMap<string, Intent>; applied: ReadonlyMap<string, Applied> }> {
    const adds = messages.filter((message) => message.operation === 'add').map((message) => message.objectId);
    const [intents, applied] = await Promise.all([
      adds.length === 0 ? [] : this.#intents.find({ _id: { $in: adds } }).toArray(),
      this.#applied.find({ _id: { $in: messages.map((message) => message.objectId) } }).toArray(),
    ]);
    return {
      intents: new Map(intents.map((intent) => [intent._id, intent])),
      applied: new Map(applied.map((entry) => [entry._id, { ...entry, version: Number(entry.version) }])),
    };
  }

  /** Durable (majority) when it resolves. Rejects (retry later) when another process has begun one of them meanwhile. */
  async begin(intents: readonly Intent[]): Promise<void> {
    const clashed = await insertNew(this.#intents, intents);
    if (clashed) throw new SyncError('ADJ-GEN-0001', 'Another process has begun the same creates.');
  }

  /** @param settled ids whose create is no longer open. */
  async finish(settled: readonly string[], applied: readonly Applied[], known: ReadonlySet<string>): Promise<void> {
    const clashed = await insertNew(this.#applied, applied.filter((entry) => !known.has(entry._id)));
    const operations = applied
      .filter((entry) => known.has(entry._id) || clashed)
      .map(({ _id, ...fields }): AnyBulkWriteOperation<Applied> => ({ replaceOne: { filter: { _id }, replacement: fields, upsert: true } }));
    if (operations.length > 0) await this.#applied.bulkWrite(operations, { ordered: false });
    // Only after what came of it is stored.
    if (settled.length > 0) await this.#intents.deleteMany({ _id: { $in: [...settled] } });
  }
}

/** Inserts in bulk (half the cost of upserts); true when some were there already. */
async function insertNew<T>(collection: { insertMany(documents: readonly T[], options: { ordered: false }): Promise<unknown> }, documents: readonly T[]): Promise<boolean> {
  if (documents.length === 0) return false;
  try {
    await collection.insertMany(documents, { ordered: false });
    return false;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 11000) return true;
    throw error;
  }
}
