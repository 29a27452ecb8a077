import type { SyncRule } from '@adjoin/engine';
import { createHash } from 'node:crypto';

/**
 * Hash over the content of a rule without identifier, connector, precedence and disabled state
 * (engine/customizing.md §2). White space of expressions does not count.
 */
export function ruleFingerprint(rule: Omit<SyncRule, 'precedence'>): string {
  const content = {
    direction: rule.direction,
    sourceType: rule.sourceType,
    targetType: rule.targetType,
    linkType: rule.linkType,
    passwordSync: rule.passwordSync,
    scope: rule.scope,
    join: rule.join,
    flows: rule.flows.map((flow) =>
      flow.kind === 'expression' ? { ...flow, expression: squeeze(flow.expression) } : flow,
    ),
  };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** An expression without the white space outside of quoted text. */
function squeeze(expression: string): string {
  return expression.replace(/"(?:[^"\\]|\\.|"")*"|\s+/g, (part) => (part.startsWith('"') ? part : ''));
}

/** JSON with sorted keys and without undefined members. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}
