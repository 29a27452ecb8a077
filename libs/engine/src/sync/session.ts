import { disjoined } from '../connector-space/link.js';
import type { FlowServices } from '../sync-rules/flow-source.js';
import type { CompiledRuleSet } from '../sync-rules/compiled-rule-set.js';
import { linkInbound } from './inbound-link.js';
import {
  SYNC_STATISTICS,
  type CsObject,
  type SessionChanges,
  type SpaceView,
  type SyncOutcome,
  type SyncStatistic,
} from './model.js';
import { ObjectFailure } from './object-failure.js';
import { Overlay } from './overlay.js';
import { recompute } from './recompute.js';
import type { TraceSink } from './trace.js';
import { Transaction } from './transaction.js';

export interface SyncSessionOptions extends FlowServices {
  readonly plan: CompiledRuleSet;
  readonly view: SpaceView;
  /** Receives every step of every decision; costs nothing when absent. */
  readonly trace?: TraceSink | undefined;
}

/**
 * Synchronizes a chunk of objects over one stored state: each object sees what earlier ones of the session decided.
 * Pure: nothing is written; the caller stores {@link SyncSession.changes}. Preview is the same call without storing.
 *
 * An object that needs data or fails leaves no trace in the session; it can be tried again after the view was filled.
 */
export class SyncSession {
  readonly #plan: CompiledRuleSet;
  readonly #services: FlowServices;
  readonly #trace: TraceSink | undefined;
  readonly #overlay: Overlay;
  readonly #statistics: Record<SyncStatistic, number>;
  /** Decisions in which searches were missing, by the object: nearly all of a first load find nothing, and then they hold. */
  readonly #open = new Map<string, { readonly txn: Transaction; readonly mv: string | undefined }>();

  constructor(options: SyncSessionOptions) {
    this.#plan = options.plan;
    this.#services = options;
    this.#trace = options.trace;
    this.#overlay = new Overlay(options.view, options.plan);
    this.#statistics = Object.fromEntries(SYNC_STATISTICS.map((name) => [name, 0])) as Record<SyncStatistic, number>;
  }

  /** Decides one connector-space object and the metaverse object it belongs to. */
  synchronize(csId: string): SyncOutcome {
    const open = this.#open.get(csId);
    this.#open.delete(csId);
    if (open?.txn.holds() === true) {
      this.#commit(open.txn);
      return { status: 'done', mv: open.mv };
    }
    return this.#decide(csId, (txn) => {
      const cs = txn.getCs(csId);
      if (cs === null || cs.state === 'placeholder') return undefined;
      const affected = linkInbound(txn, withoutDeadLink(txn, cs));
      for (const mv of affected.mv) recompute(txn, mv, mv === affected.created);
      return txn.getCs(csId)?.link?.mv;
    });
  }

  /** Decides one metaverse object again: for references that can be resolved now, and for outbound retries. */
  synchronizeMetaverse(mvId: string): SyncOutcome {
    return this.#decide(undefined, (txn) => {
      recompute(txn, mvId, false);
      return txn.getMv(mvId) === null ? undefined : mvId;
    });
  }

  /** Everything the session decided so far. */
  changes(): SessionChanges {
    const { cs, mv, due } = this.#overlay;
    return { cs, mv, due, statistics: { ...this.#statistics } };
  }

  #decide(csId: string | undefined, decide: (txn: Transaction) => string | undefined): SyncOutcome {
    const txn = new Transaction(this.#overlay, this.#plan, this.#services, this.#trace);
    let mv: string | undefined;
    try {
      mv = decide(txn);
    } catch (error) {
      if (txn.needs.length > 0 && error instanceof ObjectFailure) return { status: 'needs', needs: txn.needs };
      if (error instanceof ObjectFailure) return { status: 'error', error: error.error };
      throw error;
    }
    if (txn.needs.length > 0) {
      // A trace tells of one pass.
      if (csId !== undefined && this.#trace === undefined) this.#open.set(csId, { txn, mv });
      return { status: 'needs', needs: txn.needs };
    }
    this.#commit(txn);
    return { status: 'done', mv };
  }

  #commit(txn: Transaction): void {
    this.#overlay.commit(txn.cs, txn.mv);
    for (const id of txn.due) this.#overlay.due.add(id);
    for (const statistic of txn.counted) this.#statistics[statistic]++;
    if (txn.cs.size === 0 && txn.mv.size === 0) this.#statistics.noChange++;
  }
}

/** An object whose metaverse object does not exist any more is a disconnector. */
function withoutDeadLink(txn: Transaction, cs: CsObject): CsObject {
  if (cs.link === undefined || txn.getMv(cs.link.mv) !== null) return cs;
  if (txn.needs.length > 0) {
    txn.isUnfinished = true;
    return cs;
  }
  const free = disjoined(cs);
  txn.cs.set(cs.id, free);
  return free;
}
