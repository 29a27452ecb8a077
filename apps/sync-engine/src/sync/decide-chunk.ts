import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { SyncSession, type Need, type SyncObjectError } from '@adjoin/engine';
import type { ClientSession } from '@adjoin/shared';
import { ChunkView, type ComingDocuments, type CsDocument } from '@adjoin/spaces';
import type { ChunkDecision, ChunkOutcome } from './commit-chunk.js';
import { laterTypes } from './later-types.js';
import { prefetch } from './prefetch.js';
import { referencedFirst } from './referenced-first.js';
import type { SyncServices } from './sync-worker.js';

/** More rounds of loading than this mean that the engine asks in circles. */
const MAX_ROUNDS = 12;
/** One object that others refer to may be taken along for so many that are due. */
const COMPANY = 2;
/** Objects decided before others get their turn: what is being committed meanwhile waits for as long. */
const OBJECTS_PER_TURN = 10;

export interface ChunkRequest {
  readonly services: SyncServices;
  /** A transaction to read in. */
  readonly session: ClientSession;
  /** Most objects to decide. */
  readonly limit: number;
  /** The chunk before, which is about to be committed; its reads count as done. */
  readonly previous: ChunkOutcome | undefined;
}

/** Decides one chunk of what is due by the pure engine over what it loads; undefined when nothing is due. Writes nothing. */
export async function decideChunk(request: ChunkRequest): Promise<ChunkDecision | undefined> {
  const { services, session, limit, previous } = request;
  const now = new Date();
  const plan = services.plan();
  const coming = previous === undefined ? undefined : comingOf(previous);
  const later = laterTypes(plan.ruleSet.rules);
  const first = firstOfTypes(await loadDue(request, now, coming), later);
  const [head] = first;
  if (head === undefined) return undefined;
  const view = new ChunkView(services.store, session, coming);
  await prefetch(first, view, plan);
  const turnOf = ({ type }: CsDocument): number => later.indexOf(type);
  const decided = new Set(previous?.decision.due.map(({ _id }) => _id));
  const due = await referencedFirst({
    due: first,
    // A chunk that failed is cut into smaller ones until the object is found that makes it fail: those get no company.
    room: Math.floor(limit / COMPANY),
    loaded: (id) => view.csDocuments.get(id) ?? undefined,
    isDue: (document) =>
      document.dirtyAt !== undefined &&
      document.dirtyAt <= now &&
      turnOf(document) === turnOf(head) &&
      !decided.has(document._id) &&
      !services.isTarget(document.connector),
    load: (documents) => prefetch(documents, view, plan),
  });
  const engine = new SyncSession({ plan, view, now, newId: randomUUID, random: Math.random });
  const errors = new Map<string, SyncObjectError>();
  let open = due.filter((document) => document.state !== 'placeholder').map((document) => document._id);
  for (let round = 0; open.length > 0; round++) {
    const needs: Need[] = [];
    const again: string[] = [];
    for (const [index, id] of open.entries()) {
      if (index % OBJECTS_PER_TURN === OBJECTS_PER_TURN - 1) await turn();
      const outcome = engine.synchronize(id);
      if (outcome.status === 'error') errors.set(id, outcome.error);
      else if (outcome.status === 'needs') {
        needs.push(...outcome.needs);
        again.push(id);
      }
    }
    if (again.length > 0 && round >= MAX_ROUNDS)
      throw new Error(`The engine still needs ${JSON.stringify(needs.slice(0, 3))} after ${round} rounds.`);
    if (again.length > 0) await view.load(needs);
    open = again;
  }
  return { now, due, errors, view, changes: engine.changes(), plan, services };
}

/** What is due, oldest first; what targets confirmed comes after what sources changed, so that nobody waits behind the confirmations of a bulk. */
async function loadDue(
  { services, session, limit, previous }: ChunkRequest,
  now: Date,
  coming: ComingDocuments | undefined,
): Promise<readonly CsDocument[]> {
  const { store, connectors, isTarget } = services;
  const done = previous?.decision.due.map(({ _id }) => _id) ?? [];
  const due: CsDocument[] = [];
  for (const group of [connectors.filter((name) => !isTarget(name)), connectors.filter(isTarget)]) {
    if (due.length >= limit || group.length === 0) continue;
    const filter = {
      connector: { $in: group },
      dirtyAt: { $lte: now },
      ...(done.length === 0 ? {} : { _id: { $nin: done } }),
    };
    const found = store.cs
      .find(filter, { session, hint: 'dirty' })
      .sort({ dirtyAt: 1 })
      .limit(limit - due.length);
    due.push(...(await found.toArray()));
  }
  return coming === undefined
    ? due
    : due.flatMap((document) => {
        const next = coming.cs.get(document._id);
        return next === null ? [] : (next ?? document);
      });
}

/** The documents of a chunk as they will be. */
function comingOf({ objects, written, removed }: ChunkOutcome): ComingDocuments {
  const cs = new Map<string, CsDocument | null>();
  for (const { before, after } of objects) {
    const id = after?._id ?? before?._id;
    if (id !== undefined) cs.set(id, after ?? null);
  }
  return {
    cs,
    mv: new Map([
      ...written.map((document) => [document._id, document] as const),
      ...removed.map((id) => [id, null] as const),
    ]),
  };
}

/**
 * Of what is due the objects of the types that come first; the others wait for the next chunk. Within a chunk an object that needs more data is
 * decided after the others, so a contact could overtake the user it is to join.
 */
export function firstOfTypes<T extends { readonly type: string }>(
  due: readonly T[],
  later: readonly string[],
): readonly T[] {
  const first = Math.min(...due.map(({ type }) => later.indexOf(type)));
  return due.filter(({ type }) => later.indexOf(type) === first);
}
