import { SyncError, type GraphObjectType } from '@adjoin/contracts';
import type { Collection, Db, Lease } from '@adjoin/shared';

/** The tenant is one partition. */
export const TENANT_PARTITION = 'tenant';

/** Where the import of the tenant stands; collection `importCursors.<connector>`. */
export interface ImportCursor {
  /** Where the next delta read begins, by type; absent until a full import ended or after a token expired. */
  readonly links?: Readonly<Record<GraphObjectType, string>> | undefined;
  /** Properties the links track. */
  readonly select?: string | undefined;
  /** Where the next delta read of the sync service begins. */
  readonly cookie?: string | undefined;
  /** Objects of the last full import that was accepted as complete. */
  readonly lastCompleteCount?: number | undefined;
  readonly lastCompleteFullAt?: Date | undefined;
  readonly lastDeltaAt?: Date | undefined;
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}
type CursorDocument = ImportCursor & { _id: string; epoch: number };

/** The cursor of the holder of the import lease. Writes are conditional on its epoch: who lost the lease cannot move it. */
export class ImportCursorStore {
  readonly #collection: Collection<CursorDocument>;
  readonly epoch: number;
  #cursor: ImportCursor;

  private constructor(collection: Collection<CursorDocument>, epoch: number, cursor: ImportCursor) {
    this.#collection = collection;
    this.epoch = epoch;
    this.#cursor = cursor;
  }

  /** The epoch is larger than any before, also when the collection of leases was lost. */
  static async open(db: Db, connector: string, lease: Lease): Promise<ImportCursorStore> {
    const collection = db.collection<CursorDocument>(`importCursors.${connector}`);
    const found = await collection.findOneAndUpdate(
      { _id: TENANT_PARTITION },
      [{ $set: { epoch: { $max: [Number(lease.epoch), { $add: [{ $ifNull: ['$epoch', 0] }, 1] }] } } }],
      { upsert: true, returnDocument: 'after' },
    );
    const { _id: _unused, epoch, ...cursor } = found ?? { _id: TENANT_PARTITION, epoch: Number(lease.epoch) };
    const count = cursor.lastCompleteCount;
    return new ImportCursorStore(collection, Number(epoch), {
      ...cursor,
      ...(count === undefined ? {} : { lastCompleteCount: Number(count) }),
    });
  }

  get current(): ImportCursor {
    return this.#cursor;
  }

  /** Stores the given fields; undefined removes one. @throws ADJ-GEN-0001 when another process has taken over. */
  async save(change: ImportCursor): Promise<void> {
    const set = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const unset = Object.fromEntries(
      Object.entries(change).flatMap(([name, value]) => (value === undefined ? [[name, true as const]] : [])),
    );
    const result = await this.#collection.updateOne(
      { _id: TENANT_PARTITION, epoch: this.epoch },
      {
        ...(Object.keys(set).length > 0 ? { $set: set } : {}),
        ...(Object.keys(unset).length > 0 ? { $unset: unset } : {}),
      },
    );
    if (result.matchedCount === 0)
      throw new SyncError('ADJ-GEN-0001', 'Another process has taken over the import of the tenant.');
    this.#cursor = { ...this.#cursor, ...change };
  }
}
