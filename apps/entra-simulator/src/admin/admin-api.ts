import { z } from 'zod';
import { faultRuleSchema } from '../faults/fault-rule.js';
import { assignRoles } from '../graph/roles/role-routes.js';
import type { Json, JsonObject } from '../json.js';
import { behaviourSchema } from '../options.js';
import type { SimulatedTenant } from '../simulated-tenant.js';
import type { ChangeRecord } from '../store/change-log.js';
import { snapshotSchema } from '../store/snapshot.js';
import type { TokenService } from '../token/token-service.js';
import { setComputedValues } from './computed-values.js';
import { statistics } from './statistics.js';

/** An answer of the administration port. */
export interface AdminReply {
  readonly status: number;
  readonly body: unknown;
}

/** A request to it. */
export interface AdminRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
  readonly signal: AbortSignal;
}

const ok = (body: unknown): AdminReply => ({ status: 200, body });
const pageSchema = z.object({
  since: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().positive().max(100_000).default(1000),
  waitMs: z.coerce.number().int().nonnegative().max(60_000).default(0),
});

/** Operations of the administration port: faults, behaviour, content, counters and journal. */
export class AdminApi {
  readonly #tenant: SimulatedTenant;
  readonly #tokens: TokenService;

  constructor(tenant: SimulatedTenant, tokens: TokenService) {
    this.#tenant = tenant;
    this.#tokens = tokens;
  }

  /** @throws z.ZodError or SyntaxError for a body that does not fit. */
  async handle(request: AdminRequest): Promise<AdminReply> {
    const tenant = this.#tenant;
    switch (`${request.method} ${request.path}`) {
      case 'GET /healthz':
      case 'GET /readyz':
        return ok({ status: 'ok' });
      case 'GET /stats':
        return ok(statistics(tenant.parts));
      case 'GET /faults':
        return ok(tenant.parts.faults.status());
      case 'PUT /faults':
        tenant.parts.faults.set(z.array(faultRuleSchema).parse(request.body));
        return ok(tenant.parts.faults.status());
      case 'DELETE /faults':
        tenant.parts.faults.set([]);
        return ok([]);
      case 'GET /settings':
        return ok(tenant.behaviour);
      case 'PUT /settings':
        return this.#settings(request.body);
      case 'POST /reset':
        tenant.reset();
        return ok({ status: 'empty' });
      case 'GET /state':
        return ok(tenant.snapshot());
      case 'PUT /state':
        tenant.load(snapshotSchema.parse(request.body));
        return ok(statistics(tenant.parts));
      case 'PUT /roles':
        assignRoles(tenant.parts.tenant, z.record(z.string(), z.array(z.string())).parse(request.body));
        return ok({ status: 'assigned' });
      case 'PUT /computed':
        return ok({ objects: setComputedValues(tenant.parts.tenant.sync, request.body) });
      case 'GET /credentials':
        // What a search for leaked secrets has to look for. Only a simulator would tell.
        return ok(
          [...tenant.parts.tenant.sync.credentials].map(([user, { salt, hash, mustChange }]) => ({
            ...{ user, salt, hash, mustChange },
          })),
        );
      case 'POST /tokens/revoke':
        this.#tokens.revoke();
        return ok({ status: 'revoked' });
      case 'GET /journal':
      case 'GET /changes':
        return ok(await this.#changes(request));
      default:
        return { status: 404, body: { error: `No such operation: ${request.method} ${request.path}` } };
    }
  }

  /** Settings that are not named keep their value. */
  #settings(body: Json | undefined): AdminReply {
    const change = z
      .looseObject({ throttle: z.looseObject({}).optional(), syncService: z.looseObject({}).optional() })
      .parse(body ?? {});
    const before = this.#tenant.behaviour;
    this.#tenant.behaviour = behaviourSchema.strict().parse({
      ...before,
      ...change,
      throttle: { ...before.throttle, ...change.throttle },
      syncService: { ...before.syncService, ...change.syncService },
    });
    return ok(this.#tenant.behaviour);
  }

  /** Changes that reads show, after `since`; with `waitMs` the answer waits for the first one. */
  async #changes({ query, signal }: AdminRequest): Promise<JsonObject> {
    const { since, limit, waitMs } = pageSchema.parse(Object.fromEntries(query));
    const { directory } = this.#tenant.parts.tenant;
    const deadline = directory.now() + waitMs;
    for (;;) {
      const records = directory.journal.visibleAfter(since, directory.now(), limit);
      const left = deadline - directory.now();
      if (records.length > 0 || left <= 0 || signal.aborted) {
        return { last: records.at(-1)?.seq ?? since, changes: records.map(show) };
      }
      const hidden = this.#tenant.behaviour.eventualMs > 0;
      await nextChange(directory.journal.subscribe.bind(directory.journal), hidden ? Math.min(left, 50) : left, signal);
    }
  }
}

function nextChange(subscribe: (wake: () => void) => () => void, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const unsubscribe = subscribe(done);
    signal.addEventListener('abort', done);
  });
}

function show(record: ChangeRecord): JsonObject {
  const { seq, at, visibleAt, type, id, kind, properties, member, cause } = record;
  const linked = member === undefined ? {} : { member: member.id };
  return { seq, at, visibleAt, type, id, kind, properties, ...linked, cause };
}
