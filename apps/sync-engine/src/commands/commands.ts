import { toSyncError, type AdjoinConfig } from '@adjoin/contracts';
import { loadRules, type StoredRuleFile } from '@adjoin/rule-files';
import { sleep, type Logger, type Runnable } from '@adjoin/shared';
import type { ActiveRules } from '../rules/active-rules.js';
import { planRules } from '../rules/plan-rules.js';
import type { Store } from '../store.js';

interface Command {
  readonly _id: string;
  readonly kind: string;
  readonly files?: readonly StoredRuleFile[];
  /** Connector-space ids, for `sync.object`. */
  readonly objects?: readonly string[];
}
interface RunRequest {
  readonly _id: string;
  readonly connector: string;
  readonly profile: string;
  readonly status: string;
}

/**
 * Carries out what control-plane recorded: rule sets to plan or apply, synchronization runs. Each record is done once; its answer stands in
 * `engineState` under `command:<id>` or `run-result:<id>`.
 */
export class Commands implements Runnable {
  readonly name = 'commands';
  readonly #store: Store;
  readonly #config: AdjoinConfig;
  readonly #rules: ActiveRules;
  readonly #log: Logger;
  readonly #wake: () => void;

  constructor(options: { store: Store; config: AdjoinConfig; rules: ActiveRules; log: Logger; wake: () => void }) {
    this.#store = options.store;
    this.#config = options.config;
    this.#rules = options.rules;
    this.#log = options.log;
    this.#wake = options.wake;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#commands();
      await this.#runs();
      await sleep(400, signal);
    }
  }

  async #commands(): Promise<void> {
    for await (const command of this.#store.db
      .collection<Command>('commands')
      .find({ status: 'requested' } as object)) {
      const id = `command:${command._id}`;
      const known = await this.#store.state.findOne({ _id: id });
      if (known !== null && known['status'] !== 'running') continue;
      if (command.kind === 'sync.object') {
        await this.#syncObjects(id, command.objects ?? [], known?.['startedAt']);
        continue;
      }
      const answer = await this.#carryOut(command).catch((cause: unknown) => {
        const error = toSyncError(cause);
        return { status: 'failed', error: { code: error.code, message: error.message } };
      });
      await this.#store.state.updateOne({ _id: id }, { $set: { ...answer, at: new Date() } }, { upsert: true });
      this.#log.info({ event: 'command.done', command: command._id, kind: command.kind, status: answer.status });
      this.#wake();
    }
  }

  async #carryOut(command: Command): Promise<{ status: string; [field: string]: unknown }> {
    const rules = await loadRules(this.#config, command.files ?? []);
    if (command.kind === 'rules.plan') return { status: 'done', result: await planRules(this.#store, rules.plan) };
    if (command.kind === 'rules.apply') {
      await this.#rules.activate(rules);
      return { status: 'done', result: { hash: rules.hash } };
    }
    return { status: 'failed', error: { code: 'ADJ-API-4003', message: `Unknown command ${command.kind}.` } };
  }

  /** Makes the objects due and answers once each has been decided: a first pass starts, later passes look. */
  async #syncObjects(id: string, objects: readonly string[], startedAt: unknown): Promise<void> {
    const filter = { _id: { $in: [...objects] } };
    if (!(startedAt instanceof Date)) {
      const now = new Date();
      // Another reason stays: a delete that an import reported must still settle.
      const reason = {
        $cond: [{ $in: [{ $ifNull: ['$dirtyReason', 'retry'] }, ['retry']] }, 'operator', '$dirtyReason'],
      };
      await this.#store.alone(() =>
        this.#store.cs.updateMany({ ...filter, state: { $ne: 'placeholder' } }, [
          { $set: { dirtyAt: now, dirtyReason: reason } },
        ]),
      );
      await this.#store.state.updateOne({ _id: id }, { $set: { status: 'running', startedAt: now } }, { upsert: true });
      this.#wake();
      return;
    }
    const documents = await this.#store.cs
      .find(filter, { projection: { dn: 1, dirtyAt: 1, dirtyReason: 1, error: 1 } })
      .toArray();
    const refused = documents.find((document) => document.dirtyReason === 'retry' && document.error !== undefined);
    if (refused?.error !== undefined) {
      const error = { code: refused.error.code, message: `${refused.dn}: ${refused.error.message}` };
      await this.#store.state.updateOne({ _id: id }, { $set: { status: 'failed', error, at: new Date() } });
    } else if (documents.every((document) => document.dirtyAt === undefined || document.dirtyAt > startedAt)) {
      await this.#store.state.updateOne({ _id: id }, { $set: { status: 'done', result: { objects }, at: new Date() } });
    }
  }

  async #runs(): Promise<void> {
    const filter = { status: 'requested', profile: { $in: ['full-sync', 'delta-sync', 'export'] } };
    for await (const request of this.#store.db.collection<RunRequest>('runs').find(filter)) {
      const id = `run-result:${request._id}`;
      const known = await this.#store.state.findOne({ _id: id });
      if (known?.['status'] === 'completed') continue;
      if (known === null) await this.#start(request, id);
      await this.#finishIfDrained(request, id);
    }
  }

  async #start(request: RunRequest, id: string): Promise<void> {
    const now = new Date();
    await this.#store.state.updateOne(
      { _id: id },
      { $set: { connector: request.connector, profile: request.profile, status: 'running', startedAt: now } },
      { upsert: true },
    );
    if (request.profile === 'full-sync') {
      await this.#store.alone(() =>
        this.#store.cs.updateMany(
          { connector: request.connector, state: { $ne: 'placeholder' } },
          { $set: { dirtyAt: now, dirtyReason: 'operator' } },
        ),
      );
    } else if (request.profile === 'export') {
      await this.#store.alone(() =>
        this.#store.cs.updateMany(
          { connector: request.connector, 'exp.state': 'failed' },
          { $set: { 'exp.nextAt': now } },
        ),
      );
    }
    this.#wake();
  }

  async #finishIfDrained(request: RunRequest, id: string): Promise<void> {
    const due = await this.#store.cs.findOne(
      { connector: request.connector, dirtyAt: { $lte: new Date() }, error: { $exists: false } },
      { projection: { _id: 1 } },
    );
    if (due === null)
      await this.#store.state.updateOne({ _id: id }, { $set: { status: 'completed', endedAt: new Date() } });
  }
}
