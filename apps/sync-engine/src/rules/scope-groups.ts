import type { CompiledRuleSet } from '@adjoin/engine';

/** Identity of a group that a scope names, whatever the case of its DN. */
export const scopeGroupKey = (connector: string, dn: string): string => `${connector}|${dn.toLowerCase()}`;

/** Groups whose members scopes ask for (ISMEMBEROF, the group filter): a change of their members decides about the members. */
export function scopeGroups({ ruleSet }: CompiledRuleSet): ReadonlySet<string> {
  const groups = new Set<string>();
  for (const { connector, scope, disabled } of ruleSet.rules) {
    const parameters = ruleSet.connectors.find(({ name }) => name === connector)?.parameters ?? {};
    for (const { operator, value } of disabled ? [] : scope.flat()) {
      if (operator !== 'ISMEMBEROF' && operator !== 'ISNOTMEMBEROF') continue;
      const dn = value.replace(/%([\w.-]+)%/g, (whole, name: string) => parameters[name] ?? whole);
      if (dn !== '') groups.add(scopeGroupKey(connector, dn));
    }
  }
  return groups;
}
