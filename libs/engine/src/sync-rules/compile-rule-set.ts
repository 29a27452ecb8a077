import type { TargetCapabilities } from '../sync/model.js';
import { compileFlow, type CompiledFlow } from './compiled-flow.js';
import { CompiledRuleSet } from './compiled-rule-set.js';
import type { CompiledRule } from './inbound-plan.js';
import { compileJoin } from './join-criteria.js';
import type { AttributeDefinition, ConnectorDefinition, RuleSet, SyncRule } from './model.js';
import type { RuleProblem } from './rule-problem.js';
import { connectorParameterNames, validateRule, validateRuleSet } from './validate.js';

export interface CompileOptions {
  /** What targets can hold, by connector; a connector that is missing holds everything. */
  readonly capabilities?: Readonly<Record<string, TargetCapabilities>> | undefined;
  /**
   * Accept broken flows: they raise an error on each object, as Entra Connect does (expressions.md §9).
   * Other problems (a duplicate precedence, an unknown connector) still fail.
   */
  readonly allowInvalid?: boolean | undefined;
}

export type CompileRuleSetResult =
  | { readonly ok: true; readonly plan: CompiledRuleSet; readonly problems: readonly RuleProblem[] }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

/**
 * Compiles a rule set. All problems of all rules are reported together; disabled rules are checked for nothing.
 * @returns the plan (with the problems that were accepted), or every reason why there is none
 */
export function compileRuleSet(ruleSet: RuleSet, options: CompileOptions = {}): CompileRuleSetResult {
  const fatal: RuleProblem[] = [...validateRuleSet(ruleSet)];
  const flowProblems: RuleProblem[] = [];
  const compiled: CompiledRule[] = [];
  const enabled = ruleSet.rules.filter((rule) => !rule.disabled).sort((a, b) => a.precedence - b.precedence);
  for (const rule of enabled) {
    const connector = ruleSet.connectors.find(({ name }) => name === rule.connector);
    if (connector === undefined) continue;
    fatal.push(...validateRule(rule, connector));
    const { flows, problems } = compileFlows(ruleSet, rule, connector, options.allowInvalid === true);
    flowProblems.push(...problems);
    compiled.push({
      rule,
      join: compileJoin(rule.join, rule.direction),
      flows: rule.linkType === 'JoinNoFlow' ? [] : flows,
    });
  }
  if (fatal.length > 0 || (flowProblems.length > 0 && options.allowInvalid !== true)) {
    return { ok: false, problems: [...fatal, ...flowProblems] };
  }
  return { ok: true, plan: new CompiledRuleSet(ruleSet, compiled, options.capabilities ?? {}), problems: flowProblems };
}

function compileFlows(
  ruleSet: RuleSet,
  rule: SyncRule,
  connector: ConnectorDefinition,
  allowInvalid: boolean,
): { readonly flows: readonly CompiledFlow[]; readonly problems: readonly RuleProblem[] } {
  const flows: CompiledFlow[] = [];
  const problems: RuleProblem[] = [];
  const parameters = connectorParameterNames(connector);
  rule.flows.forEach((flow, index) => {
    const target = targetDefinition(ruleSet, rule, connector, flow.to);
    const result = compileFlow(rule, flow, `flows[${index}]`, { parameters, target, allowInvalid });
    problems.push(...result.problems, ...importedValueProblems(rule, index, result.flow));
    if (result.flow !== undefined) flows.push(result.flow);
  });
  return { flows, problems };
}

/** ImportedValue reads what a connected directory reported, which the metaverse is not (engine/expressions.md §7). */
function importedValueProblems(rule: SyncRule, index: number, flow: CompiledFlow | undefined): readonly RuleProblem[] {
  const [name] = flow?.imported ?? [];
  if (rule.direction === 'inbound' || name === undefined) return [];
  const message = `ImportedValue can only be used by inbound rules; in an outbound rule write [${name}].`;
  return [{ rule: rule.id, field: `flows[${index}].expression`, message }];
}

function targetDefinition(
  ruleSet: RuleSet,
  rule: SyncRule,
  connector: ConnectorDefinition,
  attribute: string,
): AttributeDefinition | undefined {
  if (rule.direction === 'inbound') return ruleSet.metaverse?.[rule.targetType]?.[attribute];
  if (attribute === 'dn') return { type: 'string', multiValued: false };
  return connector.schema?.[rule.targetType]?.[attribute];
}
