import { randomUUID } from 'node:crypto';
import type { FaultRule } from '../faults/fault-rule.js';
import type { FaultInjector } from '../faults/fault-injector.js';
import { faultError } from '../faults/fault-injector.js';
import type { GraphReply, GraphRequest } from '../http/graph-message.js';
import type { RouteMatch } from '../http/route.js';
import { Router } from '../http/route.js';
import type { Throttle } from '../throttle/throttle.js';
import { badRequest, denied, GraphError } from './graph-error.js';
import type { GraphStats } from './graph-stats.js';
import { ALREADY } from './groups/membership.js';
import { allRoutes } from './routes.js';
import type { Tenant } from './tenant.js';

/** The answer to one request, with what a fault does to its delivery. */
export interface Served {
  readonly reply: GraphReply;
  readonly delayMs: number;
  /** Close the connection instead of answering. */
  readonly drop: boolean;
}

/** What a service works with; replaced as a whole by a reset. */
export interface ServiceParts {
  readonly tenant: Tenant;
  readonly throttle: Throttle;
  readonly faults: FaultInjector;
  readonly stats: GraphStats;
}

/** Serves single requests: routing, faults, throttling, permissions, errors, counters. */
export class GraphService {
  readonly #router = new Router(allRoutes);
  readonly #parts: () => ServiceParts;

  constructor(parts: () => ServiceParts) {
    this.#parts = parts;
  }

  serve(request: GraphRequest): Served {
    const { faults, stats } = this.#parts();
    const rule = faults.pick(request.method, request.path);
    if (rule !== undefined) stats.faults += 1;
    const match = this.#router.find(request.method, request.path);
    const reply = this.#answer(request, match, rule);
    stats.count(`${request.method} ${typeof match === 'object' ? match.route.pattern : 'unknown'}`, reply.status);
    if (rule?.drop === true) stats.dropped += 1;
    return { reply, delayMs: rule?.delayMs ?? 0, drop: rule?.drop === true };
  }

  #answer(
    request: GraphRequest,
    match: RouteMatch | 'known-path' | undefined,
    rule: FaultRule | undefined,
  ): GraphReply {
    const { tenant } = this.#parts();
    const requestId = randomUUID();
    const clientRequestId = request.headers['client-request-id'] ?? requestId;
    const ids = { 'request-id': requestId, 'client-request-id': clientRequestId };
    try {
      if (rule?.when === 'before' && (rule.drop || rule.status !== undefined)) {
        throw faultError(rule) ?? new GraphError(503, 'ServiceUnavailable', 'The connection is dropped.');
      }
      const reply = this.#run(request, found(request, match));
      const fault = rule?.when === 'after' ? faultError(rule) : undefined;
      if (fault !== undefined) throw fault;
      return { ...reply, headers: { ...ids, ...reply.headers } };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      const reply = error.toReply(new Date(tenant.directory.now()), requestId, clientRequestId);
      return { ...reply, headers: { ...ids, ...reply.headers } };
    }
  }

  #run(request: GraphRequest, { route, params }: RouteMatch): GraphReply {
    const { tenant, throttle, stats } = this.#parts();
    const isWrite = request.method !== 'GET' && !/getByIds|getAvailable/.test(route.pattern);
    const decision = throttle.decide(request, route.cost, isWrite);
    if (decision.retryAfter !== undefined) {
      stats.throttled += 1;
      throw new GraphError(429, 'TooManyRequests', 'Too many requests.', [], {
        ...decision.headers,
        'retry-after': String(decision.retryAfter),
      });
    }
    stats.resourceUnits += decision.units;
    const { permissions } = request.caller;
    if (!route.permissions.some((name) => permissions.has(name))) throw denied();
    tenant.directory.cause = `${request.method} ${request.path}`;
    try {
      const reply = route.handler({ tenant, request, param: (name) => params.get(name) ?? '' });
      if (isWrite) stats.writes += 1;
      return { ...reply, headers: { ...decision.headers, ...reply.headers } };
    } catch (error) {
      if (isWrite) stats.refusedWrites += 1;
      if (error instanceof GraphError) {
        countConflict(tenant, error);
        if (isWrite && isMalformed(error))
          stats.badRequests.add(`${request.method} ${route.pattern}: ${error.message}`);
      }
      throw error;
    }
  }
}

function found(request: GraphRequest, match: RouteMatch | 'known-path' | undefined): RouteMatch {
  if (match === undefined) {
    const segment = request.path.split('/').at(-1) ?? '';
    throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${segment}'.`);
  }
  if (match === 'known-path') {
    throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
  }
  if (request.method !== 'GET' && request.method !== 'DELETE' && request.body === undefined && needsBody(match)) {
    throw badRequest('Write requests (excluding DELETE) must contain the Content-Type header declaration.');
  }
  return match;
}

const needsBody = ({ route }: RouteMatch): boolean => !route.pattern.endsWith('/restore');

/** The caller's mistake, not the state of the tenant: values that are taken or not verified are that. */
const isMalformed = ({ status, code, details, message }: GraphError): boolean =>
  status === 400 &&
  code === 'Request_BadRequest' &&
  details.every((detail) => !STATE_OF_TENANT.has(detail.code)) &&
  ![ALREADY('members'), ALREADY('owners')].includes(message);
const STATE_OF_TENANT = new Set(['ObjectConflict', 'NotVerifiedDomain']);

function countConflict(tenant: Tenant, error: GraphError): void {
  for (const { code, target } of error.details) {
    if (code !== 'ObjectConflict') continue;
    tenant.counters.conflicts.set(target, (tenant.counters.conflicts.get(target) ?? 0) + 1);
  }
}
