import type { ConnectorDefinition, RuleSet, ScopeClause, SyncRule } from './model.js';
import type { RuleProblem } from './rule-problem.js';
import { parametersOf } from './scope-clause.js';

/** Names that plain objects answer for by themselves; attribute values are looked up by name. */
const reserved = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Names of the parameters a connector knows in at least one partition. */
export function connectorParameterNames(connector: ConnectorDefinition): ReadonlySet<string> {
  return new Set([
    'Connector.ID',
    ...Object.keys(connector.parameters),
    ...Object.values(connector.partitions).flatMap(Object.keys),
  ]);
}

/** Problems of the rules among each other: identifiers, connectors, precedence (declarative-provisioning.md §9). */
export function validateRuleSet(ruleSet: RuleSet): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  const connectors = new Set(ruleSet.connectors.map(({ name }) => name));
  const ids = new Set<string>();
  const byPrecedence = new Map<number, SyncRule>();
  for (const rule of ruleSet.rules) {
    if (ids.has(rule.id))
      problems.push({ rule: rule.id, field: 'id', message: `Two rules have the identifier ${rule.id}.` });
    ids.add(rule.id);
    if (!connectors.has(rule.connector)) {
      problems.push({ rule: rule.id, field: 'connector', message: `There is no connector "${rule.connector}".` });
    }
    if (rule.disabled) continue;
    const other = byPrecedence.get(rule.precedence);
    if (other !== undefined) {
      const message = `Precedence ${rule.precedence} is already used by rule "${other.name}" (${other.connector}).`;
      problems.push({ rule: rule.id, field: 'precedence', message });
    }
    byPrecedence.set(rule.precedence, rule);
  }
  return problems;
}

/** Problems of one rule besides its flows. */
export function validateRule(rule: SyncRule, connector: ConnectorDefinition): readonly RuleProblem[] {
  const known = connectorParameterNames(connector);
  const scope = rule.scope.flatMap((group, g) =>
    group.flatMap((clause, c) =>
      clauseProblems(rule, clause, known).map((message) => ({ rule: rule.id, field: `scope[${g}][${c}]`, message })),
    ),
  );
  const wildcard =
    rule.targetType === '*' && (rule.direction === 'outbound' || rule.linkType === 'Provision')
      ? [
          {
            rule: rule.id,
            field: 'targetType',
            message: 'Only an inbound rule that does not provision may have the target type *.',
          },
        ]
      : [];
  return [...wildcard, ...scope, ...nameProblems(rule)];
}

function clauseProblems(rule: SyncRule, clause: ScopeClause, parameters: ReadonlySet<string>): readonly string[] {
  const unknown = parametersOf(clause.value)
    .filter((name) => !parameters.has(name))
    .map((name) => `Connector "${rule.connector}" has no parameter %${name}%.`);
  const memberOf = clause.operator === 'ISMEMBEROF' || clause.operator === 'ISNOTMEMBEROF';
  if (memberOf && rule.direction === 'outbound')
    return [...unknown, `${clause.operator} can only be used by inbound rules.`];
  return unknown;
}

function nameProblems(rule: SyncRule): readonly RuleProblem[] {
  const names = [
    ...rule.flows.flatMap((flow, i) => [
      { field: `flows[${i}].to`, name: flow.to },
      ...(flow.kind === 'direct' ? [{ field: `flows[${i}].from`, name: flow.from }] : []),
    ]),
    ...rule.scope
      .flat()
      .filter(({ operator }) => !operator.endsWith('MEMBEROF'))
      .map(({ attribute }) => ({ field: 'scope', name: attribute })),
    ...rule.join.flat().flatMap(({ csAttribute, mvAttribute }) => [
      { field: 'join', name: csAttribute },
      { field: 'join', name: mvAttribute },
    ]),
  ];
  return names
    .filter(({ name }) => name === '' || reserved.has(name))
    .map(({ field, name }) => ({ rule: rule.id, field, message: `"${name}" cannot be the name of an attribute.` }));
}
