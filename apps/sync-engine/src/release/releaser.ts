import { exportsTopic } from '@adjoin/contracts';
import { recordSpan, sleep, type ClientSession, type Logger, type Runnable } from '@adjoin/shared';
import { LANE, type CsDocument, type Escrow } from '@adjoin/spaces';
import { saveObjects, type ObjectChange } from '../save-objects.js';
import type { Store } from '../store.js';
import { NEVER } from '../sync/export-state.js';
import { buildExport, type BuiltExport, type EdgeSlice } from './build-export.js';
import { claimEdges, type EdgeClaims } from './edge-claims.js';
import type { Gate, GateDecision, Gates } from './gates.js';
import type { Holds } from './holds.js';
import type { Outbox, OutgoingRecord } from './outbox.js';

export interface ReleaserOptions {
  readonly store: Store;
  readonly target: string;
  readonly gates: Gates;
  readonly holds: Holds;
  readonly outbox: Outbox;
  readonly log: Logger;
  /** Most objects in flight: what the target takes in a short time, so that everything else can still change (DESIGN §6). */
  readonly window: number;
  /** Due memberships read at a time; 5,000 unless given. */
  readonly edgeScan?: number | undefined;
}

const CHUNK = 500;
/** From this many objects in flight on, the target is being filled. */
const BULK = 200;
/** While the target is being filled, references wait for each other this long: one write of a group instead of many. */
const EDGE_PAUSE_MS = 5000;
const NO_EDGES: EdgeClaims = { slices: new Map(), groups: [], heldRemovals: 0, crowded: new Set() };

/** What one round may do. */
interface Round {
  readonly decision: GateDecision;
  /** Most objects to release. */
  readonly room: number;
  readonly inFlight: number;
  /** Objects whose answers are being stored by another transaction; only with {@link Releaser.alongside}. */
  readonly answered?: ReadonlySet<string> | undefined;
}

/** What came of a round: objects that were released or put aside, and arrived ones that nothing waits for any more. */
interface RoundOutcome {
  readonly count: number;
  readonly spent: readonly string[];
}

/** What the references of a round point to. */
interface Referenced {
  readonly cloudIds: ReadonlyMap<string, string>;
  /** Objects that are being created: not in the target yet, but soon. */
  readonly coming: ReadonlySet<string>;
}

/** Releases pending exports of one target through the gates, urgent ones first, one in flight an object. */
export class Releaser implements Runnable {
  readonly name: string;
  readonly #options: ReleaserOptions;
  #wake: () => void = () => undefined;
  #gates: readonly Gate[] = [];
  readonly #arrived = new Set<string>();
  /** When references were released last. */
  #edgesAt = 0;
  #crowded: ReadonlySet<string> = new Set();

  constructor(options: ReleaserOptions) {
    this.#options = options;
    this.name = `release to ${options.target}`;
  }

  notify(): void {
    this.#wake();
  }

  /**
   * The target has these objects now: what waits for them is looked for in the next rounds. Kept in memory only; after a restart the waiting ones
   * go when nothing else is being created, with the references that are there by then.
   */
  arrived(ids: Iterable<string>): void {
    for (const id of ids) this.#arrived.add(id);
  }

