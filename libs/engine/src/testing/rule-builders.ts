import type {
  AttributeFlow,
  ConnectorDefinition,
  JoinCondition,
  LinkType,
  MergeType,
  RuleSet,
  ScopeClause,
  ScopeOperator,
  SyncRule,
} from '../sync-rules/model.js';
import { compileRuleSet } from '../sync-rules/compile-rule-set.js';
import type { CompiledRuleSet } from '../sync-rules/compiled-rule-set.js';
import type { TargetCapabilities } from '../sync/model.js';
import { MemorySpace } from './memory-space.js';

type FlowOptions = { readonly merge?: MergeType; readonly applyOnce?: boolean };

export const direct = (to: string, from = to, options: FlowOptions = {}): AttributeFlow => ({
  kind: 'direct',
  to,
  from,
  applyOnce: options.applyOnce ?? false,
  merge: options.merge ?? 'Update',
});
export const constant = (to: string, value: string, options: FlowOptions = {}): AttributeFlow => ({
  kind: 'constant',
  to,
  value,
  applyOnce: options.applyOnce ?? false,
  merge: options.merge ?? 'Update',
});
export const expression = (to: string, text: string, options: FlowOptions = {}): AttributeFlow => ({
  kind: 'expression',
  to,
  expression: text,
  applyOnce: options.applyOnce ?? false,
  merge: options.merge ?? 'Update',
});
export const clause = (attribute: string, operator: ScopeOperator, value = ''): ScopeClause => ({
  attribute,
  operator,
  value,
});
export const on = (csAttribute: string, mvAttribute = csAttribute, caseSensitive = false): JoinCondition => ({
  csAttribute,
  mvAttribute,
  caseSensitive,
});

export function connector(name: string, order = 0, extra: Partial<ConnectorDefinition> = {}): ConnectorDefinition {
  return {
    name,
    id: `id-of-${name}`,
    kind: name === 'entra' ? 'entra' : 'ad',
    order,
    parameters: {},
    partitions: {},
    ...extra,
  };
}

let counter = 0;

/** An inbound Join rule user → person of connector `corp`, with what is given instead. */
export function inbound(rule: Partial<SyncRule> & { readonly linkType?: LinkType }): SyncRule {
  counter++;
  return {
    id: rule.name ?? `in-${counter}`,
    name: `In ${counter}`,
    standard: false,
    direction: 'inbound',
    connector: 'corp',
    sourceType: 'user',
    targetType: 'person',
    linkType: 'Join',
    precedence: 1000 + counter,
    passwordSync: false,
    disabled: false,
    scope: [],
    join: [],
    flows: [],
    ...rule,
  };
}

/** An outbound Join rule person → user of connector `entra`, with what is given instead. */
export function outbound(rule: Partial<SyncRule>): SyncRule {
  return inbound({ direction: 'outbound', connector: 'entra', sourceType: 'person', targetType: 'user', ...rule });
}

export function planOf(
  rules: readonly SyncRule[],
  extra: Partial<RuleSet> & {
    readonly capabilities?: Readonly<Record<string, TargetCapabilities>>;
    readonly allowInvalid?: boolean;
  } = {},
): CompiledRuleSet {
  const { capabilities, allowInvalid, ...ruleSet } = extra;
  const connectors = [connector('corp', 1), connector('sales', 2), connector('entra', 3)];
  const result = compileRuleSet({ connectors, rules, ...ruleSet }, { capabilities, allowInvalid });
  if (!result.ok)
    throw new Error(
      result.problems.map((problem) => `${problem.rule} ${problem.field}: ${problem.message}`).join('\n'),
    );
  return result.plan;
}

export function spaceOf(...args: Parameters<typeof planOf>): MemorySpace {
  return new MemorySpace({ plan: planOf(...args) });
}

/** The usual pair: corp users are projected by `anchor`, and provisioned to entra unless `filtered` is True. */
export function basicRules(): readonly SyncRule[] {
  return [
    inbound({
      name: 'In User Join',
      linkType: 'Provision',
      precedence: 100,
      join: [[on('anchor')]],
      flows: [direct('anchor'), direct('filtered')],
    }),
    inbound({
      name: 'In User Common',
      precedence: 101,
      flows: [direct('displayName'), direct('mail'), direct('manager')],
    }),
    outbound({
      name: 'Out User Join',
      linkType: 'Provision',
      precedence: 200,
      scope: [[clause('filtered', 'NOTEQUAL', 'True'), clause('anchor', 'ISNOTNULL')]],
      join: [[on('anchor')]],
      flows: [expression('dn', '"CN={" & [anchor] & "}"'), direct('anchor')],
    }),
    outbound({
      name: 'Out User Identity',
      precedence: 201,
      flows: [direct('displayName'), direct('mail'), direct('manager')],
    }),
  ];
}

/** Imports a user of `corp` whose DN and anchor come from its name. */
export function importUser(
  space: MemorySpace,
  name: string,
  attributes: Parameters<MemorySpace['importObject']>[0]['attributes'] = {},
  connectorName = 'corp',
): void {
  space.importObject({
    connector: connectorName,
    type: 'user',
    anchor: `guid-${name}`,
    dn: `CN=${name},DC=${connectorName}`,
    attributes: { anchor: name, ...attributes },
  });
}
