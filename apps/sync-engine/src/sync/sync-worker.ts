import { randomUUID } from 'node:crypto';
import { SyncSession, type CompiledRuleSet, type Need, type SyncObjectError } from '@adjoin/engine';
import { sleep, type ClientSession, type Logger, type Runnable } from '@adjoin/shared';
import { type CsDocument, ChunkView } from '@adjoin/spaces';
import { prefetch } from './prefetch.js';
import type { TargetEdges } from '../edges/target-edges.js';
import type { Store } from '../store.js';
import { laterTypes } from './later-types.js';
import { commitChunk, type ChunkCommit } from './commit-chunk.js';

export interface SyncServices {
  readonly store: Store;
  readonly log: Logger;
  readonly plan: () => CompiledRuleSet;
  readonly targetEdges: () => TargetEdges;
  readonly isTarget: (connector: string) => boolean;
  readonly connectors: readonly string[];
  /**
   * Whether every connector has been read completely once. Before, a person known from one forest could be taken over and deleted again because
   * of what another forest says of them: nothing is synchronized until all of it is there.
   */
  readonly firstLoadDone: () => Promise<boolean>;
  /** Called after a commit with what it did. */
  readonly committed: (commit: ChunkCommit) => void;
}

export const MAX_CHUNK = 500;
/** More rounds of loading than this mean that the engine asks in circles. */
const MAX_ROUNDS = 12;

/**
 * Second commit of DESIGN §4: drains due objects in chunks. A chunk is decided by the pure engine over what it loaded and committed in one
 * transaction; an object whose rules fail is rolled back alone, stays due and keeps its error.
 */
export class SyncWorker implements Runnable {
  readonly name = 'synchronization';
  readonly #services: SyncServices;
  #wake: () => void = () => undefined;
  #limit = MAX_CHUNK;
  #loaded = false;

  constructor(services: SyncServices) {
    this.#services = services;
  }

  /** Something may be due. */
  notify(): void {
    this.#wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      const done = await this.chunk();
      if (done === 0) await Promise.race([woken, sleep(500, signal)]);
    }
  }

  /** Decides one chunk of what is due; gives the number of objects looked at. */
  async chunk(): Promise<number> {
    const { store, connectors } = this.#services;
    if (!this.#loaded && !(await this.#startLoaded())) return 0;
    // Asking first keeps an idle engine from opening a transaction several times a second.
    if (
      (await store.cs.findOne(
        { connector: { $in: connectors }, dirtyAt: { $lte: new Date() } },
        { projection: { _id: 1 } },
      )) === null
    )
      return 0;
    try {
      const commit = await store.exclusive('sync', (session) => this.#decide(session));
      if (commit === undefined) return 0;
      this.#limit = Math.min(MAX_CHUNK, this.#limit * 2);
      this.#services.committed(commit);
      return commit.processed;
    } catch (error) {
      // Bisect: whatever made the transaction fail (size, conflict, one object) ends up alone or goes away.
      if (this.#limit === 1) throw error;
      this.#limit = Math.max(1, Math.floor(this.#limit / 4));
      this.#services.log.warn({ event: 'chunk.split', limit: this.#limit, err: error });
      return 1;
    }
  }

  /** Once everything is there, types that only join what others project wait for those, so that no contact is taken over in place of its user. */
  async #startLoaded(): Promise<boolean> {
    if (!(await this.#services.firstLoadDone())) return false;
    const { store, connectors } = this.#services;
    for (const type of laterTypes(this.#services.plan().ruleSet.rules)) {
      await store.cs.updateMany(
        { connector: { $in: connectors }, type, dirtyAt: { $lte: new Date() }, dirtyReason: 'import' },
        { $set: { dirtyAt: new Date() } },
      );
    }
    this.#loaded = true;
    return true;
  }

  /** What is due, oldest first; what targets confirmed comes after what sources changed, so that nobody waits behind the confirmations of a bulk. */
  async #due(session: ClientSession, now: Date): Promise<CsDocument[]> {
    const { store, connectors, isTarget } = this.#services;
    const due: CsDocument[] = [];
    for (const group of [connectors.filter((name) => !isTarget(name)), connectors.filter(isTarget)]) {
      if (due.length >= this.#limit || group.length === 0) continue;
      const found = store.cs
        .find({ connector: { $in: group }, dirtyAt: { $lte: now } }, { session })
        .sort({ dirtyAt: 1 })
        .limit(this.#limit - due.length);
      due.push(...(await found.toArray()));
    }
    return due;
  }

  async #decide(session: ClientSession): Promise<ChunkCommit | undefined> {
    const { store } = this.#services;
    const now = new Date();
    const plan = this.#services.plan();
    const due = firstOfTypes(await this.#due(session, now), laterTypes(plan.ruleSet.rules));
    if (due.length === 0) return undefined;
    const view = new ChunkView(store, session);
    await prefetch(due, view, plan);
    const engine = new SyncSession({ plan, view, now, newId: randomUUID, random: Math.random });
    const errors = new Map<string, SyncObjectError>();
    let open = due.filter((document) => document.state !== 'placeholder').map((document) => document._id);
    for (let round = 0; open.length > 0; round++) {
      const needs: Need[] = [];
      const again: string[] = [];
      for (const id of open) {
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
    return commitChunk({ session, now, due, errors, view, changes: engine.changes(), plan, services: this.#services });
  }
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