  /** Gates that are closed at the moment, for status. */
  get gates(): readonly Gate[] {
    return this.#gates;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      const released = await this.tick();
      if (released === 0) await Promise.race([woken, sleep(800, signal)]);
    }
  }

  /** One round: decisions of operators, gates, release. Gives the number of objects that were released or learnt to wait for another one. */
  async tick(): Promise<number> {
    const { gates, holds, store, target, window } = this.#options;
    await holds.applyDecisions();
    const decision = await gates.decide();
    this.#gates = decision.gates;
    await holds.update(decision.gates.some(({ gate }) => gate === 'deletion-threshold' || gate === 'stop-all'));
    if (decision.closed) return 0;
    if (!(await this.#anythingDue())) return this.#releaseWaiting();
    const inFlight = await store.cs.countDocuments({ connector: target, 'exp.state': 'in-flight' });
    const room = Math.min(CHUNK, window - inFlight);
    if (room <= 0) return 0;
    return store.alone(() => this.#round(room, inFlight));
  }

  /**
   * Releases new objects and changes while the answers for others are stored (`work`): one transaction computes while the other waits for the
   * database. To be called by who is alone with the store.
   *
   * Neither sees what the other does, so this one puts nothing aside because of an answered object: it stays due and is looked at in the next round.
   * Everything else the two write is of different objects: answers are for what is in flight, here is taken what is not. Deletes and memberships wait
   * for a round of their own.
   */
  async alongside<T>(answered: ReadonlySet<string>, work: () => Promise<T>): Promise<T> {
    const { store, target, window, log } = this.#options;
    if (answered.size < BULK || Date.now() - this.#edgesAt >= EDGE_PAUSE_MS) return work();
    const inFlight = await store.cs.countDocuments({ connector: target, 'exp.state': 'in-flight' });
    // The answered ones make room. Repeated answers make too much of it once, which does no harm.
    const room = Math.min(CHUNK, window - inFlight + answered.size);
    const [done, released] = await Promise.allSettled([work(), this.#round(room, inFlight, answered)]);
    // The next round of its own meets the same failure and reports it.
    if (released.status === 'rejected')
      log.warn({ event: 'release.alongside-failed', err: released.reason as unknown });
    if (done.status === 'rejected') throw done.reason;
    return done.value;
  }

  /** One transaction, by who is alone with the store. */
  async #round(room: number, inFlight: number, answered?: ReadonlySet<string>): Promise<number> {
    const { gates, store, outbox } = this.#options;
    // Asked again when nobody else writes: what this waited for may have decided more deletes, or closed a gate.
    const decision = await gates.decide();
    this.#gates = decision.gates;
    if (decision.closed || room <= 0) return 0;
    const arrived = [...this.#arrived];
    const { count, spent } = await store.fenced('release', (session) =>
      this.#release(session, { decision, room, inFlight, answered }, arrived),
    );
    for (const id of spent) this.#arrived.delete(id);
    if (count > 0) outbox.notify();
    return count;
  }

  async #anythingDue(): Promise<boolean> {
    const { store, target } = this.#options;
    if (this.#arrived.size > 0) return true;
    const due = { $lte: new Date() };
    const projection = { _id: 1 } as const;
    const states = { $in: ['pending' as const, 'failed' as const] };
    if (
      (await store.cs.findOne({ connector: target, 'exp.state': states, 'exp.nextAt': due }, { projection })) !== null
    )
      return true;
    return (await store.targetEdges.findOne({ target, pend: true, nextAt: due }, { projection })) !== null;
  }

  /** Nothing is being created any more: new objects that still wait for each other go without the reference, which follows. */
  async #releaseWaiting(): Promise<number> {
    const { store, target } = this.#options;
    const creates = { $in: [LANE.add, LANE.addWithReferences] };
    const waiting = { connector: target, 'exp.state': 'waiting' as const, 'exp.lane': creates };
    if ((await store.cs.findOne(waiting, { projection: { _id: 1 } })) === null) return 0;
    if (
      (await store.cs.findOne(
        { connector: target, 'exp.state': 'in-flight', 'exp.lane': creates },
        { projection: { _id: 1 } },
      )) !== null
    )
      return 0;
    const result = await store.exclusive('release', (session) =>
      store.cs.updateMany(
        waiting,
        { $set: { 'exp.state': 'pending' as const, 'exp.nextAt': new Date() } },
        { session },
      ),
    );
    return result.modifiedCount;
  }

  /** @param arrived what has arrived before the transaction began: it sees these objects in the target */
  async #release(session: ClientSession, round: Round, arrived: readonly string[]): Promise<RoundOutcome> {
    const { decision, room, inFlight, answered } = round;
    const { store, target, edgeScan } = this.#options;
    const now = new Date();
    const { claimed, spent } = await this.#claimObjects(session, round, now, arrived);
    // The members of a group become due one by one while they are being created.
    const filling = claimed.length >= room || inFlight >= BULK;
    const takeEdges = answered === undefined && (!filling || now.getTime() - this.#edgesAt >= EDGE_PAUSE_MS);
    if (takeEdges) this.#edgesAt = now.getTime();
    const { settings } = decision;
    const request = { target, now, settings, crowded: this.#crowded, scan: edgeScan };
    const edges = takeEdges ? await claimEdges(store, session, request) : NO_EDGES;
    if (takeEdges) this.#crowded = edges.crowded;
    if (edges.heldRemovals > 0)
      this.#gates = [
        ...this.#gates,
        { gate: 'membership-loss', reason: 'Removals of members are held.', count: edges.heldRemovals },
      ];
    const objects = new Map<string, CsDocument>(edges.groups.map((group) => [group._id, group]));
    for (const document of claimed) objects.set(document._id, document);
    if (objects.size === 0) return { count: 0, spent };
    const known = await this.#referenced(session, [...objects.values()]);
    const records: OutgoingRecord[] = [];
    const changes: ObjectChange[] = [];
    const flying: string[] = [];
    for (const document of objects.values()) {
      const slices = isWaitingDelete(document, decision) ? [] : (edges.slices.get(document._id) ?? []);
      const built = buildExport(document, {
        epoch: decision.epoch,
        now,
        cloudId: (id) => known.cloudIds.get(id),
        edges: slices,
      });
      if (!('message' in built) || mayWait(document, built, known.coming)) {
        if (built.waitsFor.some((id) => answered?.has(id) === true)) continue;
        changes.push({ before: document, after: putAside(document, built.waitsFor) });
      } else {
        changes.push({ before: document, after: release(document, built, slices, now) });
        flying.push(...slices.flatMap((slice) => [...slice.add, ...slice.remove].map(({ edge }) => edge._id)));
        if (built.message.operation === 'delete') await this.#noteDelete(session, decision, document, now);
        records.push({
          topic: exportsTopic(target, built.message.lane),
          key: document._id,
          value: built.message,
          headers: traceOf(document, now),
        });
      }
    }
    await saveObjects(store, session, changes);
    if (flying.length > 0)
      await store.targetEdges.updateMany(
        { _id: { $in: flying } },
        { $set: { pend: false, flight: now.getTime() } },
        { session },
      );
    await this.#options.outbox.append(session, records);
    return { count: changes.length, spent };
  }

  /** Due objects by lane; deletes only when they may go and have settled. */
  async #claimObjects(
    session: ClientSession,
    { decision, room, answered }: Round,
    now: Date,
    arrived: readonly string[],
  ): Promise<{ readonly claimed: readonly CsDocument[]; readonly spent: readonly string[] }> {
    const { store, target } = this.#options;
    const base = {
      connector: target,
      'exp.state': { $in: ['pending' as const, 'failed' as const] },
      'exp.nextAt': { $lte: now },
      escrow: { $exists: false },
    };
    const kept = await store.cs
      .find({ ...base, 'exp.lane': { $lt: LANE.delete } }, { session })
      .sort({ 'exp.lane': 1, 'exp.nextAt': 1 })
      .limit(room)
      .toArray();
    const woken = await this.#woken(session, room - kept.length, arrived);
    kept.push(...woken.found);
    const { spent } = woken;
    const ready = await this.#withoutPredecessor(session, kept);
    if (kept.length >= room || answered !== undefined) return { claimed: ready, spent };
    const deletes = await store.cs
      .find(
        { ...base, 'exp.lane': LANE.delete, ...(decision.holdDeletes ? { 'exp.approvedBy': { $exists: true } } : {}) },
        { session },
      )
      .sort({ 'exp.nextAt': 1 })
      .limit(room - kept.length)
      .toArray();
    return { claimed: [...ready, ...(await this.#settled(session, deletes))], spent };
  }

  /** New objects that waited for one that has arrived, and the arrived ones for which nothing else waits. */
  async #woken(
    session: ClientSession,
    room: number,
    arrived: readonly string[],
  ): Promise<{ readonly found: readonly CsDocument[]; readonly spent: readonly string[] }> {
    const { store, target } = this.#options;
    const found: CsDocument[] = [];
    const spent: string[] = [];
    for (let start = 0; start < arrived.length && found.length < room; start += CHUNK) {
      const ids = arrived.slice(start, start + CHUNK);
      const waiting = {
        connector: target,
        'exp.waitsFor': { $in: ids },
        'exp.state': 'waiting' as const,
        'exp.lane': LANE.addWithReferences,
      };
      const wanted = room - found.length;
      const some = await store.cs.find(waiting, { session, hint: 'waiting' }).limit(wanted).toArray();
      if (some.length < wanted) spent.push(...ids);
      found.push(...some);
    }
    return { found, spent };
  }

  /** An export that names a predecessor waits until that one is acknowledged. */
  async #withoutPredecessor(session: ClientSession, documents: readonly CsDocument[]): Promise<readonly CsDocument[]> {
    const names = documents.flatMap((document) => document.pendingExport?.after ?? []);
    if (names.length === 0) return documents;
    const open = new Set<string>();
    const filter = { _id: { $in: names }, $or: [{ pendingExport: { $exists: true } }, { escrow: { $exists: true } }] };
    for await (const document of this.#options.store.cs.find(filter, { session, projection: { _id: 1 } }))
      open.add(document._id);
    return documents.filter((document) => !open.has(document.pendingExport?.after ?? ''));
  }

  /** A delete is decided when nothing else of the sources is due and a delta import of its partitions that began after it was decided has been staged. */
  async #settled(session: ClientSession, deletes: readonly CsDocument[]): Promise<readonly CsDocument[]> {
    if (deletes.length === 0) return [];
    const { store, target } = this.#options;
    const due = await store.cs.findOne(
      { connector: { $ne: target }, dirtyAt: { $lte: new Date() }, error: { $exists: false } },
      { session, projection: { _id: 1 } },
    );
    if (due !== null) return [];
    const imports = new Map<string, number>();
    for await (const document of store.state.find({ _id: { $regex: '^import:' } }, { session })) {
      const startedAt = document['lastRunStartedAt'];
      if (startedAt instanceof Date) imports.set(document._id, startedAt.getTime());
    }
    const failing = await this.#failingCauses(session, deletes);
    return deletes.filter((document) => {
      const settle = document.exp?.settle;
      if ((settle?.causes ?? []).some((cause) => failing.has(cause))) return false;
      return (settle?.partitions ?? []).every(
        ({ connector, partition }) =>
          (imports.get(`import:${connector}:${partition}`) ?? 0) > (settle?.since.getTime() ?? 0),
      );
    });
  }

  /** Objects that made a delete and cannot be decided anew: they may be back, and only their rules fail. */
  async #failingCauses(session: ClientSession, deletes: readonly CsDocument[]): Promise<ReadonlySet<string>> {
    const causes = deletes.flatMap((document) => document.exp?.settle?.causes ?? []);
    if (causes.length === 0) return new Set();
    const failing = { _id: { $in: causes }, error: { $exists: true } };
    const found = this.#options.store.cs.find(failing, { session, projection: { _id: 1 } });
    return new Set((await found.toArray()).map(({ _id }) => _id));
  }

  async #referenced(session: ClientSession, documents: readonly CsDocument[]): Promise<Referenced> {
    const ids = new Set<string>();
    for (const document of documents) {
      for (const value of Object.values(document.pendingExport?.changes ?? {})) {
        if (value === null || typeof value !== 'object') continue;
        for (const scalar of Array.isArray(value) ? value : [value])
          if (typeof scalar === 'object' && 'ref' in scalar) ids.add(scalar.ref);
      }
    }
    const cloudIds = new Map<string, string>();
    const coming = new Set<string>();
    if (ids.size === 0) return { cloudIds, coming };
    const cursor = this.#options.store.cs.find(
      { _id: { $in: [...ids] } },
      { session, projection: { anchor: 1, 'exp.state': 1 } },
    );
    for await (const document of cursor) {
      if (document.anchor !== undefined) cloudIds.set(document._id, document.anchor);
      else if (document.exp?.state === 'pending' || document.exp?.state === 'in-flight') coming.add(document._id);
    }
    return { cloudIds, coming };
  }

  async #noteDelete(session: ClientSession, decision: GateDecision, document: CsDocument, now: Date): Promise<void> {
    const { store, target } = this.#options;
    const approved = document.exp?.approvedBy !== undefined || decision.settings['deletionThreshold.action'] === 'off';
    await store.state.updateOne(
      { _id: `deleted:${target}:${document._id}` },
      { $set: { at: now, approved } },
      { upsert: true, session },
    );
  }
}

