import type { CompiledRuleSet } from '@adjoin/engine';
import { sleep, type Logger, type Runnable } from '@adjoin/shared';
import type { TargetEdges } from '../edges/target-edges.js';
import type { Store } from '../store.js';
import { commitChunk, outcomeOf, type ChunkCommit, type ChunkDecision, type ChunkOutcome } from './commit-chunk.js';
import { decideChunk } from './decide-chunk.js';
import { laterTypes } from './later-types.js';

export interface SyncServices {
  readonly store: Store;
  readonly log: Logger;
  readonly plan: () => CompiledRuleSet;
  readonly targetEdges: () => TargetEdges;
  readonly isTarget: (connector: string) => boolean;
  /** Connectors to which is exported: the targets, and sources that are written back to. */
  readonly isWritten: (connector: string) => boolean;
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
/** Chunks follow each other without anybody writing in between for at most so long while somebody waits. */
const SERIES_MS = 500;

/**
 * Second commit of DESIGN §4: drains due objects in chunks. A chunk is decided by the pure engine over what it loaded and committed in one
 * transaction; an object whose rules fail is rolled back alone, stays due and keeps its error.
 *
 * In bulk the next chunk is decided while the one before is committed. It starts from what that one writes (`ComingDocuments`), it is committed
 * after it and only if that one was, and nobody else in this process, the only one that may write (fence), writes in between.
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
      const done = await this.chunk(signal);
      if (done === 0) await Promise.race([woken, sleep(500, signal)]);
    }
  }

  /** Decides one chunk, or in bulk several, of what is due; gives the number of objects looked at. */
  async chunk(signal?: AbortSignal): Promise<number> {
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
      return await store.alone(() => this.#series(signal));
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
      await store.alone(() =>
        store.cs.updateMany(
          { connector: { $in: connectors }, type, dirtyAt: { $lte: new Date() }, dirtyReason: 'import' },
          { $set: { dirtyAt: new Date() } },
        ),
      );
    }
    this.#loaded = true;
    return true;
  }

  async #series(signal: AbortSignal | undefined): Promise<number> {
    const { store, committed } = this.#services;
    const until = Date.now() + SERIES_MS;
    const mayGoOn = (): boolean => signal?.aborted !== true && (Date.now() < until || !store.isAwaited);
    let processed = 0;
    let decision = await this.#decide(undefined);
    while (decision !== undefined) {
      const outcome = outcomeOf(decision);
      const commit = store.fenced('sync', (session) => commitChunk(session, outcome));
      const next = this.#isBulk(outcome) && mayGoOn() ? this.#decide(outcome) : Promise.resolve(undefined);
      const [done, following] = await Promise.allSettled([commit, next]);
      if (done.status === 'rejected') throw done.reason;
      processed += done.value.processed;
      this.#limit = Math.min(MAX_CHUNK, this.#limit * 2);
      committed(done.value);
      if (following.status === 'rejected') throw following.reason;
      decision = following.value;
      if (decision !== undefined) noteWoken(decision, done.value.woken);
    }
    return processed;
  }

  /** With fewer objects it is done at once anyway; what a deletion takes along is known only after it. */
  #isBulk({ decision, objects, removed }: ChunkOutcome): boolean {
    return (
      decision.due.length >= this.#limit && removed.length === 0 && objects.every(({ after }) => after !== undefined)
    );
  }

  #decide(previous: ChunkOutcome | undefined): Promise<ChunkDecision | undefined> {
    const { store } = this.#services;
    return store.mongo.withTransaction((session) =>
      decideChunk({ services: this.#services, session, limit: this.#limit, previous }),
    );
  }
}

/** What the chunk before made due after this one had read it stays due. */
function noteWoken({ view, due, now }: ChunkDecision, woken: ChunkCommit['woken']): void {
  const decided = new Set(due.map(({ _id }) => _id));
  for (const [id, dirtyReason] of woken) {
    const document = view.csDocuments.get(id) ?? undefined;
    if (document === undefined || decided.has(id)) continue;
    view.csDocuments.set(id, { ...document, dirtyAt: now, dirtyReason });
  }
}
