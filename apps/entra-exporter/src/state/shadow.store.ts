import type { AnyBulkWriteOperation, Collection, Db } from '@adjoin/shared';
import type { ShadowValue } from '../mapping/to-graph.js';
import { insertNew } from './insert-new.js';

interface ShadowDocument {
  /** Cloud object id. */
  _id: string;
  values: Record<string, ShadowValue>;
}
/** By connector-space attribute. */
export type ShadowValues = Readonly<Record<string, ShadowValue>>;
/** What is applied when the reason is gone; substitutes for other attributes stay. */
const HEALABLE = ['userPrincipalName', 'mail'] as const;

export interface ShadowChange {
  readonly cloudId: string;
  readonly set: Readonly<Record<string, ShadowValue>>;
  /** Attributes that were sent as asked. */
  readonly unset: readonly string[];
  /** The object was just created: there is nothing to unset. */
  readonly fresh: boolean;
}

/** Owns `shadowValues`: values sent differently from what the engine asked (engine/entra-service.md section 3). */
export class ShadowStore {
  readonly #collection: Collection<ShadowDocument>;

  constructor(db: Db) {
    this.#collection = db.collection<ShadowDocument>('shadowValues');
  }

  async apply(changes: readonly ShadowChange[]): Promise<void> {
    const fresh = changes.filter((change) => change.fresh && Object.keys(change.set).length > 0);
    const clashed = await insertNew(
      this.#collection,
      fresh.map(({ cloudId, set }) => ({ _id: cloudId, values: { ...set } })),
    );
    const operations = changes.filter((change) => !change.fresh || clashed).flatMap(updateOf);
    if (operations.length > 0) await this.#collection.bulkWrite(operations, { ordered: false });
  }

  /** Objects of which a value that may be applied later was not sent as asked. */
  async *held(): AsyncGenerator<string> {
    const filter = { $or: HEALABLE.map((name) => ({ [`values.${name}.asked`]: { $type: 'string' as const } })) };
    for await (const { _id } of this.#collection.find(filter, { projection: { _id: 1 } })) yield _id;
  }

  async load(cloudIds: readonly string[]): Promise<ReadonlyMap<string, ShadowValues>> {
    if (cloudIds.length === 0) return new Map();
    const documents = await this.#collection.find({ _id: { $in: [...cloudIds] } }).toArray();
    return new Map(documents.map((document) => [document._id, document.values ?? {}]));
  }
}

function updateOf(change: ShadowChange): AnyBulkWriteOperation<ShadowDocument>[] {
  const set = Object.fromEntries(Object.entries(change.set).map(([name, value]) => [`values.${name}`, value]));
  const unset = Object.fromEntries(change.fresh ? [] : change.unset.map((name) => [`values.${name}`, true as const]));
  const some = Object.keys(set).length > 0;
  if (!some && Object.keys(unset).length === 0) return [];
  const update = { ...(some ? { $set: set } : {}), ...(Object.keys(unset).length > 0 ? { $unset: unset } : {}) };
  return [{ updateOne: { filter: { _id: change.cloudId }, update, upsert: some } }];
}
