import type { Db } from '@adjoin/shared';

type Document = Record<string, unknown> & { _id: string };
interface Write {
  readonly insertOne?: { readonly document: Document };
  readonly replaceOne?: { readonly filter: { readonly _id: string }; readonly replacement: Record<string, unknown> };
  readonly deleteOne?: { readonly filter: { readonly _id: string } };
}

/** The few operations that the stores of the importer use, on maps: their content outlives an importer as a database does. */
export function memoryDb(): Db {
  const collections = new Map<string, MemoryCollection>();
  const collection = (name: string): MemoryCollection => {
    const known = collections.get(name) ?? new MemoryCollection();
    collections.set(name, known);
    return known;
  };
  return { collection } as unknown as Db;
}

class MemoryCollection {
  readonly #documents = new Map<string, Document>();

  createIndex(): Promise<void> {
    return Promise.resolve();
  }

  find(filter: Record<string, unknown>): AsyncIterable<Document> {
    const found = [...this.#documents.values()].filter((document) =>
      Object.entries(filter).every(([name, value]) => document[name] === value),
    );
    return (async function* () {
      yield* await Promise.resolve(found);
    })();
  }

  insertMany(documents: readonly Document[]): Promise<void> {
    const twice = documents.find(({ _id }) => this.#documents.has(_id));
    for (const document of documents)
      if (!this.#documents.has(document._id)) this.#documents.set(document._id, document);
    return twice === undefined
      ? Promise.resolve()
      : Promise.reject(Object.assign(new Error('duplicate key'), { code: 11000 }));
  }

  bulkWrite(writes: readonly Write[]): Promise<void> {
    for (const { replaceOne, deleteOne } of writes) {
      if (replaceOne !== undefined)
        this.#documents.set(replaceOne.filter._id, { ...replaceOne.replacement, _id: replaceOne.filter._id });
      if (deleteOne !== undefined) this.#documents.delete(deleteOne.filter._id);
    }
    return Promise.resolve();
  }

  /** Only the opening of a cursor: every holder gets the next epoch. */
  findOneAndUpdate(filter: { readonly _id: string }): Promise<Document> {
    const known = this.#documents.get(filter._id);
    const opened = { ...known, _id: filter._id, epoch: Number(known?.['epoch'] ?? 0) + 1 };
    this.#documents.set(filter._id, opened);
    return Promise.resolve(opened);
  }

  updateOne(
    filter: { readonly _id: string },
    update: { readonly $set?: Record<string, unknown>; readonly $unset?: Record<string, unknown> },
  ): Promise<{ matchedCount: number }> {
    const changed: Document = { ...this.#documents.get(filter._id), ...update.$set, _id: filter._id };
    for (const name of Object.keys(update.$unset ?? {})) delete changed[name];
    this.#documents.set(filter._id, changed);
    return Promise.resolve({ matchedCount: 1 });
  }
}
