import type { CompiledRuleSet } from '@adjoin/engine';
import { canHold, loadRules, type LoadedRules, type StoredRuleFile } from '@adjoin/rule-files';
import { SyncError, type AdjoinConfig } from '@adjoin/contracts';
import type { Logger } from '@adjoin/shared';
import { referenceChains, TargetEdges } from '../edges/target-edges.js';
import { SWEEP } from '../release/gates.js';
import type { Store } from '../store.js';
import { scopeGroups } from './scope-groups.js';

/** Values for a pipeline update, where text that begins with `$` would be read as an expression. */
const literal = (document: object): object =>
  Object.fromEntries(Object.entries(document).map(([key, value]) => [key, { $literal: value }]));

/** The rule set in force. A new one is stored as an immutable version, every object becomes due, and deletes wait for the end of that sweep. */
export class ActiveRules {
  readonly #store: Store;
  readonly #config: AdjoinConfig;
  readonly #log: Logger;
  #current: LoadedRules | undefined;
  #edges: TargetEdges | undefined;
  #scopeGroups: ReadonlySet<string> = new Set();

  constructor(store: Store, config: AdjoinConfig, log: Logger) {
    this.#store = store;
    this.#config = config;
    this.#log = log;
  }

  get plan(): CompiledRuleSet {
    if (this.#current === undefined)
      throw new SyncError('ADJ-ENG-2001', 'No rule set is loaded yet.', { retry: 'later' });
    return this.#current.plan;
  }

  get targetEdges(): TargetEdges {
    if (this.#edges === undefined)
      throw new SyncError('ADJ-ENG-2001', 'No rule set is loaded yet.', { retry: 'later' });
    return this.#edges;
  }

  /** Groups whose members scopes ask for, as {@link scopeGroupKey}. */
  get scopeGroups(): ReadonlySet<string> {
    return this.#scopeGroups;
  }

  /** At start: what an operator applied last, else the configured overlays. */
  async load(): Promise<void> {
    const active = await this.#store.ruleSets.findOne({ _id: 'active' });
    const files = Array.isArray(active?.['files']) ? (active['files'] as StoredRuleFile[]) : undefined;
    await this.activate(await loadRules(this.#config, files));
  }

  async activate(rules: LoadedRules): Promise<void> {
    const active = await this.#store.ruleSets.findOne({ _id: 'active' });
    this.#current = rules;
    this.#scopeGroups = scopeGroups(rules.plan);
    this.#edges = new TargetEdges(
      this.#store,
      referenceChains(rules.plan, (target, type, attribute) => canHold(this.#config, target, type, attribute)),
    );
    if (active?.['hash'] === rules.hash) return;
    await this.#store.exclusive('sync', async (session) => {
      const now = new Date();
      const document = { hash: rules.hash, files: rules.files ?? null, inclusion: rules.inclusion, at: now };
      await this.#store.ruleSets.updateOne({ _id: rules.hash }, { $setOnInsert: document }, { upsert: true, session });
      await this.#store.ruleSets.updateOne(
        { _id: 'active' },
        [{ $set: { ...literal(document), epoch: { $add: [{ $ifNull: ['$epoch', 0] }, 1] } } }],
        { upsert: true, session },
      );
      await this.#store.state.updateOne({ _id: SWEEP }, { $set: { at: now } }, { upsert: true, session });
      await this.#store.cs.updateMany(
        { state: { $ne: 'placeholder' } },
        { $set: { dirtyAt: now, dirtyReason: 'rules' } },
        { session },
      );
    });
    this.#log.info({ event: 'rules.activated', hash: rules.hash, rules: rules.plan.ruleSet.rules.length });
  }
}
