import {
  waitKeysOf,
  type CompiledRuleSet,
  type CsObject,
  type SessionChanges,
  type SyncObjectError,
  type SyncStatistic,
} from '@adjoin/engine';
import { backoff, recordSpan, type ClientSession } from '@adjoin/shared';
import { type ChunkView, type CsDocument, type DirtyReason, type MvDocument, toMvDocument } from '@adjoin/spaces';
import type { Store } from '../store.js';
import { dropEdges } from '../edges/source-edges.js';
import { hasLargeValue, insertAll, saveObjects, type ObjectChange } from '../save-objects.js';
import { changedParts } from './changed-fields.js';
import { exportStateFor } from './export-state.js';
import type { SyncServices } from './sync-worker.js';
import { wakeDependents } from './wake.js';

export interface ChunkCommit {
  readonly processed: number;
  readonly errors: number;
  readonly exports: number;
  readonly statistics: Readonly<Record<SyncStatistic, number>>;
  /** Connector-space objects that became due by it, with the reason. */
  readonly woken: ReadonlyMap<string, DirtyReason>;
}

export interface ChunkDecision {
  readonly now: Date;
  readonly due: readonly CsDocument[];
  readonly errors: ReadonlyMap<string, SyncObjectError>;
  readonly view: ChunkView;
  readonly changes: SessionChanges;
  readonly plan: CompiledRuleSet;
  readonly services: SyncServices;
}

