import { groupFlows, type FlowGroup } from './flow-groups.js';
import { FlowProgram } from './flow-program.js';
import type { FlowSource } from './flow-source.js';
import { canLink, type CompiledRule } from './inbound-plan.js';
import type { ConnectorDefinition, SyncRule } from './model.js';
import { ScopeTable } from './scope-filter.js';

/** What a target holds of a type: every attribute, these attributes, or not the type at all. */
export type TargetTypeCapability = 'all' | 'none' | ReadonlySet<string>;

/** One target attribute with whether the target can hold it. */
export interface ExportGroup extends FlowGroup {
  readonly supported: boolean;
}

/** The outbound rules in scope for one target type. */
export interface TargetTypeScope {
  readonly type: string;
  readonly rules: readonly CompiledRule[];
  readonly ids: readonly string[];
  /** Some rule can link: without one the other rules of the type export nothing. */
  readonly linking: boolean;
  readonly provisionRule: CompiledRule | undefined;
  readonly joinRule: CompiledRule | undefined;
  readonly joinConflict: readonly [SyncRule, SyncRule] | undefined;
  /** The target cannot hold objects of this type. */
  readonly unsupported: boolean;
  /** Flows to `dn`. */
  readonly dn: FlowGroup | undefined;
  readonly program: FlowProgram<ExportGroup>;
}

/** Target types in the order in which they are tried: by the precedence of their first rule. */
export type OutboundScope = ReadonlyMap<string, TargetTypeScope>;

/** The outbound rules of one target connector and metaverse type. */
export class OutboundPlan {
  readonly connector: ConnectorDefinition;
  /** By precedence. */
  readonly rules: readonly CompiledRule[];
  readonly scopes: ScopeTable;
  readonly #capability: (type: string) => TargetTypeCapability;
  readonly #combinations = new Map<string, OutboundScope>();

  constructor(
    connector: ConnectorDefinition,
    rules: readonly CompiledRule[],
    capability: (type: string) => TargetTypeCapability,
  ) {
    this.connector = connector;
    this.rules = rules;
    this.scopes = new ScopeTable(rules.map(({ rule }) => rule));
    this.#capability = capability;
  }

  scopeOf(source: FlowSource): OutboundScope {
    const key = this.scopes.evaluate(source);
    let scope = this.#combinations.get(key);
    if (scope === undefined) {
      const inScope = this.rules.filter((_, index) => key[this.scopes.filterOfRule[index] ?? 0] === '1');
      const types = [...new Set(inScope.map(({ rule }) => rule.targetType))];
      scope = new Map(
        types.map((type) => [
          type,
          this.#targetType(
            type,
            inScope.filter(({ rule }) => rule.targetType === type),
          ),
        ]),
      );
      this.#combinations.set(key, scope);
    }
    return scope;
  }

  #targetType(type: string, rules: readonly CompiledRule[]): TargetTypeScope {
    const joining = rules.filter(({ join }) => join !== undefined);
    const [first] = joining;
    const different = joining.find(({ join }) => join?.identity !== first?.join?.identity);
    const capability = this.#capability(type);
    const all = groupFlows(rules.map((rule) => ({ rule, slot: 0 })));
    return {
      type,
      rules,
      ids: rules.map(({ rule }) => rule.id),
      linking: rules.some(canLink),
      provisionRule: rules.find(({ rule }) => rule.linkType === 'Provision'),
      joinRule: first,
      joinConflict: first !== undefined && different !== undefined ? [first.rule, different.rule] : undefined,
      unsupported: capability === 'none',
      dn: all.find(({ attribute }) => attribute === 'dn'),
      program: new FlowProgram(
        all
          .filter(({ attribute }) => attribute !== 'dn')
          .map((group) => ({
            ...group,
            supported: capability === 'all' || (capability !== 'none' && capability.has(group.attribute)),
          })),
        1,
      ),
    };
  }
}