function traceOf(document: CsDocument, now: Date): Record<string, string> | undefined {
  if (document.trace === undefined) return undefined;
  return {
    traceparent: recordSpan(document.trace, 'release export', now, {
      'adjoin.target': document.connector,
      'adjoin.object': document._id,
    }),
  };
}

const isWaitingDelete = (document: CsDocument, decision: GateDecision): boolean =>
  document.pendingExport?.operation === 'delete' && decision.holdDeletes;

/** A new object waits once for the new objects it refers to, see exportStateFor; this is for what was decided before those were known. */
const mayWait = (document: CsDocument, built: BuiltExport, coming: ReadonlySet<string>): boolean =>
  built.message.operation === 'add' &&
  document.exp?.waitsFor === undefined &&
  built.waitsFor.some((id) => coming.has(id));

function putAside(document: CsDocument, waitsFor: readonly string[]): CsDocument {
  return {
    ...document,
    ...(document.exp === undefined
      ? {}
      : { exp: { ...document.exp, state: 'waiting' as const, waitsFor, nextAt: NEVER } }),
  };
}

function release(document: CsDocument, built: BuiltExport, slices: readonly EdgeSlice[], now: Date): CsDocument {
  const escrow: Escrow = {
    operation: built.message.operation,
    changes: built.sent,
    version: built.message.version,
    ...(slices.length === 0
      ? {}
      : {
          references: Object.fromEntries(
            slices.map((slice) => [
              slice.attribute,
              { add: slice.add.map(({ edge }) => edge.m), remove: slice.remove.map(({ edge }) => edge.m) },
            ]),
          ),
        }),
  };
  const left = Object.keys(built.left).length > 0;
  const exp = {
    state: 'in-flight' as const,
    lane: left ? LANE.change : (document.exp?.lane ?? LANE.change),
    nextAt: NEVER,
    decidedAt: document.exp?.decidedAt ?? now.getTime(),
    releasedAt: now,
    attempts: document.exp?.attempts ?? 0,
    ...(left ? { waitsFor: built.waitsFor } : {}),
  };
  return {
    ...document,
    escrow,
    exp,
    releases: built.message.version,
    pendingExport: left ? { operation: 'update', changes: built.left } : undefined,
  };
}
