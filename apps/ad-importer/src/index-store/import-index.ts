import type { AnyBulkWriteOperation, Collection, Db } from '@adjoin/shared';
import { CONTAINER } from '@adjoin/ad-ldap';

/** What the importer remembers of an object: enough to decide scope and to tell news from changes. */
export interface IndexEntry {
  readonly parent: string | null;
  readonly inScope: boolean;
  readonly type: string;
  readonly rdn: string;
}
/** Documents in one write. */
const WRITES_AT_ONCE = 2000;

interface IndexDocument extends IndexEntry {
  _id: string;
  partition: string;
}

/**
 * GUID → place of every object in scope, and of every container, of one partition. Held in memory; written to
 * `importIndex.<connector>` in bulk by {@link flush}, always before the cursor that made the change. A read that ends early is taken
 * back by {@link rollback}: it will be read again from the old cookie, and must look as new then as it did the first time.
 */
export class ImportIndex {
  readonly #entries = new Map<string, IndexEntry>();
  /** Containers by GUID: most objects share theirs with many others. */
  readonly #parents = new Map<string, string>();
  /** What changed since the last flush, with what was stored before; undefined for news. */
  readonly #unsaved = new Map<string, IndexEntry | undefined>();
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
    for await (const { _id, parent, inScope, type, rdn } of index.#collection.find(
      { partition },
      { batchSize: 5000 },
    )) {
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
    if (
      before !== undefined &&
      before.parent === entry.parent &&
      before.inScope === entry.inScope &&
      before.type === entry.type &&
      before.rdn === entry.rdn
    )
      return;
    if (!this.#unsaved.has(guid)) this.#unsaved.set(guid, before);
    this.#put(guid, entry);
  }

  delete(guid: string): void {
    const before = this.#entries.get(guid);
    if (before === undefined) return;
    if (!this.#unsaved.has(guid)) this.#unsaved.set(guid, before);
    this.#drop(guid, before);
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
    for (let at: string | null = guid; at !== null;) {
      const entry: IndexEntry | undefined = this.#entries.get(at);
      if (entry === undefined || parts.length > 1000) return undefined;
      parts.push(entry.parent === null ? this.#partition : entry.rdn);
      at = entry.parent;
    }
    return parts.join(',');
  }

  /** Writes what changed since the last flush. */
  async flush(): Promise<void> {
    const guids = [...this.#unsaved.keys()];
    for (let start = 0; start < guids.length; start += WRITES_AT_ONCE) {
      const slice = guids.slice(start, start + WRITES_AT_ONCE);
      await this.#write(slice);
      for (const guid of slice) this.#unsaved.delete(guid);
    }
  }

  /** Forgets what changed since the last flush: what was read from it may not have been published. */
  rollback(): void {
    for (const [guid, before] of this.#unsaved) {
      const now = this.#entries.get(guid);
      if (before !== undefined) this.#put(guid, before);
      else if (now !== undefined) this.#drop(guid, now);
    }
    this.#unsaved.clear();
  }

  /** News are inserted in one message, several times cheaper than upserts; what another domain still lists (moved) is replaced. */
  async #write(guids: readonly string[]): Promise<void> {
    const news = guids.filter((guid) => this.#unsaved.get(guid) === undefined && this.#entries.has(guid));
    const isNews = new Set(news);
    const others = guids.filter((guid) => !isNews.has(guid));
    if (news.length > 0) {
      try {
        await this.#collection.insertMany(
          news.map((guid) => ({ _id: guid, ...this.#document(guid) })),
          { ordered: false },
        );
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        others.push(...news);
      }
    }
    if (others.length > 0)
      await this.#collection.bulkWrite(
        others.map((guid) => this.#operation(guid)),
        { ordered: false },
      );
  }

  #operation(guid: string): AnyBulkWriteOperation<IndexDocument> {
    // Only this domain's own entry: the object may be known by another domain meanwhile.
    if (!this.#entries.has(guid)) return { deleteOne: { filter: { _id: guid, partition: this.#partition } } };
    return { replaceOne: { filter: { _id: guid }, replacement: this.#document(guid), upsert: true } };
  }

  #document(guid: string): IndexEntry & { partition: string } {
    const entry = this.#entries.get(guid);
    if (entry === undefined) throw new Error(`no index entry ${guid}`);
    return { partition: this.#partition, ...entry };
  }

  #drop(guid: string, entry: IndexEntry): void {
    if (counts(entry)) this.#inScope -= 1;
    this.#entries.delete(guid);
  }

  #put(guid: string, entry: IndexEntry): void {
    const before = this.#entries.get(guid);
    this.#inScope += (counts(entry) ? 1 : 0) - (before !== undefined && counts(before) ? 1 : 0);
    this.#entries.set(guid, { ...entry, parent: this.#shared(entry.parent), rdn: compact(entry.rdn) });
  }

  #shared(parent: string | null): string | null {
    if (parent === null) return null;
    const known = this.#parents.get(parent);
    if (known !== undefined) return known;
    this.#parents.set(parent, parent);
    return parent;
  }
}

/** Duplicate key, in the driver's error of a bulk write. */
const isDuplicate = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 11000;

/** A part of a string keeps the whole of it in memory; an RDN was cut from a DN with GUID and SID. */
const compact = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

const counts = (entry: IndexEntry): boolean => entry.inScope && entry.type !== CONTAINER;
