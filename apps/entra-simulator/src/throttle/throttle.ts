import { z } from 'zod';
import type { GraphRequest } from '../http/graph-message.js';
import { TokenBucket } from './token-bucket.js';

/** Limits of the directory service (spec operations/graph-export.md section 5); off unless enabled. */
export const throttleSettingsSchema = z.object({
  enabled: z.boolean().default(false).describe('Enforce the limits'),
  resourceUnits: z
    .int()
    .positive()
    .default(8000)
    .describe('Resource units per 10 s (3,500 small, 5,000 medium, 8,000 large tenants)'),
  writes: z.int().positive().default(3000).describe('Writes of one application per 2 min 30 s'),
  tenantWrites: z.int().positive().default(18_000).describe('Writes of all applications per 5 min'),
});
export type ThrottleSettings = Readonly<z.infer<typeof throttleSettingsSchema>>;

/** What a request costs, and whether it may run. */
export interface ThrottleDecision {
  readonly units: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds to wait if the request is refused. */
  readonly retryAfter: number | undefined;
}

/** Resource units: `$select` -1, `$expand` +1, `$top` below 20 -1, at least 1; a write costs 1. */
export function unitsOf(request: GraphRequest, cost: number): number {
  if (request.method !== 'GET') return 1;
  const { query } = request;
  const top = query.get('$top');
  const small = top !== null && Number(top) < 20;
  return Math.max(1, cost - (query.has('$select') ? 1 : 0) + (query.has('$expand') ? 1 : 0) - (small ? 1 : 0));
}

interface Limit {
  readonly bucket: TokenBucket;
  readonly information: string;
  readonly scope: string;
}

/** The token buckets of one tenant. */
export class Throttle {
  readonly settings: ThrottleSettings;
  readonly #clock: () => number;
  readonly #tenantId: string;
  readonly #tenantWrites: TokenBucket;
  readonly #units = new Map<string, TokenBucket>();
  readonly #writes = new Map<string, TokenBucket>();

  constructor(settings: ThrottleSettings, tenantId: string, clock: () => number) {
    this.settings = settings;
    this.#clock = clock;
    this.#tenantId = tenantId;
    this.#tenantWrites = new TokenBucket(settings.tenantWrites, 300_000, clock());
  }

  /** Takes the cost of a request from the buckets of its application, or refuses it and takes nothing. */
  decide(request: GraphRequest, cost: number, isWrite: boolean): ThrottleDecision {
    const units = unitsOf(request, cost);
    const headers: Record<string, string> = { 'x-ms-resource-unit': String(units) };
    if (!this.settings.enabled) return { units, headers, retryAfter: undefined };
    const now = this.#clock();
    const limits = this.#limits(request.caller.appId, isWrite);
    const refusing = limits.find(({ bucket }, index) => !bucket.has(index === 0 ? units : 1, now));
    if (refusing !== undefined) {
      const needed = refusing === limits[0] ? units : 1;
      headers['x-ms-throttle-information'] = refusing.information;
      headers['x-ms-throttle-scope'] = `${refusing.scope}/${request.caller.appId}/${this.#tenantId}`;
      return { units, headers, retryAfter: Math.max(1, Math.ceil(refusing.bucket.wait(needed, now) / 1000)) };
    }
    limits.forEach(({ bucket }, index) => bucket.take(index === 0 ? units : 1, now));
    const used = Math.max(...limits.map(({ bucket }) => bucket.used(now)));
    // Told from 80 % of the limit on.
    if (used >= 0.8) headers['x-ms-throttle-limit-percentage'] = used.toFixed(1);
    return { units, headers, retryAfter: undefined };
  }

  #limits(appId: string, isWrite: boolean): readonly Limit[] {
    const { resourceUnits, writes } = this.settings;
    const units: Limit = {
      bucket: this.#bucket(this.#units, appId, resourceUnits, 10_000),
      information: 'ResourceUnitLimitExceeded',
      scope: 'Tenant_Application/ReadWrite',
    };
    if (!isWrite) return [units];
    const information = 'WriteLimitExceeded';
    return [
      units,
      { bucket: this.#bucket(this.#writes, appId, writes, 150_000), information, scope: 'Tenant_Application/Write' },
      { bucket: this.#tenantWrites, information, scope: 'Tenant/Write' },
    ];
  }

  #bucket(buckets: Map<string, TokenBucket>, appId: string, size: number, periodMs: number): TokenBucket {
    const known = buckets.get(appId);
    if (known !== undefined) return known;
    const made = new TokenBucket(size, periodMs, this.#clock());
    buckets.set(appId, made);
    return made;
  }
}
