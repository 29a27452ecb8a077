import type { ClientSession, Collection, Db, MongoHandle } from '@adjoin/shared';
import type { CsDocument } from './documents/cs-document.js';
import type { MvDocument } from './documents/mv-document.js';

/** One value of a multi-valued reference as a connector reported it. `_id` = `<group cs>><attribute>><member cs>`. */
export interface SourceEdge {
  _id: string;
  /** Connector-space id of the object that has the reference (the group). */
  g: string;
  a: string;
  /** Connector-space id of the object referred to; it need not be known. */
  t: string;
  /** Version (epoch, sequence) of the message that stated it. */
  e: number;
  q: number;
  /** Set id of the last whole-set read that contained it. */
  set?: string;
}

/** A value that a target object should have or has. `_id` = `<target>|<attribute>|<group mv>|<member mv>`. */
export interface TargetEdge {
  _id: string;
  target: string;
  a: string;
  /** Metaverse ids of the group and of the member. */
  g: string;
  m: string;
  desired: boolean;
  exported: boolean;
  confirmed: boolean;
  /** desired differs from exported. */
  pend: boolean;
  /** Version of the export in flight that carries it. */
  flight?: number;
  ackAt?: Date;
  /** Not before this time; far away while one of the ends is not in the target. */
  nextAt: Date;
  code?: string;
}

export interface OutboxRecord {
  _id: string;
  at: Date;
  topic: string;
  key: string;
  value: unknown;
  headers?: Record<string, string>;
}

/** Documents of several kinds by id prefix: offsets, runs, baselines, gates, holds, status, fences. */
export interface StateDocument {
  _id: string;
  [field: string]: unknown;
}

/** The collections the engine owns, and one lock that orders all of its writes in this process. */
export class Store {
  readonly mongo: MongoHandle;
  readonly db: Db;
  readonly cs: Collection<CsDocument>;
  readonly mv: Collection<MvDocument>;
  readonly sourceEdges: Collection<SourceEdge>;
  readonly targetEdges: Collection<TargetEdge>;
  readonly outbox: Collection<OutboxRecord>;
  readonly state: Collection<StateDocument>;
  readonly ruleSets: Collection<StateDocument>;
  readonly runSeen: Collection<{ _id: string; run: string; anchors: string[] }>;
  #tail: Promise<unknown> = Promise.resolve();
  /** Fencing: epoch of the lease under which this process may write. */
  epoch = 0;

  constructor(mongo: MongoHandle) {
    this.mongo = mongo;
    this.db = mongo.db;
    this.cs = mongo.db.collection('connectorObjects');
    this.mv = mongo.db.collection('metaverseObjects');
    this.sourceEdges = mongo.db.collection('sourceEdges');
    this.targetEdges = mongo.db.collection('targetEdges');
    this.outbox = mongo.db.collection('outbox');
    this.state = mongo.db.collection('engineState');
    this.ruleSets = mongo.db.collection('ruleSets');
    this.runSeen = mongo.db.collection('runSeen');
  }

  /** Runs one unit of work in a transaction, after all earlier ones. The fence makes a former lease holder fail instead of write. */
  exclusive<T>(fence: string, work: (session: ClientSession) => Promise<T>): Promise<T> {
    const result = this.#tail.then(() =>
      this.mongo.withTransaction(async (session) => {
        const fenced = await this.state.updateOne({ _id: `fence:${fence}`, epoch: this.epoch }, [{ $set: { writes: { $add: [{ $ifNull: ['$writes', 0] }, 1] } } }], { session });
        if (fenced.matchedCount === 0) throw new Error('This engine is no longer the active one.');
        return work(session);
      }),
    );
    this.#tail = result.catch(() => undefined); // the caller sees the failure; the next in line must not
    return result;
  }

  /** Takes over as the active engine. */
  async takeOver(epoch: number): Promise<void> {
    this.epoch = epoch;
    for (const fence of ['staging', 'sync', 'release', 'results']) {
      await this.state.updateOne({ _id: `fence:${fence}` }, { $set: { epoch } }, { upsert: true });
    }
  }

  async createIndexes(): Promise<void> {
    await this.cs.createIndexes([
      { key: { connector: 1, anchor: 1 }, unique: true, partialFilterExpression: { anchor: { $exists: true } }, name: 'anchor' },
      { key: { dirtyAt: 1 }, sparse: true, name: 'dirty' },
      { key: { 'link.mv': 1 }, sparse: true, name: 'link' },
      { key: { connector: 1, joinKeys: 1 }, partialFilterExpression: { joinKeys: { $exists: true } }, name: 'joinKeys' },
      { key: { wants: 1 }, sparse: true, name: 'wants' },
      { key: { connector: 1, 'exp.state': 1, 'exp.lane': 1, 'exp.nextAt': 1 }, partialFilterExpression: { 'exp.state': { $exists: true } }, name: 'exports' },
      { key: { 'exp.waitsFor': 1 }, sparse: true, name: 'waiting' },
      { key: { connector: 1, parent: 1 }, partialFilterExpression: { parent: { $exists: true } }, name: 'parent' },
      { key: { connector: 1, dn: 1 }, name: 'dn' },
      { key: { connector: 1, 'pendingExport.operation': 1 }, partialFilterExpression: { 'pendingExport.operation': { $exists: true } }, name: 'pending' },
      { key: { 'error.code': 1 }, sparse: true, name: 'errors' },
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
      { key: { target: 1, nextAt: 1 }, partialFilterExpression: { pend: true }, name: 'pending' },
    ]);
    await this.runSeen.createIndex({ run: 1 });
  }
}
