import { valueEquals } from '@adjoin/engine';
import { resultMessage, type ResultMessage } from '@adjoin/contracts';
import { backoff, type ClientSession, type IncomingBatch, type IncomingMessage, type Logger } from '@adjoin/shared';
import { LANE, type CsDocument, type Escrow } from '@adjoin/spaces';
import { loadEdges, noEdgeChanges, saveEdges, type EdgeUpdate } from '../edges/save-edges.js';
import { targetEdgeId } from '../edges/target-edges.js';
import { saveObjects, type ObjectChange } from '../save-objects.js';
import type { Store } from '../store.js';
import type { Releaser } from './releaser.js';
import { saveRestoredLinks, type RestoredObject } from './restored-links.js';
import { wakeArrived } from './wake-arrived.js';

export interface ResultsSummary {
  readonly acknowledged: number;
  readonly failed: number;
}

/** What a transaction has stored. */
interface Applied {
  readonly summary: ResultsSummary;
  /** Connector-space ids of new objects, by target. */
  readonly arrived: readonly (readonly [string, readonly string[]])[];
}

/**
 * Answers of a target. A result counts only for the release it names (version); anything else is a repetition. What was acknowledged moves from
 * escrow to unconfirmed; what was not goes back to pending, under whatever has been decided meanwhile.
 */
export class Results {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #releaserOf: (target: string) => Pick<Releaser, 'alongside' | 'arrived'> | undefined;
  readonly #deadLetter: (topic: string, message: IncomingMessage, code: string) => Promise<void>;

  /** @param releaserOf of a target: is told of its new objects when they are stored, and releases others while answers are */
  constructor(
    store: Store,
    log: Logger,
    deadLetter: (topic: string, message: IncomingMessage, code: string) => Promise<void>,
    releaserOf: (target: string) => Pick<Releaser, 'alongside' | 'arrived'> | undefined,
  ) {
    this.#releaserOf = releaserOf;
    this.#store = store;
    this.#log = log;
    this.#deadLetter = deadLetter;
  }

  async handle(batches: readonly IncomingBatch[]): Promise<ResultsSummary> {
    const results: ResultMessage[] = [];
    for (const { topic, messages } of batches)
      for (const message of messages) {
        const parsed = resultMessage.safeParse(parseJson(message.value));
        if (parsed.success) results.push(parsed.data);
        else await this.#deadLetter(topic, message, 'ADJ-KFK-0003');
      }
    return this.#stored(results);
  }

