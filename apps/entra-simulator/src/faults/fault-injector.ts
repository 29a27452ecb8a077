import { GraphError } from '../graph/graph-error.js';
import type { FaultRule } from './fault-rule.js';

/** A rule with how often it matched and fired. */
export interface FaultStatus {
  readonly rule: FaultRule;
  readonly matched: number;
  readonly fired: number;
}

interface Armed {
  readonly rule: FaultRule;
  readonly path: RegExp | undefined;
  matched: number;
  fired: number;
}

const CODES: Readonly<Record<number, string>> = {
  400: 'Request_BadRequest',
  401: 'InvalidAuthenticationToken',
  403: 'Authorization_RequestDenied',
  404: 'Request_ResourceNotFound',
  429: 'TooManyRequests',
  500: 'Service_InternalServerError',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
  509: 'BandwidthLimitExceeded',
};

/** Decides which requests fail. */
export class FaultInjector {
  #armed: Armed[] = [];
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Replaces the rules. @throws SyntaxError for a bad regular expression. */
  set(rules: readonly FaultRule[]): void {
    this.#armed = rules.map((rule) => ({
      rule,
      path: rule.path === undefined ? undefined : new RegExp(rule.path, 'i'),
      matched: 0,
      fired: 0,
    }));
  }

  status(): readonly FaultStatus[] {
    return this.#armed.map(({ rule, matched, fired }) => ({ rule, matched, fired }));
  }

  /** The first rule that fires for a request. */
  pick(method: string, path: string): FaultRule | undefined {
    for (const armed of this.#armed) {
      const { rule } = armed;
      if (rule.method !== undefined && rule.method.toUpperCase() !== method) continue;
      if (armed.path !== undefined && !armed.path.test(path)) continue;
      armed.matched += 1;
      const spent = rule.count !== undefined && armed.fired >= rule.count;
      if (spent || armed.matched <= rule.skip || this.#random() >= rule.probability) continue;
      armed.fired += 1;
      return rule;
    }
    return undefined;
  }
}

/** The error a rule answers with; `undefined` for a rule without status. */
export function faultError(rule: FaultRule): GraphError | undefined {
  if (rule.status === undefined) return undefined;
  const headers = rule.retryAfter === undefined ? {} : { 'retry-after': String(rule.retryAfter) };
  const code = rule.code ?? CODES[rule.status] ?? 'UnknownError';
  return new GraphError(rule.status, code, 'Injected by a fault rule of the simulator.', [], headers);
}
