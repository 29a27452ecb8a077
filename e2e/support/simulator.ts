import type { StackPorts } from '@adjoin/stack';
import { z } from 'zod';

const stats = z.object({
  objects: z.object({ users: z.number(), groups: z.number(), memberships: z.number(), recycled: z.number() }),
  duplicateAnchors: z.array(z.unknown()),
  faultsFired: z.number(),
  lastChange: z.number(),
  /** Requests that the service description does not allow. */
  badRequests: z.array(z.string()),
});
export type TenantStats = z.infer<typeof stats>;
const change = z.object({
  seq: z.number(),
  type: z.string(),
  id: z.string(),
  kind: z.string(),
  properties: z.array(z.string()).catch([]),
  cause: z.string(),
});
export type TenantChange = z.infer<typeof change>;
const changes = z.object({ last: z.number(), changes: z.array(change) });
const faultStatus = z.array(z.object({ fired: z.number() }));

/** A fault rule of the simulator, docs/entra-simulator.md. */
export interface FaultRule {
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly retryAfter?: number;
  readonly drop?: boolean;
  readonly count?: number;
  readonly skip?: number;
  readonly delayMs?: number;
  readonly probability?: number;
  readonly when?: 'before' | 'after';
}

const PAGE = 10_000;

/** The administration port of the simulated tenant. */
export class Simulator {
  readonly #base: string;

  constructor(ports: StackPorts) {
    this.#base = `http://127.0.0.1:${ports.simulatorAdmin}`;
  }

  async stats(): Promise<TenantStats> {
    return stats.parse(await this.#call('GET', '/stats'));
  }

  /** All changes after a number, oldest first. */
  async changes(since = 0): Promise<readonly TenantChange[]> {
    const found: TenantChange[] = [];
    for (let last = since; ;) {
      const page = changes.parse(await this.#call('GET', `/changes?since=${last}&limit=${PAGE}`));
      found.push(...page.changes);
      if (page.changes.length < PAGE) return found;
      last = page.last;
    }
  }

  /** The number of the latest change. */
  async last(): Promise<number> {
    return (await this.stats()).lastChange;
  }

  async setFaults(rules: readonly FaultRule[]): Promise<void> {
    await this.#call('PUT', '/faults', rules);
  }

  /** How often the rules have fired, in their order. */
  async faultsFired(): Promise<readonly number[]> {
    return faultStatus.parse(await this.#call('GET', '/faults')).map(({ fired }) => fired);
  }

  async clearFaults(): Promise<void> {
    await this.#call('DELETE', '/faults');
  }

  /** Gives synchronized objects values that the service computes, by object id: what Exchange Online makes of a mailbox. */
  async setComputed(values: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Promise<void> {
    await this.#call('PUT', '/computed', values);
  }

  /** Empties the tenant, as if somebody had put another one in its place. */
  async reset(): Promise<void> {
    await this.#call('POST', '/reset');
  }

  async revokeTokens(): Promise<void> {
    await this.#call('POST', '/tokens/revoke');
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok)
      throw new Error(`The simulator answered ${response.status} to ${method} ${path}: ${await response.text()}`);
    return response.json();
  }
}
