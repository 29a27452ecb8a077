import type { StackPorts } from '@adjoin/stack';
import { z } from 'zod';
import { tenantChange, tenantState, type TenantChange, type TenantState } from '../check/tenant-change.js';

/** A fault rule of the simulator, docs/entra-simulator.md. */
export interface FaultRule {
  readonly method?: string;
  readonly path?: string;
  readonly probability?: number;
  readonly status?: number;
  readonly retryAfter?: number;
  readonly drop?: boolean;
  readonly delayMs?: number;
  readonly when?: 'before' | 'after';
}

const PAGE = 10_000;
const TIMEOUT_MS = 30_000;
const page = z.object({ last: z.number(), changes: z.array(tenantChange) });
const stats = z.object({
  objects: z.object({ users: z.number(), groups: z.number(), memberships: z.number() }),
  duplicateAnchors: z.array(z.unknown()),
  lastChange: z.number(),
});
export type TenantStats = z.infer<typeof stats>;

/** The administration port of the simulated tenant: faults, journal, content. */
export class Tenant {
  readonly #base: string;

  constructor(ports: StackPorts) {
    this.#base = `http://127.0.0.1:${ports.simulatorAdmin}`;
  }

  async stats(): Promise<TenantStats> {
    return stats.parse(await this.#call('GET', '/stats'));
  }

  async state(): Promise<TenantState> {
    return tenantState.parse(await this.#call('GET', '/state'));
  }

  /** All changes after a number, oldest first. */
  async changes(since = 0): Promise<readonly TenantChange[]> {
    const found: TenantChange[] = [];
    for (let last = since; ;) {
      const { changes, last: next } = page.parse(await this.#call('GET', `/changes?since=${last}&limit=${PAGE}`));
      found.push(...changes);
      if (changes.length < PAGE) return found;
      last = next;
    }
  }

  async setFaults(rules: readonly FaultRule[]): Promise<void> {
    await this.#call('PUT', '/faults', rules);
  }

  async clearFaults(): Promise<void> {
    await this.#call('DELETE', '/faults');
  }

  async revokeTokens(): Promise<void> {
    await this.#call('POST', '/tokens/revoke');
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`The simulator answered ${response.status} to ${method} ${path}.`);
    return response.json();
  }
}