  async #stored(results: readonly ResultMessage[]): Promise<ResultsSummary> {
    const [target, ...others] = new Set(results.map((result) => result.target));
    const releaser = target === undefined || others.length > 0 ? undefined : this.#releaserOf(target);
    const store = (): Promise<Applied> => this.#store.fenced('results', (session) => this.#apply(session, results));
    const answered = new Set(results.map(({ objectId }) => objectId));
    const { summary, arrived } = await this.#store.alone(() => releaser?.alongside(answered, store) ?? store());
    for (const [connector, ids] of arrived) this.#releaserOf(connector)?.arrived(ids);
    return summary;
  }

  /**
   * Releases nobody answered in `olderThanMs` (the message was lost with Kafka's data) go back to pending under a new version; should the old one
   * still arrive somewhere, it has the same effect. Gives their number.
   */
  async reclaim(target: string, olderThanMs: number): Promise<number> {
    const before = new Date(Date.now() - olderThanMs);
    const lost = await this.#store.cs
      .find({ connector: target, 'exp.state': 'in-flight', 'exp.releasedAt': { $lt: before } })
      .limit(500)
      .toArray();
    const results = lost.flatMap(({ _id, escrow }): ResultMessage[] =>
      escrow === undefined
        ? []
        : [
            {
              target,
              objectId: _id,
              version: escrow.version,
              operation: escrow.operation,
              outcome: 'deferred',
              code: 'ADJ-KFK-0002',
              message: 'No answer came.',
              at: new Date().toISOString(),
            },
          ],
    );
    if (results.length > 0) await this.#stored(results);
    return results.length;
  }

  async #apply(session: ClientSession, results: readonly ResultMessage[]): Promise<Applied> {
    const documents = new Map<string, CsDocument>();
    const ids = [...new Set(results.map((result) => result.objectId))];
    for (const document of await this.#store.cs.find({ _id: { $in: ids } }, { session }).toArray())
      documents.set(document._id, document);
    const changes = new Map<string, ObjectChange>();
    const edges: EdgeOutcome[] = [];
    const now = Date.now();
    const added: CsDocument[] = [];
    const restored: RestoredObject[] = [];
    const anchors: { id: string; connector: string; anchor: string }[] = [];
    const summary = { acknowledged: 0, failed: 0 };
    for (const result of results) {
      const document = documents.get(result.objectId);
      const escrow = document?.escrow;
      if (document === undefined || escrow === undefined || escrow.version !== result.version) continue;
      documents.set(document._id, { ...document, escrow: undefined });
      edges.push(...edgeOutcomes(document, escrow, result, now));
      if (result.outcome === 'applied') {
        summary.acknowledged += 1;
        changes.set(document._id, { before: document, after: applied(document, escrow, result) });
        if (escrow.operation === 'add' && result.cloudId !== undefined) {
          added.push(document);
          anchors.push({ id: document._id, connector: document.connector, anchor: result.cloudId });
          if (result.restored !== undefined)
            restored.push({ document, links: result.restored, at: new Date(result.at) });
        }
      } else {
        if (result.outcome === 'failed') summary.failed += 1;
        changes.set(document._id, {
          before: document,
          after: result.outcome === 'missing' ? gone(document) : returned(document, escrow, result),
        });
        this.#log.warn(
          { event: 'export.refused', objectId: document._id, outcome: result.outcome, code: result.code },
          result.message,
        );
      }
    }
    await this.#makeRoomForAnchors(session, anchors, changes);
    await saveObjects(this.#store, session, changes.values());
    await this.#saveEdges(session, edges);
    await saveRestoredLinks(this.#store, session, restored, new Date(now));
    return { summary, arrived: await this.#wake(session, added) };
  }

  /** An edge whose export was answered is pending again while it is not as desired; one that is neither desired nor there is forgotten. */
  async #saveEdges(session: ClientSession, outcomes: readonly EdgeOutcome[]): Promise<void> {
    const stored = await loadEdges(
      this.#store,
      session,
      outcomes.map(({ id }) => id),
    );
    const changes = noEdgeChanges();
    for (const { id, set } of outcomes) {
      const edge = stored.get(id);
      if (edge === undefined) continue;
      const exported = set.exported ?? edge.exported;
      if (!exported && !edge.desired && set.exported === false) changes.deletes.push(id);
      else if (edge.desired !== exported) changes.updates.push({ id, set: { ...set, pend: true }, landed: true });
      else {
        // As it should be: it is due at no time, and what is not touched spares the database its indexes.
        const { nextAt: _never, ...rest } = set;
        changes.updates.push({ id, set: edge.pend ? { ...set, pend: false } : rest, landed: true });
      }
    }
    await saveEdges(this.#store, session, changes);
  }

  /** The import may have seen the new object before its acknowledgement arrived: that image is taken over. */
  async #makeRoomForAnchors(
    session: ClientSession,
    anchors: readonly { id: string; connector: string; anchor: string }[],
    changes: Map<string, ObjectChange>,
  ): Promise<void> {
    if (anchors.length === 0) return;
    const connector = anchors[0]?.connector ?? '';
    const byAnchor = new Map(anchors.map((entry) => [entry.anchor, entry.id]));
    const others = await this.#store.cs
      .find({ connector, anchor: { $in: [...byAnchor.keys()] } }, { session })
      .toArray();
    const twins = others.filter((other) => byAnchor.get(other.anchor ?? '') !== other._id && other.link === undefined);
    if (twins.length === 0) return;
    await this.#store.cs.deleteMany({ _id: { $in: twins.map((twin) => twin._id) } }, { session });
    for (const twin of twins) {
      const change = changes.get(byAnchor.get(twin.anchor ?? '') ?? '');
      if (change?.after === undefined) continue;
      const after = {
        ...change.after,
        imported: twin.imported,
        state: 'imported' as const,
        ver: twin.ver,
        dirtyAt: new Date(),
        dirtyReason: 'result' as const,
      };
      changes.set(after._id, { before: change.before, after });
    }
  }

  /** References and edges that waited for the new objects may go now. Gives the ids of these, by target. */
  async #wake(session: ClientSession, added: readonly CsDocument[]): Promise<Applied['arrived']> {
    const arrived: [string, readonly string[]][] = [];
    for (const [connector, documents] of Map.groupBy(added, (document) => document.connector))
      arrived.push([connector, await wakeArrived(this.#store, session, documents)]);
    return arrived;
  }
}

/** The object after its export was acknowledged; undefined when it is gone for good. */
function applied(document: CsDocument, escrow: Escrow, result: ResultMessage): CsDocument | undefined {
  if (escrow.operation === 'delete') return document.link === undefined ? undefined : gone(document);
  const unconfirmed = stillUnconfirmed(document, escrow, new Set(result.unsupported));
  const { exp, pendingExport } = document;
  return {
    ...document,
    ...(result.cloudId === undefined ? {} : { anchor: result.cloudId }),
    unconfirmed,
    acknowledgedAt: unconfirmed === undefined ? undefined : new Date(result.at),
    // What was left behind is tried at once: the objects it refers to may have been acknowledged meanwhile.
    exp:
      pendingExport === undefined || exp === undefined
        ? undefined
        : {
            ...exp,
            state: 'pending',
            nextAt: new Date(),
            attempts: 0,
            code: undefined,
            message: undefined,
            approvedBy: undefined,
            settle: undefined,
          },
    escrow: undefined,
    trace: undefined,
  };
}

/** What the last import does not show yet; it may have seen the new values before the acknowledgement arrived. */
function stillUnconfirmed(
  document: CsDocument,
  escrow: Escrow,
  unsupported: ReadonlySet<string>,
): CsDocument['unconfirmed'] {
  const operation = escrow.operation === 'add' ? 'add' : (document.unconfirmed?.operation ?? 'update');
  const open = Object.entries({ ...document.unconfirmed?.changes, ...escrow.changes }).filter(([name, value]) => {
    const imported = document.imported[name];
    const shown = value === null ? imported === undefined : imported !== undefined && valueEquals(imported, value);
    return !shown && !unsupported.has(name);
  });
  if (open.length === 0 && (operation === 'update' || document.state === 'imported')) return undefined;
  return { operation, changes: Object.fromEntries(open) };
}

/** The target no longer has the object: explicit evidence, as if an import had reported it. Synchronization unlinks it and decides what follows. */
function gone(document: CsDocument): CsDocument {
  return {
    ...document,
    importedDelete: true,
    dirtyAt: new Date(),
    dirtyReason: 'result',
    escrow: undefined,
    pendingExport: undefined,
    unconfirmed: undefined,
    exp: undefined,
  };
}

const RETRY_REFUSED = { baseMs: 30_000, maxMs: 1_800_000 };

/** Back to pending. Synchronization decides again what exactly is to be sent, since the object may have changed meanwhile. */
function returned(document: CsDocument, escrow: Escrow, result: ResultMessage): CsDocument {
  const refused = result.outcome === 'failed';
  const attempts = (document.exp?.attempts ?? 0) + (refused ? 1 : 0);
  const wait =
    result.outcome === 'stale-gate' ? 0 : (result.retryAfterMs ?? (refused ? backoff(attempts, RETRY_REFUSED) : 2000));
  const newer = document.pendingExport;
  const operation = escrow.operation === 'update' && newer !== undefined ? newer.operation : escrow.operation;
  const pendingExport = { operation, changes: operation === 'delete' ? {} : { ...escrow.changes, ...newer?.changes } };
  const again = { ...document, escrow: undefined, dirtyAt: new Date(), dirtyReason: 'result' as const };
  if (operation === 'update' && Object.keys(pendingExport.changes).length === 0) return { ...again, exp: undefined };
  return {
    ...again,
    pendingExport,
    exp: {
      ...(document.exp ?? { lane: LANE.change, decidedAt: Date.now() }),
      state: refused ? 'failed' : 'pending',
      nextAt: new Date(Date.now() + wait),
      attempts,
      ...(refused ? { code: result.code ?? 'ADJ-EXP-3006', message: result.message ?? '' } : {}),
    },
  };
}

/** What became of one value of a reference that was sent. */
interface EdgeOutcome {
  readonly id: string;
  readonly set: EdgeUpdate['set'];
}

function edgeOutcomes(document: CsDocument, escrow: Escrow, result: ResultMessage, now: number): EdgeOutcome[] {
  const g = document.link?.mv;
  if (escrow.references === undefined || g === undefined) return [];
  const outcomes: EdgeOutcome[] = [];
  for (const [attribute, sent] of Object.entries(escrow.references)) {
    const outcome = result.references?.[attribute];
    const failures = new Map(outcome?.failed.map((failure) => [failure.mv, failure]));
    const added = new Set(outcome?.added);
    const removed = new Set(outcome?.removed);
    for (const m of [...sent.add, ...sent.remove]) {
      const id = targetEdgeId(document.connector, attribute, g, m);
      const done = added.has(m) ? true : removed.has(m) ? false : undefined;
      const failure = failures.get(m);
      const wait = failure === undefined ? (result.retryAfterMs ?? 1000) : failure.retryable ? 3000 : 600_000;
      if (done !== undefined)
        outcomes.push({
          id,
          // One time for all answers of a batch, so that their edges are stored by one statement; a little late is on the safe side.
          set: { exported: done, confirmed: false, ackAt: new Date(now), nextAt: new Date(now) },
        });
      else
        outcomes.push({
          id,
          set: { nextAt: new Date(now + wait), ...(failure === undefined ? {} : { code: failure.code }) },
        });
    }
  }
  return outcomes;
}

function parseJson(value: Buffer | null): unknown {
  try {
    return value === null ? undefined : JSON.parse(value.toString('utf8'));
  } catch {
    return undefined; // refused by the schema
  }
}
