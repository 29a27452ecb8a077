import type { ResultMessage } from '@adjoin/contracts';
import { startSimulator, type RunningSimulator, type SimulatorOptions } from '@adjoin/entra-simulator';
import {
  HttpsTransport,
  MemoryBudgetStore,
  PUBLISHED_WRITES,
  type BatchTrouble,
  type BudgetStore,
  type HttpsReply,
  type HttpsRequest,
} from '@adjoin/graph';
import { VirtualClock } from '@adjoin/testing';
import { memoryState, type ExporterState } from './memory-state.js';
import { WireLog } from './wire-log.js';

export interface WorldOptions {
  readonly simulator?: SimulatorOptions | undefined;
  /** Durable state of the exporters; in memory when absent. */
  readonly state?: ExporterState | undefined;
  /** Time a request takes there and back, ms. */
  readonly latencyMs?: number | undefined;
}

/** A tenant and everything that outlives an exporter, on one virtual clock. */
export interface World {
  readonly clock: VirtualClock;
  readonly simulator: RunningSimulator;
  readonly state: ExporterState;
  readonly budget: BudgetStore;
  /** What the exporters told the engine. */
  readonly results: ResultMessage[];
  readonly troubles: Map<BatchTrouble, number>;
  readonly latencyMs: number;
  /** What went over the wire. */
  readonly wire: WireLog;
  /** Sends a request over the wire; time stands still while the simulator works. */
  readonly send: (request: HttpsRequest) => Promise<HttpsReply>;
  readonly admin: (method: string, path: string, body?: unknown) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** A repeatable sequence of numbers from 0 up to 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export async function aWorld(options: WorldOptions = {}): Promise<World> {
  const clock = new VirtualClock();
  const simulator = await startSimulator({ clock: clock.now, random: seeded(7), ...options.simulator });
  const wire = new WireLog();
  const transport = new HttpsTransport({ ca: simulator.ca });
  const admin = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await clock.during(
      fetch(`${simulator.adminUrl}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }).then((response) => response.text()),
    );
    return answer === '' ? undefined : (JSON.parse(answer) as unknown);
  };
  return {
    clock,
    simulator,
    state: options.state ?? memoryState(),
    budget: new MemoryBudgetStore(PUBLISHED_WRITES, clock.now),
    results: [],
    troubles: new Map(),
    latencyMs: options.latencyMs ?? 100,
    wire,
    send: async (request) => {
      wire.sent(request);
      try {
        const reply = await clock.during(transport.send(request));
        wire.answered(reply);
        return reply;
      } catch (error) {
        wire.lost(request);
        throw error;
      }
    },
    admin,
    close: async () => {
      const [violation] = wire.violations;
      if (violation !== undefined)
        throw new Error(`Sent although the metadata of Graph does not allow it: ${violation}`);
      transport.close();
      await simulator.close();
    },
  };
}
