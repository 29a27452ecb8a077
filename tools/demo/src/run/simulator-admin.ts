import type { StackPorts } from '@adjoin/stack';
import { z } from 'zod';

const stats = z.object({
  objects: z.object({ users: z.number(), groups: z.number(), memberships: z.number() }),
  writes: z.number(),
  lastChange: z.number(),
});
/** What the tenant holds now; `lastChange` is the number of the last change that was written. */
export type TenantStats = z.infer<typeof stats>;
const changes = z.object({ last: z.number(), changes: z.array(z.object({ seq: z.number(), at: z.number() })) });

const TIMEOUT_MS = 10_000;

/** The administration port of the simulator: progress and a wake-up for changes. Values are read from Graph, not here. */
export class SimulatorAdmin {
  readonly #base: string;

  constructor(ports: StackPorts) {
    this.#base = `http://127.0.0.1:${ports.simulatorAdmin}`;
  }

  async stats(): Promise<TenantStats> {
    return stats.parse(await this.#get('/stats', TIMEOUT_MS));
  }

  /** When the last change was written, ms since 1970; undefined when nothing was written yet. */
  async lastWriteAt(): Promise<number | undefined> {
    const { lastChange } = await this.stats();
    if (lastChange === 0) return undefined;
    const answer = changes.parse(await this.#get(`/changes?since=${lastChange - 1}`, TIMEOUT_MS));
    return answer.changes.at(-1)?.at;
  }

  /** Waits until a change after `since` is visible, or the time is over; resolves to the number of the last one seen. */
  async changed(since: number, waitMs: number): Promise<number> {
    return changes.parse(await this.#get(`/changes?since=${since}&waitMs=${waitMs}`, waitMs + TIMEOUT_MS)).last;
  }

  async #get(path: string, timeoutMs: number): Promise<unknown> {
    const response = await fetch(`${this.#base}${path}`, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`The simulator answered ${response.status} to ${path}.`);
    return response.json();
  }
}
