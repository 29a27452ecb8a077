import { SETTINGS, type SettingKey, type SettingValues } from '@adjoin/contracts';
import { LANE, type CsDocument } from '@adjoin/spaces';
import type { Filter } from '@adjoin/shared';
import type { Store } from '../store.js';

export type GateName =
  'baseline' | 'staging' | 'rules-sweep' | 'deletion-threshold' | 'stop-all' | 'settling' | 'membership-loss';
export interface Gate {
  readonly gate: GateName;
  readonly reason: string;
  readonly count?: number | undefined;
}

export interface GateDecision {
  readonly gates: readonly Gate[];
  /** Nothing at all may be released. */
  readonly closed: boolean;
  /** Deletes nobody approved may not be released. */
  readonly holdDeletes: boolean;
  readonly epoch: number;
  readonly settings: SettingValues;
  readonly pendingDeletes: number;
}

export interface ExpectedPartition {
  readonly connector: string;
  readonly partition: string;
}

const DAY_MS = 86_400_000;
/** From this part of the threshold on, deletes wait for each other. */
const MANY = 1 / 4;
const QUIET_MS = 3000;
const HOLDS_DELETES: ReadonlySet<GateName> = new Set(['deletion-threshold', 'stop-all', 'rules-sweep', 'settling']);
/** Present while objects may wait for the rule set that was activated last. */
export const SWEEP = 'rules-sweep';

/** Decides what may be released to a target now, each refusal with its reason (DESIGN §6). */
export class Gates {
  readonly #store: Store;
  readonly #target: string;
  readonly #expected: readonly ExpectedPartition[];

  constructor(store: Store, target: string, expected: readonly ExpectedPartition[]) {
    this.#store = store;
    this.#target = target;
    this.#expected = expected;
  }

  async decide(): Promise<GateDecision> {
    const { settings, epoch } = await this.#settings();
    const gates: Gate[] = [];
    if (settings.staging === 'on') gates.push({ gate: 'staging', reason: 'Staging mode is on: nothing is exported.' });
    gates.push(...(await this.#baseline()));
    if (await this.#sweeping())
      gates.push({ gate: 'rules-sweep', reason: 'A rule set is being applied: deletes wait for its end.' });
    const pendingDeletes = await this.#unapprovedDeletes();
    const threshold = await this.#threshold(settings, pendingDeletes);
    const held = threshold ?? (await this.#settling(settings, pendingDeletes));
    if (held !== undefined) gates.push(held);
    return {
      gates,
      closed: gates.some(({ gate }) => gate === 'staging' || gate === 'baseline' || gate === 'stop-all'),
      holdDeletes: gates.some(({ gate }) => HOLDS_DELETES.has(gate)),
      epoch,
      settings,
      pendingDeletes,
    };
  }

  async #settings(): Promise<{ settings: SettingValues; epoch: number }> {
    const stored = new Map<string, unknown>();
    for await (const document of this.#store.db.collection<{ _id: string; value: unknown }>('settings').find({}))
      stored.set(document._id, document.value);
    const value = (key: SettingKey): unknown => {
      const parsed = SETTINGS[key].schema.safeParse(stored.get(key));
      return parsed.success && stored.has(key) ? parsed.data : SETTINGS[key].default;
    };
    const settings = Object.fromEntries(
      (Object.keys(SETTINGS) as SettingKey[]).map((key) => [key, value(key)]),
    ) as unknown as SettingValues;
    return { settings, epoch: Number(stored.get('gateEpoch') ?? 0) };
  }

  /** Every source and the target itself need one complete full import that has been synchronized; a collapsed read arms it again. */
  async #baseline(): Promise<readonly Gate[]> {
    const missing: Gate[] = [];
    for (const { connector, partition } of this.#expected) {
      const document = await this.#store.state.findOne({ _id: `baseline:${connector}:${partition}` });
      const armed = document?.['armed'];
      if (typeof armed === 'string')
        missing.push({
          gate: 'baseline',
          reason: `${connector} (${partition}): ${armed} ${String(document?.['message'] ?? '')}`.trim(),
        });
      else if (document?.['complete'] !== true)
        missing.push({ gate: 'baseline', reason: `${connector} (${partition}) has no complete full import yet.` });
      else if (document['synchronized'] !== true && !(await this.#noteSynchronized(connector, document._id))) {
        missing.push({ gate: 'baseline', reason: `${connector} (${partition}) is being synchronized.` });
      }
    }
    return missing;
  }

  async #noteSynchronized(connector: string, baselineId: string): Promise<boolean> {
    const due = await this.#store.cs.findOne(
      { dirtyAt: { $exists: true }, connector, error: { $exists: false } },
      { projection: { _id: 1 } },
    );
    if (due !== null) return false;
    await this.#store.state.updateOne({ _id: baselineId }, { $set: { synchronized: true } });
    return true;
  }

  /** Whether objects still wait for a rule set that was activated; the search for them ends with the first time that none is found. */
  async #sweeping(): Promise<boolean> {
    const { state, cs } = this.#store;
    const sweep = await state.findOne({ _id: SWEEP });
    if (sweep === null) return false;
    const due = await cs.findOne(
      { dirtyAt: { $exists: true }, dirtyReason: 'rules', error: { $exists: false } },
      { projection: { _id: 1 } },
    );
    // A sweep that began since the question was asked has another time and stays.
    if (due === null) await state.deleteOne({ _id: SWEEP, at: sweep['at'] });
    return due !== null;
  }

  #unapprovedDeletes(further: Filter<CsDocument> = {}): Promise<number> {
    return this.#store.cs.countDocuments({
      connector: this.#target,
      'exp.state': { $in: ['pending', 'failed'] },
      'exp.lane': LANE.delete,
      'exp.approvedBy': { $exists: false },
      ...further,
    });
  }

  /** Many deletes may be the first that are read of still more: they wait until none is added, and are counted together. */
  async #settling(settings: SettingValues, pending: number): Promise<Gate | undefined> {
    if (settings['deletionThreshold.action'] === 'off') return undefined;
    if (pending < settings['deletionThreshold.count'] * MANY) return undefined;
    const since = new Date(Date.now() - QUIET_MS);
    if (pending === 0 || (await this.#unapprovedDeletes({ 'exp.settle.since': { $gt: since } })) === 0)
      return undefined;
    const reason = `${pending} deletes wait until no other one is added for ${QUIET_MS / 1000} s.`;
    return { gate: 'settling', reason, count: pending };
  }

  async #threshold(settings: SettingValues, pending: number): Promise<Gate | undefined> {
    const action = settings['deletionThreshold.action'];
    if (action === 'off' || pending === 0) return undefined;
    const limit = settings['deletionThreshold.count'];
    const recent =
      action === 'stop-all'
        ? 0
        : await this.#store.state.countDocuments({
            _id: { $regex: `^deleted:${this.#target}:` },
            at: { $gt: new Date(Date.now() - DAY_MS) },
            approved: false,
          });
    // The comparison is "greater than", as Entra Connect's (operations/accidental-deletes.md §1).
    if (pending + recent <= limit) return undefined;
    const reason = `${pending} pending deletes and ${recent} of the last 24 hours exceed the threshold of ${limit}.`;
    return { gate: action === 'stop-all' ? 'stop-all' : 'deletion-threshold', reason, count: pending };
  }
}
