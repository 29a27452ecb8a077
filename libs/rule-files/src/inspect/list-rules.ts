import type { LinkType, RuleSet, SyncRule } from '@adjoin/engine';
import { nearestName } from '../document/nearest-name.js';

/** One line of the rule list. */
export interface RuleListEntry {
  readonly precedence: number;
  readonly name: string;
  readonly connector: string;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  readonly link: LinkType;
  readonly passwordSync: boolean;
  readonly standard: boolean;
  readonly disabled: boolean;
  readonly tag?: string | undefined;
  readonly flows: number;
}

/** Rules by precedence. */
export function listRules({ rules }: RuleSet): readonly RuleListEntry[] {
  const entries = rules.map((rule) => ({
    precedence: rule.precedence,
    name: rule.name,
    connector: rule.connector,
    direction: rule.direction,
    from: rule.sourceType,
    to: rule.targetType,
    link: rule.linkType,
    passwordSync: rule.passwordSync,
    standard: rule.standard,
    disabled: rule.disabled,
    tag: rule.tag,
    flows: rule.flows.length,
  }));
  return entries.sort((a, b) => a.precedence - b.precedence);
}

export type RuleLookup =
  | { readonly ok: true; readonly rules: readonly SyncRule[] }
  | { readonly ok: false; readonly suggestion?: string | undefined };

/** The rules with this name (upper and lower case do not count), id or precedence. */
export function showRule({ rules }: RuleSet, wanted: string): RuleLookup {
  const lower = wanted.toLowerCase();
  const found = rules.filter(
    (rule) =>
      rule.name.toLowerCase() === lower || rule.id.toLowerCase() === lower || String(rule.precedence) === wanted,
  );
  if (found.length > 0) return { ok: true, rules: found };
  return { ok: false, suggestion: nearestName(wanted, new Set(rules.map(({ name }) => name))) };
}