type MvOperation = Parameters<Store['mv']['bulkWrite']>[0][number];
export interface LinkChange {
  readonly cs: string;
  /** What metaverse objects that refer to the object may wait for. */
  readonly waitKeys: readonly string[];
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What a decided chunk is going to write. */
export interface ChunkOutcome {
  readonly decision: ChunkDecision;
  readonly objects: readonly ObjectChange[];
  readonly links: readonly LinkChange[];
  /** Connector-space objects that are deleted with the values that name them. */
  readonly gone: readonly string[];
  /** Metaverse objects that are made or changed, and those that end. */
  readonly written: readonly MvDocument[];
  readonly removed: readonly string[];
  readonly exports: number;
}

/** The documents that follow from a decision. */
export function outcomeOf(decision: ChunkDecision): ChunkOutcome {
  const { due, errors, view, changes, plan } = decision;
  const links: LinkChange[] = [];
  const gone: string[] = [];
  const objects: ObjectChange[] = [];
  const dueIds = new Set(due.map((document) => document._id));
  const traces = tracesByMetaverse(decision);
  let exports = 0;
  for (const [id, object] of changes.cs) {
    const before = view.csDocuments.get(id) ?? undefined;
    const after = object === null ? undefined : object.link?.mv;
    if (before?.link?.mv !== after)
      links.push({ cs: id, waitKeys: object === null ? [id] : waitKeysOf(object), before: before?.link?.mv, after });
    if (object === null) {
      objects.push({ before, after: undefined });
      if (before?.leftScope !== true) gone.push(id);
    } else {
      const document = nextDocument(decision, object, before, dueIds.has(id));
      const trace =
        document.exp?.state === 'pending' ? traces.get(before?.link?.mv ?? document.link?.mv ?? '') : undefined;
      if (trace !== undefined) document.trace = trace;
      if (document.exp?.state === 'pending') exports += 1;
      objects.push({ before, after: document });
    }
  }
  for (const document of due) {
    const error = errors.get(document._id);
    if (error !== undefined) objects.push({ before: document, after: failed(decision, document, error) });
    else if (!changes.cs.has(document._id)) objects.push({ before: document, after: clean(decision, document) });
  }
  const written: MvDocument[] = [];
  const removed: string[] = [];
  for (const [id, object] of changes.mv) {
    if (object === null) removed.push(id);
    else written.push(toMvDocument(object, plan.mvJoinKeys(object)));
  }
  return { decision, objects, links, gone, written, removed, exports };
}

/**
 * Writes the outcome of a chunk: objects, metaverse, links of edges, errors, and what else became due by it. The documents it started from must be
 * those that are stored, see SyncWorker.
 */
export async function commitChunk(session: ClientSession, outcome: ChunkOutcome): Promise<ChunkCommit> {
  const { decision, objects, links, gone, written, removed, exports } = outcome;
  const { due, errors, view, changes, services } = decision;
  const { store } = services;
  await saveObjects(store, session, objects);
  await writeMetaverse(session, outcome);
  await services.targetEdges().relink(session, links, absence(outcome));
  await services.targetEdges().forget(session, removed);
  await dropEdges(store, session, gone);
  const woken = await wakeDependents({
    store,
    session,
    now: decision.now,
    links,
    due: changes.due,
    written,
    removed,
    before: view.mvDocuments,
  });
  return { processed: due.length, errors: errors.size, exports, statistics: changes.statistics, woken };
}

/** Says of metaverse objects that the chunk makes whether a target does not hold them yet; of others it says nothing. */
function absence({ decision, written }: ChunkOutcome): (target: string, mv: string) => boolean {
  const { changes, view } = decision;
  const made = new Map(
    written
      .filter(({ _id }) => (view.mvDocuments.get(_id) ?? null) === null)
      .map((document) => [document._id, document]),
  );
  return (target, mv) =>
    made
      .get(mv)
      ?.links.every(
        ({ cs, connector }) => connector !== target || (changes.cs.get(cs) ?? view.cs(cs))?.anchor === undefined,
      ) === true;
}

function nextDocument(
  decision: ChunkDecision,
  object: CsObject,
  before: CsDocument | undefined,
  wasDue: boolean,
): CsDocument {
  const { plan, now, services } = decision;
  const document: CsDocument = {
    ...(before ?? { _id: object.id, connector: object.connector }),
    type: object.type,
    dn: object.dn,
    state: object.state,
    imported: object.imported,
    importedDelete: object.importedDelete,
    link: object.link,
    rules: object.rules,
    unsupported: object.unsupported,
    pendingExport: object.pendingExport,
    wants: orAbsent(plan.csWants(object)),
  };
  if (object.anchor === undefined) delete document.anchor;
  else document.anchor = object.anchor;
  if (services.isTarget(object.connector)) document.joinKeys = orAbsent(plan.csJoinKeys(object));
  document.exp = exportStateFor(document, before, decision);
  if (wasDue) {
    document.error = undefined;
    document.dirtyAt = undefined;
    document.dirtyReason = undefined;
    document.trace = undefined;
  } else if (decision.changes.due.has(object.id)) {
    document.dirtyAt = now;
    document.dirtyReason = 'reference';
  }
  return document;
}

/** Trace parents for what follows from the traced objects of the chunk, by the metaverse object they are joined to before or after. */
function tracesByMetaverse({ due, changes, now }: ChunkDecision): ReadonlyMap<string, string> {
  const traces = new Map<string, string>();
  for (const document of due) {
    if (document.trace === undefined) continue;
    const trace = recordSpan(document.trace, 'synchronize', now, {
      'adjoin.connector': document.connector,
      'adjoin.object': document._id,
    });
    const after = changes.cs.get(document._id)?.link?.mv;
    for (const mv of [document.link?.mv, after]) if (mv !== undefined) traces.set(mv, trace);
  }
  return traces;
}

const orAbsent = (keys: readonly string[]): readonly string[] | undefined => (keys.length === 0 ? undefined : keys);

/** Nothing changed: only the mark goes away. What a disconnector looks for is noted even so. */
function clean({ plan, view }: ChunkDecision, document: CsDocument): CsDocument {
  const object = view.cs(document._id);
  const wants = object === null || object === undefined || document.state === 'placeholder' ? [] : plan.csWants(object);
  return {
    ...document,
    dirtyAt: undefined,
    dirtyReason: undefined,
    error: undefined,
    trace: undefined,
    wants: orAbsent(wants),
  };
}

function failed({ now }: ChunkDecision, document: CsDocument, error: SyncObjectError): CsDocument {
  const same = document.error?.code === error.code && document.error.message === error.message;
  const count = same ? (document.error?.count ?? 0) + 1 : 1;
  const failure = {
    code: error.code,
    message: error.message,
    firstSeen: same ? (document.error?.firstSeen ?? now) : now,
    count,
  };
  const dirtyAt = new Date(now.getTime() + backoff(count, { baseMs: 15_000, maxMs: 3_600_000 }));
  return { ...document, error: failure, dirtyAt, dirtyReason: 'retry' };
}

async function writeMetaverse(session: ClientSession, { decision, written, removed }: ChunkOutcome): Promise<void> {
  const { mv } = decision.services.store;
  const before = decision.view.mvDocuments;
  const operations = [
    ...written.flatMap((document): MvOperation[] => {
      const stored = before.get(document._id) ?? null;
      const update = stored === null ? undefined : changedParts(stored, document);
      return update === undefined ? [] : [{ updateOne: { filter: { _id: document._id }, update } }];
    }),
    ...removed.map((id) => ({ deleteOne: { filter: { _id: id } } })),
  ];
  const inserts = written.filter((document) => (before.get(document._id) ?? null) === null);
  await insertAll(mv, session, inserts, ({ attributes }) => hasLargeValue(attributes));
  if (operations.length > 0) await mv.bulkWrite(operations, { ordered: false, session });
}
