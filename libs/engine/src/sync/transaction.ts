import type { FlowServices } from '../sync-rules/flow-source.js';
import type { CompiledRuleSet } from '../sync-rules/compiled-rule-set.js';
import type { CsObject, MvObject, Need, SyncStatistic } from './model.js';
import { ObjectFailure } from './object-failure.js';
import { READ, type Overlay } from './overlay.js';
import type { TraceSink } from './trace.js';

/**
 * The decision of one object: reads through to the overlay, collects its changes, and notes everything that was asked
 * and is not loaded. What is missing reads as absent, so that one pass finds as many needs as possible; with any need
 * the whole decision is thrown away.
 */
export class Transaction {
  readonly plan: CompiledRuleSet;
  readonly services: FlowServices;
  readonly trace: TraceSink | undefined;
  readonly cs = new Map<string, CsObject | null>();
  readonly mv = new Map<string, MvObject | null>();
  readonly due = new Set<string>();
  readonly needs: Need[] = [];
  readonly counted: SyncStatistic[] = [];
  /** Everything that was read of what others may change, by {@link READ}. */
  readonly reads = new Set<string>();
  /** Results that this decision could see, see {@link Overlay.clock}. */
  readonly clock: number;
  /** Something was left out for want of data: the decision has to be made again. */
  isUnfinished = false;
  readonly #overlay: Overlay;

  constructor(overlay: Overlay, plan: CompiledRuleSet, services: FlowServices, trace: TraceSink | undefined) {
    this.#overlay = overlay;
    this.clock = overlay.clock;
    this.plan = plan;
    this.services = services;
    this.trace = trace;
  }

  getCs(id: string): CsObject | null {
    const own = this.cs.get(id);
    if (own !== undefined) return own;
    this.reads.add(READ.cs(id));
    return this.#known(this.#overlay.getCs(id), null, () => ({ kind: 'cs', id }));
  }

  getMv(id: string): MvObject | null {
    const own = this.mv.get(id);
    if (own !== undefined) return own;
    this.reads.add(READ.mv(id));
    return this.#known(this.#overlay.getMv(id), null, () => ({ kind: 'mv', id }));
  }

  mvByKey(key: string): readonly string[] {
    this.reads.add(READ.mvKey(key));
    return this.#known(this.#overlay.mvByKey(key), [], () => ({ kind: 'mv-key', key }));
  }

  csByKey(connector: string, key: string): readonly string[] {
    this.reads.add(READ.csKey(connector, key));
    return this.#known(this.#overlay.csByKey(connector, key), [], () => ({ kind: 'cs-key', connector, key }));
  }

  /** The object that has the DN now, with the changes of this decision. */
  csByDn(connector: string, dn: string): CsObject | null {
    this.reads.add(READ.dn(connector, dn));
    const id = this.#known(this.#overlay.csByDn(connector, dn), null, () => ({ kind: 'cs-dn', connector, dn }));
    return id === null ? null : this.getCs(id);
  }

  /** A group that is not known decides nothing: taken for empty it would take everybody out of the scope. */
  isMember(connector: string, groupDn: string, id: string): boolean {
    const known = this.#known(this.#overlay.isMember(connector, groupDn, id), false, () => ({
      kind: 'member',
      connector,
      groupDn,
      id,
    }));
    if (known === null)
      throw new ObjectFailure(
        'missing-group',
        `The scope names the group ${groupDn}, which ${connector} does not have.`,
      );
    return known;
  }

  /**
   * Whether the decision holds although data was missing: all that was missing were searches, they are loaded now and find nothing, which is what
   * they were taken for; and nothing it read has changed since.
   */
  holds(): boolean {
    if (this.isUnfinished) return false;
    return this.needs.every((need) => this.#foundNothing(need)) && !this.#overlay.isNewer(this.reads, this.clock);
  }

  #foundNothing(need: Need): boolean {
    if (need.kind === 'mv-key') return this.#overlay.mvByKey(need.key)?.length === 0;
    if (need.kind === 'cs-key') return this.#overlay.csByKey(need.connector, need.key)?.length === 0;
    return need.kind === 'cs-dn' && this.#overlay.csByDn(need.connector, need.dn) === null;
  }

  count(statistic: SyncStatistic): void {
    this.counted.push(statistic);
  }

  #known<T>(value: T | undefined, missing: T, need: () => Need): T {
    if (value !== undefined) return value;
    this.#addNeed(need());
    return missing;
  }

  #addNeed(need: Need): void {
    const text = JSON.stringify(need);
    if (!this.needs.some((other) => JSON.stringify(other) === text)) this.needs.push(need);
  }
}
