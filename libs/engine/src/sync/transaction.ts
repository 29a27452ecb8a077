import type { FlowServices } from '../sync-rules/flow-source.js';
import type { CompiledRuleSet } from '../sync-rules/compiled-rule-set.js';
import type { CsObject, MvObject, Need, SyncStatistic } from './model.js';
import { ObjectFailure } from './object-failure.js';
import type { Overlay } from './overlay.js';
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
  readonly #overlay: Overlay;

  constructor(overlay: Overlay, plan: CompiledRuleSet, services: FlowServices, trace: TraceSink | undefined) {
    this.#overlay = overlay;
    this.plan = plan;
    this.services = services;
    this.trace = trace;
  }

  getCs(id: string): CsObject | null {
    const own = this.cs.get(id);
    if (own !== undefined) return own;
    return this.#known(this.#overlay.getCs(id), null, () => ({ kind: 'cs', id }));
  }

  getMv(id: string): MvObject | null {
    const own = this.mv.get(id);
    if (own !== undefined) return own;
    return this.#known(this.#overlay.getMv(id), null, () => ({ kind: 'mv', id }));
  }

  mvByKey(key: string): readonly string[] {
    return this.#known(this.#overlay.mvByKey(key), [], () => ({ kind: 'mv-key', key }));
  }

  csByKey(connector: string, key: string): readonly string[] {
    return this.#known(this.#overlay.csByKey(connector, key), [], () => ({ kind: 'cs-key', connector, key }));
  }

  /** The object that has the DN now, with the changes of this decision. */
  csByDn(connector: string, dn: string): CsObject | null {
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
