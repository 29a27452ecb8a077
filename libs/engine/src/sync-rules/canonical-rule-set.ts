import type { AttributeFlow, RuleSet, SyncRule } from './model.js';

/**
 * The rule set as one text that is equal for rule sets that decide equally: keys in order, rules by precedence,
 * white space between the tokens of expressions left out (it never counts, declarative-provisioning.md §2), names and
 * descriptions left out. The input of the rule set's hash.
 */
export function canonicalRuleSet(ruleSet: RuleSet): string {
  const rules = ruleSet.rules
    .filter((rule) => !rule.disabled)
    .sort((a, b) => a.precedence - b.precedence || (a.id < b.id ? -1 : 1));
  return JSON.stringify(
    sorted({ connectors: ruleSet.connectors, metaverse: ruleSet.metaverse ?? null, rules: rules.map(canonicalRule) }),
  );
}

function canonicalRule(rule: SyncRule): object {
  const { name: _name, description: _description, tag: _tag, standard: _standard, disabled: _disabled, ...rest } = rule;
  return { ...rest, flows: rule.flows.map(canonicalFlow) };
}

function canonicalFlow(flow: AttributeFlow): AttributeFlow {
  return flow.kind === 'expression' ? { ...flow, expression: withoutWhiteSpace(flow.expression) } : flow;
}

/** Takes out white space outside of string literals and attribute names; between two words one blank stays. */
function withoutWhiteSpace(expression: string): string {
  const tokens = expression.match(/"(?:\\.|""|[^"\\])*"|\[[^\]]*\]|\s+|[^"\s[]+|./gs) ?? [];
  let text = '';
  for (const [index, token] of tokens.entries()) {
    if (token.trim() !== '') text += token;
    else if (/\w$/.test(text) && /^\w/.test(tokens[index + 1] ?? '')) text += ' ';
  }
  return text;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}
