import { Inject, Injectable } from '@nestjs/common';
import type { GateStatus, ProcessStatus, StatusAnswer, TargetStatus } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { ConfiguredConnectors } from '../connectors/configured-connectors.js';
import { DeletionsStore } from '../deletions/deletions.store.js';
import { closesAll } from '../exports/export-hold.js';
import { HeldValuesStore } from '../held-values/held-values.store.js';
import { toInstant } from '../naming/wire.js';
import { CLOCK, MONGO, PROCESSES, type Clock, type ProcessUrls } from '../ports.js';
import { SettingsStore } from '../settings/settings.store.js';
import { connectorStatusOf } from './connector-freshness.js';
import { cursorDocument, type CursorDocument, type GatesDocument } from './engine-state.js';
import { EngineStateStore } from './engine-state.store.js';
import { probeProcesses } from './process-probe.js';
import { budgetDocument, quotaOf, type BudgetDocument } from './target-quota.js';

/** State of the whole system in one answer. */
@Injectable()
export class StatusService {
  constructor(
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PROCESSES) private readonly processes: ProcessUrls,
    @Inject(ConfiguredConnectors) private readonly connectors: ConfiguredConnectors,
    @Inject(DeletionsStore) private readonly deletions: DeletionsStore,
    @Inject(EngineStateStore) private readonly engine: EngineStateStore,
    @Inject(SettingsStore) private readonly settings: SettingsStore,
    @Inject(HeldValuesStore) private readonly heldValues: HeldValuesStore,
  ) {}

  async status(): Promise<StatusAnswer> {
    const [probes, staging, holds, gates, syncs, cursors, budgets, values] = await Promise.all([
      probeProcesses(this.processes),
      this.settings.get('staging'),
      this.deletions.list(),
      this.engine.targets(this.connectors.written),
      this.engine.connectors(this.connectors.names),
      this.#cursors(),
      this.#budgets(),
      this.heldValues.count(),
    ]);
    const now = this.clock.now();
    const processes: ProcessStatus[] = [
      { name: 'control-plane', url: '', ready: true, checks: {}, error: null },
      ...probes,
    ];
    const connectors = this.connectors.all.map((one) =>
      connectorStatusOf(one, syncs.get(one.name), cursors.get(one.name) ?? [], now),
    );
    const targets = this.connectors.written.map((name): TargetStatus => {
      const target = targetOf(name, gates.get(name));
      const quota = quotaOf(target, budgets.get(name), now);
      return quota === undefined ? target : { ...target, quota };
    });
    const open = holds.filter((hold) => hold.status === 'held');
    const held = {
      exports: targets.reduce((total, target) => total + target.held, 0),
      deletions: open.reduce((total, hold) => total + hold.count, 0),
      deletionHolds: open.length,
      ...(values === 0 ? {} : { values }),
    };
    return {
      at: now.toISOString(),
      ok: processes.every((one) => one.ready) && open.length === 0 && connectors.every((one) => one.errors === 0),
      mode: this.connectors.config.mode,
      staging: staging.value === 'on' ? 'on' : 'off',
      processes,
      connectors,
      targets,
      gates: this.connectors.written.flatMap((name) => gatesOf(name, gates.get(name))),
      held,
    };
  }

  async #budgets(): Promise<ReadonlyMap<string, BudgetDocument>> {
    const found = await this.mongo.db.collection('rateBudget').find().limit(1000).toArray();
    const parsed = found.map((doc) => budgetDocument.parse(doc));
    return new Map(parsed.map((doc) => [doc._id, doc]));
  }

  async #cursors(): Promise<Map<string, CursorDocument[]>> {
    const read = async (name: string): Promise<[string, CursorDocument[]]> => {
      const found = await this.mongo.db.collection(`importCursors.${name}`).find().limit(1000).toArray();
      return [name, found.map((doc) => cursorDocument.parse(doc))];
    };
    return new Map(await Promise.all(this.connectors.names.map(read)));
  }
}

function targetOf(name: string, doc: GatesDocument | undefined): TargetStatus {
  const none = { adds: 0, updates: 0, deletes: 0, members: 0 };
  const pending = doc?.pending ?? none;
  const closed = (doc?.gates ?? []).some(({ gate }) => closesAll(gate));
  const held = closed ? pending.adds + pending.updates + pending.deletes : (doc?.held ?? 0);
  return { name, pending, held, inFlight: doc?.inFlight ?? 0, unconfirmed: doc?.unconfirmed ?? 0 };
}

function gatesOf(target: string, doc: GatesDocument | undefined): GateStatus[] {
  return (doc?.gates ?? []).map(({ gate, reason, since, count }) => ({
    target,
    gate,
    reason,
    since: toInstant(since),
    count,
  }));
}
