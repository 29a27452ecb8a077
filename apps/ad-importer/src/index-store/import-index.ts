import type { AnyBulkWriteOperation, Collection, Db } from '@adjoin/shared';
import { CONTAINER } from '../object/object-type.js';

/** What the importer remembers of an object: enough to decide scope and to tell news from changes. */
export interface IndexEntry {
  readonly parent: string | null;
  readonly inScope: boolean;
  readonly type: string;
  readonly rdn: string;
}
interface IndexDocument extends IndexEntry {
  _id: string;
  partition: string;
}

/**
 * GUID → place of every object in scope, and of every container, of one partition. Held in memory; written to
 * `importIndex.<connector>` in bulk by {@link flush}, always before the cursor that made the change.
 */
export class ImportIndex {
  readonly #entries = new Map<string, IndexEntry>();
  readonly #dirty = new Set<string>();
  readonly #collection: Collection<IndexDocument>;
  readonly #partition: string;
  #inScope = 0;

  private constructor(collection: Collection<IndexDocument>, partition: string) {
    this.#collection = collection;
    this.#partition = partition;
  }

  static async load(db: Db, connector: string, partition: string): Promise<ImportIndex> {
    const index = new ImportIndex(db.collection<IndexDocument>(`importIndex.${connector}`), partition);
    await index.#collection.createIndex({ partition: 1 });
    const types = new Map<string, string>();
    for await (const { _id, parent, inScope, type, rdn } of index.#collection.find({ partition }, { batchSize: 5000 })) {
      if (!types.has(type)) types.set(type, type);
      index.#put(_id, { parent, inScope, type: types.get(type) ?? type, rdn });
    }
    return index;
  }

  get size(): number {
    return this.#entries.size;
  }
  /** Objects in scope that are no containers. */
  get objectsInScope(): number {
    return this.#inScope;
  }
  get(guid: string): IndexEntry | undefined {
    return this.#entries.get(guid);
  }
  guids(): IterableIterator<string> {
    return this.#entries.keys();
  }

  set(guid: string, entry: IndexEntry): void {
    const before = this.#entries.get(guid);
    if (before !== undefined && before.parent === entry.parent && before.inScope === entry.inScope && before.type === entry.type && before.rdn === entry.rdn) return;
    this.#put(guid, entry);
    this.#dirty.add(guid);
  }

  delete(guid: string): void {
    const before = this.#entries.get(guid);
    if (before === undefined) return;
    if (counts(before)) this.#inScope -= 1;
    this.#entries.delete(guid);
    this.#dirty.add(guid);
  }

  /** Objects below a container, nearest first, by what is known. */
  descendants(root: string): string[] {
    const children = new Map<string, string[]>();
    for (const [guid, { parent }] of this.#entries) {
      if (parent === null) continue;
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [guid]);
      else siblings.push(guid);
    }
    const found: string[] = [];
    const queue = [root];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const below = children.get(next) ?? [];
      found.push(...below);
      queue.push(...below);
    }
    return found;
  }

  /** DN put together from the RDNs on the way up; undefined when a container on the way is unknown. */
  dnOf(guid: string): string | undefined {
    const parts: string[] = [];
    for (let at: string | null = guid; at !== null; ) {
      const entry: IndexEntry | undefined = this.#entries.get(at);
      if (entry === undefined || parts.length > 1000) return undefined;
      parts.push(entry.parent === null ? this.#partition : entry.rdn);
      at = entry.parent;
    }
    return parts.join(',');
  }

  /** Writes what changed since the last flush. */
  async flush(): Promise<void> {
    const guids = [...this.#dirty];
    for (let start = 0; start < guids.length; start += 2000) {
      const slice = guids.slice(start, start + 2000);
      await this.#collection.bulkWrite(slice.map((guid) => this.#operation(guid)), { ordered: false });
      for (const guid of slice) this.#dirty.delete(guid);
    }
  }

  #operation(guid: string): AnyBulkWriteOperation<IndexDocument> {
    const entry = this.#entries.get(guid);
    if (entry === undefined) return { deleteOne: { filter: { _id: guid } } };
    return { replaceOne: { filter: { _id: guid }, replacement: { partition: this.#partition, ...entry }, upsert: true } };
  }

  #put(guid: string, entry: IndexEntry): void {
    const before = this.#entries.get(guid);
    this.#inScope += (counts(entry) ? 1 : 0) - (before !== undefined && counts(before) ? 1 : 0);
    this.#entries.set(guid, entry);
  }
}

const counts = (entry: IndexEntry): boolean => entry.inScope && entry.type !== CONTAINER;
