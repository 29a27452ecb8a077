import type { Collection, Db, Lease } from '@adjoin/shared';

/** A cookie of a domain controller that is not read from now; its deltas go on from there when it is read from again. */
export interface ParkedCookie {
  readonly invocationId: string;
  readonly cookie: Buffer;
  readonly at: Date;
}

/** Where the import of one partition stands. `_id` is the DN of the partition; collection `importCursors.<connector>`. */
export interface Cursor {
  /** DirSync cookie; absent until a full import ended, or after it was refused. */
  readonly cookie?: Buffer | undefined;
  /** invocationId of the domain controller that issued the cookie. */
  readonly invocationId?: string | undefined;
  /** URL of that domain controller. */
  readonly server?: string | undefined;
  /** Cookies of other domain controllers, newest first. */
  readonly parked?: readonly ParkedCookie[] | undefined;
  /** Attributes that the last full import requested. */
  readonly attributes?: readonly string[] | undefined;
  /** Configuration (scope, types) that the last full import was made with. */
  readonly configuration?: string | undefined;
  /** GUIDs of the containers that the scope lists, by their configured DN. */
  readonly scopeGuids?: readonly { readonly dn: string; readonly guid: string }[] | undefined;
  readonly lastCompleteCount?: number | undefined;
  readonly lastCompleteFullAt?: Date | undefined;
  readonly lastDeltaAt?: Date | undefined;
  /** Last trouble with the connection; cleared by the next success. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
  /** What the scope lacks: renamed and missing containers. */
  readonly warnings?: readonly { readonly code: string; readonly message: string }[] | undefined;
  readonly counts?: Readonly<Record<string, number>> | undefined;
}
type CursorDocument = Cursor & { _id: string; epoch: number };

/**
 * Cursor of one partition. Every write is conditional on the epoch, so that a process that lost its lease cannot move the cursor of
 * its successor.
 */
export class CursorStore {
  readonly #collection: Collection<CursorDocument>;
  readonly #partition: string;
  readonly epoch: number;
  #cursor: Cursor;

  private constructor(collection: Collection<CursorDocument>, partition: string, epoch: number, cursor: Cursor) {
    this.#collection = collection;
    this.#partition = partition;
    this.epoch = epoch;
    this.#cursor = cursor;
  }

  /**
   * Opens the cursor for the holder of the lease. The epoch is larger than any before, also when the lease collection was lost; within
   * it sequences start at 0.
   */
  static async open(db: Db, connector: string, partition: string, lease: Lease): Promise<CursorStore> {
    const collection = db.collection<CursorDocument>(`importCursors.${connector}`);
    const found = await collection.findOneAndUpdate(
      { _id: partition },
      [{ $set: { epoch: { $max: [Number(lease.epoch), { $add: [{ $ifNull: ['$epoch', 0] }, 1] }] } } }],
      { upsert: true, returnDocument: 'after' },
    );
    const { _id: _unused, epoch, ...cursor } = found ?? { _id: partition, epoch: Number(lease.epoch) };
    return new CursorStore(collection, partition, Number(epoch), normalize(cursor));
  }

  /** Domains that were read before and are not among the selected ones: their objects stay as they were read last. */
  static async deselected(db: Db, connector: string, selected: readonly string[]): Promise<readonly string[]> {
    const known = await db
      .collection<{ _id: string }>(`importCursors.${connector}`)
      .find({}, { projection: { _id: 1 } })
      .toArray();
    const chosen = new Set(selected.map((dn) => dn.toLowerCase()));
    return known.map(({ _id }) => _id).filter((dn) => !chosen.has(dn.toLowerCase()));
  }

  get current(): Cursor {
    return this.#cursor;
  }

  /** Stores the given fields; undefined removes one. Throws when another holder has taken over. */
  async save(change: Cursor): Promise<void> {
    const entries = Object.entries(change);
    const set = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    const unset = Object.fromEntries(
      entries.filter(([, value]) => value === undefined).map(([name]) => [name, ''] as const),
    );
    const result = await this.#collection.updateOne(
      { _id: this.#partition, epoch: this.epoch },
      {
        ...(Object.keys(set).length > 0 ? { $set: set } : {}),
        ...(Object.keys(unset).length > 0 ? { $unset: unset } : {}),
      },
    );
    if (result.matchedCount === 0) throw new Error(`another process has taken over ${this.#partition}`);
    this.#cursor = { ...this.#cursor, ...change };
  }
}

/** Counts read back as bigint (the driver keeps 64-bit integers exact) become numbers again. */
function normalize(cursor: Cursor): Cursor {
  const count = cursor.lastCompleteCount;
  return { ...cursor, ...(count === undefined ? {} : { lastCompleteCount: Number(count) }) };
}
