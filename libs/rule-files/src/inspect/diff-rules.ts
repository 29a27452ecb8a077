import type { AttributeFlow, RuleSet, SyncRule } from '@adjoin/engine';

export interface RuleDifference {
  readonly rule: string;
  readonly kind: 'added' | 'removed' | 'disabled' | 'enabled' | 'changed';
  /** One sentence per change, e.g. `flow department: Trim([department]) → [departmentNumber]`. */
  readonly changes: readonly string[];
}

/** What the second rule set does differently from the first, by rule id. Precedence shifts of default rules do not count. */
export function diffRules(before: RuleSet, after: RuleSet): readonly RuleDifference[] {
  const old = new Map(before.rules.map((rule) => [rule.id, rule]));
  const differences: RuleDifference[] = [];
  for (const rule of [...after.rules].sort((a, b) => a.precedence - b.precedence)) {
    const original = old.get(rule.id);
    old.delete(rule.id);
    if (original === undefined) {
      differences.push({ rule: rule.id, kind: 'added', changes: describeRule(rule) });
      continue;
    }
    const changes = ruleChanges(original, rule);
    if (original.disabled !== rule.disabled)
      differences.push({ rule: rule.id, kind: rule.disabled ? 'disabled' : 'enabled', changes });
    else if (changes.length > 0) differences.push({ rule: rule.id, kind: 'changed', changes });
  }
  for (const rule of old.values()) differences.push({ rule: rule.id, kind: 'removed', changes: [] });
  return differences;
}

function describeRule(rule: SyncRule): readonly string[] {
  const head = `precedence ${rule.precedence}, ${rule.direction}, ${rule.sourceType} → ${rule.targetType}, ${rule.linkType}`;
  return [head, ...rule.flows.map((flow) => `flow ${flow.to}: ${flowText(flow)}`)];
}

function ruleChanges(before: SyncRule, after: SyncRule): readonly string[] {
  const changes: string[] = [];
  const compare = (name: string, a: unknown, b: unknown): void => {
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    if (left !== right) changes.push(`${name}: ${left} → ${right}`);
  };
  compare('from', before.sourceType, after.sourceType);
  compare('to', before.targetType, after.targetType);
  compare('link', before.linkType, after.linkType);
  compare('passwordSync', before.passwordSync, after.passwordSync);
  compare('scope', before.scope, after.scope);
  compare('join', before.join, after.join);
  if (!before.standard) compare('precedence', before.precedence, after.precedence);
  const flows = new Map(before.flows.map((flow) => [flow.to, flow]));
  for (const flow of after.flows) {
    const original = flows.get(flow.to);
    flows.delete(flow.to);
    const [left, right] = [original === undefined ? '(none)' : flowText(original), flowText(flow)];
    if (left !== right) changes.push(`flow ${flow.to}: ${left} → ${right}`);
  }
  for (const flow of flows.values()) changes.push(`flow ${flow.to}: ${flowText(flow)} → (none)`);
  return changes;
}

/** A flow as one line of text. */
export function flowText(flow: AttributeFlow): string {
  const extras = [
    ...(flow.applyOnce ? ['apply once'] : []),
    ...(flow.merge === 'Update' ? [] : [`merge ${flow.merge}`]),
  ];
  const suffix = extras.length > 0 ? ` (${extras.join(', ')})` : '';
  switch (flow.kind) {
    case 'direct':
      return `[${flow.from}]${suffix}`;
    case 'constant':
      return `${JSON.stringify(flow.value)}${suffix}`;
    case 'expression':
      return `${flow.expression.replace(/\s*\n\s*/g, ' ')}${suffix}`;
  }
}
