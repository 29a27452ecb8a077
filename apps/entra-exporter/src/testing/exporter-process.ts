import type { ExportMessage, ResultMessage } from '@adjoin/contracts';
import { GraphApi, GraphBatcher, WriteBudget, type Transport } from '@adjoin/graph';
import { createLogger } from '@adjoin/shared';
import { ConditionLog } from '../export-run/condition-log.js';
import { DirectoryLookup } from '../export-run/directory-lookup.js';
import { GraphTarget } from '../graph-channel/graph-target.js';
import { ExportRun, type ExportRunOptions } from '../export-run/export-run.js';
import { PrivilegedUsers } from '../tenant/privileged-users.js';
import { TenantInfo } from '../tenant/tenant-info.js';
import type { World } from './world.js';

/** How long the exporter takes the directory to be eventually consistent, ms. */
export const WINDOW_MS = 30_000;
const SILENT = createLogger('test', 'silent');
const NEVER = new Promise<never>(() => undefined);

/** Asked before and after each thing the process does to the outside; true = the process ends there. */
export type KillPoint = (what: 'send' | 'answer' | 'record' | 'tell', detail: string) => boolean;

/** An exporter without Kafka, as one process. Once killed it does nothing to the outside any more. */
export class ExporterProcess {
  readonly run: ExportRun;
  readonly batcher: GraphBatcher;
  readonly #world: World;
  readonly #kill: KillPoint;
  #ended: () => void = () => undefined;
  #dead = false;
  /** Resolves when it was killed. */
  readonly killed = new Promise<void>((resolve) => (this.#ended = resolve));

  constructor(world: World, random: () => number, kill: KillPoint = () => false) {
    this.#world = world;
    this.#kill = kill;
    const { clock, simulator } = world;
    const api = new GraphApi({
      graphUrl: simulator.baseUrl,
      authority: simulator.authority,
      tenantId: simulator.tenantId,
      clientId: simulator.clientId,
      credential: { kind: 'secret', secret: () => simulator.clientSecret },
      transport: this.#transport(),
      clock: { now: clock.now, wait: (ms) => clock.sleep(ms) },
    });
    this.batcher = new GraphBatcher({
      send: (body) => api.call('POST', '/$batch', { body }),
      now: clock.now,
      delay: clock.delay,
      random,
      budget: new WriteBudget({ store: world.budget, now: clock.now }),
      observer: { trouble: (kind, calls) => void world.troubles.set(kind, (world.troubles.get(kind) ?? 0) + calls) },
    });
    this.run = new ExportRun(this.#options(api));
  }

  /** Handles one batch of exports. Never resolves when the process is killed meanwhile. */
  handle(messages: readonly ExportMessage[]): Promise<void> {
    const batch = {
      topic: 'exports',
      partition: 0,
      messages: messages.map((message, index) => ({
        key: message.objectId,
        value: Buffer.from(JSON.stringify(message)),
        offset: String(index),
        headers: {},
      })),
    };
    return this.run.handle([batch], { signal: new AbortController().signal, heartbeat: () => Promise.resolve() });
  }

  #options(api: GraphApi): ExportRunOptions {
    const { state, clock, results } = this.#world;
    const nothing = (): void => undefined;
    return {
      target: new GraphTarget({
        api,
        batcher: this.batcher,
        tenant: new TenantInfo(api, this.#world.simulator.clientId),
        lookup: new DirectoryLookup(this.batcher),
        shadows: state.shadows,
        tenantId: this.#world.simulator.tenantId,
        matching: { hardMatch: 'allow', softMatch: 'address-and-name' },
        privileged: new PrivilegedUsers(api, clock.now),
        windowMs: WINDOW_MS,
      }),
      gate: { refresh: () => Promise.resolve(), admits: () => true },
      intents: {
        load: (ids) => this.#alive(state.intents.load(ids)),
        begin: (creates) => this.#alive(state.intents.begin(creates)),
      },
      applied: {
        load: (ids) => this.#alive(state.applied.load(ids)),
        record: (entries, known) => this.#unlessKilled('record', '', () => state.applied.record(entries, known)),
        noteUpdates: (updates) => this.#alive(state.applied.noteUpdates(updates)),
      },
      shadows: { apply: (changes) => this.#alive(state.shadows.apply(changes)) },
      producer: {
        send: (_topic, messages) =>
          this.#unlessKilled('tell', '', () => {
            results.push(...messages.map(({ value }) => value as ResultMessage));
            return Promise.resolve();
          }),
        close: () => Promise.resolve(),
      },
      resultsTopic: 'results',
      metrics: {
        acknowledged: nothing,
        failed: nothing,
        trouble: nothing,
        request: nothing,
        imported: nothing,
        importLag: nothing,
      },
      condition: new ConditionLog('export', SILENT),
      log: SILENT,
      now: clock.now,
    };
  }

  #transport(): Transport {
    const { clock, latencyMs, send } = this.#world;
    return {
      send: async (request) => {
        const about = `${request.method} ${request.url} ${request.body ?? ''}`;
        await clock.sleep(latencyMs / 2);
        const reply = await this.#unlessKilled('send', about, () => send(request));
        await clock.sleep(latencyMs / 2);
        return this.#unlessKilled('answer', about, () => Promise.resolve(reply));
      },
    };
  }

  async #unlessKilled<T>(what: Parameters<KillPoint>[0], detail: string, work: () => Promise<T>): Promise<T> {
    if (!this.#dead && this.#kill(what, detail)) {
      this.#dead = true;
      this.#ended();
    }
    return this.#dead ? NEVER : this.#alive(work());
  }

  /** Work on the outside: time stands still meanwhile, and a dead process never sees its end. */
  async #alive<T>(work: Promise<T>): Promise<T> {
    if (this.#dead) return NEVER;
    const result = await this.#world.clock.during(work);
    return this.#dead ? NEVER : result;
  }
}
