import mongoose from 'mongoose';

/** What the database did for a process in some time. */
export interface Operations {
  /** Commands that write, a transaction's commit not counted. */
  readonly writes: number;
  /** Documents that were written or removed. */
  readonly documents: number;
  /** Documents that were looked at to answer and to write. */
  readonly examined: number;
}

/** Collections whose size grows with a group, docs/architecture.md. */
const SPACES = ['connectorObjects', 'metaverseObjects', 'sourceEdges', 'targetEdges', 'outbox'];

/** Counts operations on the spaces by MongoDB's profiler, which is on for that time only. */
export class DatabaseOperations {
  readonly #client: mongoose.mongo.MongoClient;

  constructor(uri: string) {
    this.#client = new mongoose.mongo.MongoClient(uri);
  }

  /** What a piece of work costs the database; other collections (leases, status) are left out. */
  async of(work: () => Promise<void>): Promise<Operations> {
    const db = this.#client.db();
    await db.command({ profile: 0 });
    await db
      .collection('system.profile')
      .drop()
      .catch(() => undefined); // there is none yet
    await db.createCollection('system.profile', { capped: true, size: 64 * 2 ** 20 });
    await db.command({ profile: 2 });
    try {
      await work();
    } finally {
      await db.command({ profile: 0 });
    }
    const spaces = SPACES.map((name) => `${db.databaseName}.${name}`);
    const records = await db
      .collection('system.profile')
      .find({ ns: { $in: spaces } })
      .toArray();
    return sumOf(records);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** Adds up records of the profiler. */
export function sumOf(records: readonly Readonly<Record<string, unknown>>[]): Operations {
  const number = (record: Readonly<Record<string, unknown>>, ...names: readonly string[]): number =>
    names.reduce((sum, name) => sum + Number(record[name] ?? 0), 0);
  return {
    writes: records.filter(({ op }) => op === 'insert' || op === 'update' || op === 'remove').length,
    documents: records.reduce((sum, one) => sum + number(one, 'ninserted', 'nModified', 'ndeleted', 'nUpserted'), 0),
    examined: records.reduce((sum, one) => sum + number(one, 'docsExamined'), 0),
  };
}
