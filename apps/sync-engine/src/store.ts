import type { ClientSession, Collection, Db, MongoHandle } from '@adjoin/shared';
import {
  COLLECTION,
  type CsDocument,
  type MvDocument,
  type SourceEdge,
  type SpaceCollections,
  type StateDocument,
  type TargetEdge,
} from '@adjoin/spaces';
import { DEPARTED_SECONDS, type DepartedDocument } from './staging/departed.js';

/** Messages for one topic that were decided in one transaction, in the order they are sent. */
export interface OutboxDocument {
  _id: string;
  at: Date;
  topic: string;
  records: readonly {
    readonly key: string;
    readonly json: string;
    readonly headers?: Readonly<Record<string, string>> | undefined;
  }[];
}

/** The collections the engine owns, and one lock that orders all of its writes in this process. */
export class Store implements SpaceCollections {
  readonly mongo: MongoHandle;
  readonly db: Db;
  readonly cs: Collection<CsDocument>;
  readonly mv: Collection<MvDocument>;
  readonly sourceEdges: Collection<SourceEdge>;
  readonly targetEdges: Collection<TargetEdge>;
  readonly outbox: Collection<OutboxDocument>;
  readonly state: Collection<StateDocument>;
  readonly ruleSets: Collection<StateDocument>;
  readonly runSeen: Collection<{ _id: string; run: string; anchors: string[] }>;
  readonly departed: Collection<DepartedDocument>;
  #tail: Promise<unknown> = Promise.resolve();
  #queued = 0;
  /** Fencing: epoch of the lease under which this process may write. */
  epoch = 0;

  constructor(mongo: MongoHandle) {
    this.mongo = mongo;
    this.db = mongo.db;
    this.cs = mongo.db.collection(COLLECTION.cs);
    this.mv = mongo.db.collection(COLLECTION.mv);
    this.sourceEdges = mongo.db.collection(COLLECTION.sourceEdges);
    this.targetEdges = mongo.db.collection(COLLECTION.targetEdges);
    this.outbox = mongo.db.collection('outbox');
    this.state = mongo.db.collection(COLLECTION.state);
    this.ruleSets = mongo.db.collection(COLLECTION.ruleSets);
    this.runSeen = mongo.db.collection('runSeen');
    this.departed = mongo.db.collection('departed');
  }

  /** Runs one unit of work in a transaction, after all earlier ones. */
  exclusive<T>(fence: string, work: (session: ClientSession) => Promise<T>): Promise<T> {
    return this.alone(() => this.fenced(fence, work));
  }

  /** Runs work that may take several transactions, while nobody else in this process writes; after all earlier ones. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    this.#queued += 1;
    const result = this.#tail.then(work).finally(() => (this.#queued -= 1));
    this.#tail = result.catch(() => undefined); // the caller sees the failure; the next in line must not
    return result;
  }

  /** Whether somebody waits for the work that is under way. */
  get isAwaited(): boolean {
    return this.#queued > 1;
  }

  /** One transaction of {@link alone}. The fence makes a former lease holder fail instead of write. */
  fenced<T>(fence: string, work: (session: ClientSession) => Promise<T>): Promise<T> {
    return this.mongo.withTransaction(async (session) => {
      const fenced = await this.state.updateOne(
        { _id: `fence:${fence}`, epoch: this.epoch },
        [{ $set: { writes: { $add: [{ $ifNull: ['$writes', 0] }, 1] } } }],
        { session },
      );
      if (fenced.matchedCount === 0) throw new Error('This engine is no longer the active one.');
      return work(session);
    });
  }

  /** Takes over as the active engine. */
  async takeOver(epoch: number): Promise<void> {
    this.epoch = epoch;
    for (const fence of ['staging', 'sync', 'release', 'results']) {
      await this.state.updateOne({ _id: `fence:${fence}` }, { $set: { epoch } }, { upsert: true });
    }
  }

  async createIndexes(): Promise<void> {
    // Every index is computed anew whenever an indexed field of an object changes, which is six times in a synchronization: each one has to earn that.
    await this.cs.createIndexes([
      {
        key: { connector: 1, anchor: 1 },
        unique: true,
        partialFilterExpression: { anchor: { $exists: true } },
        name: 'anchor',
      },
      {
        key: { connector: 1, dirtyAt: 1, 'error.code': 1 },
        partialFilterExpression: { dirtyAt: { $exists: true } },
        name: 'dirty',
      },
      {
        key: { connector: 1, joinKeys: 1 },
        partialFilterExpression: { joinKeys: { $exists: true } },
        name: 'joinKeys',
      },
      { key: { wants: 1 }, sparse: true, name: 'wants' },
      {
        key: { connector: 1, 'exp.state': 1, 'exp.lane': 1, 'exp.nextAt': 1 },
        partialFilterExpression: { 'exp.state': { $exists: true } },
        name: 'exports',
      },
      { key: { 'exp.waitsFor': 1 }, sparse: true, name: 'waiting' },
      { key: { connector: 1, parent: 1 }, partialFilterExpression: { parent: { $exists: true } }, name: 'parent' },
      { key: { connector: 1, dn: 1 }, name: 'dn' },
      {
        key: { connector: 1, acknowledgedAt: 1 },
        partialFilterExpression: { acknowledgedAt: { $exists: true } },
        name: 'unconfirmed',
      },
    ]);
    await this.mv.createIndexes([
      { key: { joinKeys: 1 }, name: 'joinKeys' },
      { key: { waitsFor: 1 }, name: 'waitsFor' },
      { key: { refs: 1 }, name: 'refs' },
    ]);
    await this.sourceEdges.createIndexes([
      { key: { g: 1, a: 1 }, name: 'group' },
      { key: { t: 1 }, name: 'member' },
    ]);
    await this.targetEdges.createIndexes([
      { key: { g: 1, a: 1, pend: 1 }, name: 'group' },
      { key: { m: 1 }, name: 'member' },
      { key: { target: 1, nextAt: 1, g: 1 }, partialFilterExpression: { pend: true }, name: 'due' },
    ]);
    await dropIndex(this.targetEdges, 'pending');
    await this.runSeen.createIndex({ run: 1 });
    await this.departed.createIndex({ at: 1 }, { expireAfterSeconds: DEPARTED_SECONDS });
  }
}

/** An index of an earlier version, which another one replaces. */
async function dropIndex(collection: Pick<Collection, 'indexExists' | 'dropIndex'>, name: string): Promise<void> {
  if (await collection.indexExists(name)) await collection.dropIndex(name);
}
