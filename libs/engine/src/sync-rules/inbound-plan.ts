import type { CompiledFlow } from './compiled-flow.js';
import type { FlowSource } from './flow-source.js';
import type { JoinCriteria } from './join-criteria.js';
import type { SyncRule } from './model.js';
import { ScopeTable } from './scope-filter.js';

/** A rule with its compiled parts; flows are those that run (none for JoinNoFlow). */
export interface CompiledRule {
  readonly rule: SyncRule;
  readonly join: JoinCriteria | undefined;
  readonly flows: readonly CompiledFlow[];
}

/** True for rules that can make or hold a link: Provision, StickyJoin, or join criteria. */
export function canLink({ rule, join }: CompiledRule): boolean {
  return join !== undefined || rule.linkType === 'Provision' || rule.linkType === 'StickyJoin';
}

/** Everything that follows from which inbound rules of one connector and type are in scope. One instance a combination. */
export interface InboundScope {
  readonly rules: readonly CompiledRule[];
  readonly ids: readonly string[];
  /** The rule whose join criteria count; all in-scope rules with criteria have the same. */
  readonly joinRule: CompiledRule | undefined;
  /** Two rules in scope have different join criteria: an error of the object. */
  readonly joinConflict: readonly [SyncRule, SyncRule] | undefined;
  /** The rule that projects when no join matches. */
  readonly projectRule: CompiledRule | undefined;
  /** Some rule can link: without one the other rules contribute nothing. */
  readonly linking: boolean;
  /** A Provision or StickyJoin rule: keeps a joined metaverse object alive. */
  readonly keepsAlive: boolean;
  readonly has: (ruleId: string) => boolean;
}

/** The inbound rules of one connector and connector-space type. */
export class InboundPlan {
  /** By precedence. */
  readonly rules: readonly CompiledRule[];
  readonly scopes: ScopeTable;
  readonly #combinations = new Map<string, InboundScope>();

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules;
    this.scopes = new ScopeTable(rules.map(({ rule }) => rule));
  }

  scopeOf(source: FlowSource): InboundScope {
    const key = this.scopes.evaluate(source);
    let scope = this.#combinations.get(key);
    if (scope === undefined) {
      const inScope = this.rules.filter((_, index) => key[this.scopes.filterOfRule[index] ?? 0] === '1');
      this.#combinations.set(key, (scope = inboundScope(inScope)));
    }
    return scope;
  }
}

function inboundScope(rules: readonly CompiledRule[]): InboundScope {
  const joining = rules.filter(({ join }) => join !== undefined);
  const projectors = rules.filter(({ rule }) => rule.linkType === 'Provision');
  const [first] = joining;
  const different = joining.find(({ join }) => join?.identity !== first?.join?.identity);
  const ids = new Set(rules.map(({ rule }) => rule.id));
  return {
    rules,
    ids: [...ids],
    joinRule: joining.find(({ rule }) => rule.linkType === 'Provision') ?? first,
    joinConflict: first !== undefined && different !== undefined ? [first.rule, different.rule] : undefined,
    projectRule: projectors.find(({ join }) => join !== undefined) ?? projectors[0],
    linking: rules.some(canLink),
    keepsAlive: rules.some(({ rule }) => rule.linkType === 'Provision' || rule.linkType === 'StickyJoin'),
    has: (id) => ids.has(id),
  };
}

/** No rule in scope: for objects that are no source. */
export const nothingInScope: InboundScope = inboundScope([]);
