import type { CompiledRule } from './inbound-plan.js';

/**
 * The attributes of each connector-space type that rules read (scope, join, flows) or write; outbound targets are
 * included because an export can only be confirmed by reading it back.
 */
export function inclusionOf(
  rules: readonly CompiledRule[],
  connector: string,
): Readonly<Record<string, readonly string[]>> {
  const types = new Map<string, Set<string>>();
  for (const { rule, flows } of rules) {
    if (rule.connector !== connector) continue;
    const inbound = rule.direction === 'inbound';
    const type = inbound ? rule.sourceType : rule.targetType;
    const names = types.get(type) ?? new Set<string>();
    types.set(type, names);
    for (const condition of rule.join.flat()) names.add(condition.csAttribute);
    if (inbound)
      for (const clause of rule.scope.flat()) if (!clause.operator.endsWith('MEMBEROF')) names.add(clause.attribute);
    for (const flow of flows) for (const name of inbound ? flow.attributes : [flow.to]) names.add(name);
    names.delete('dn');
  }
  return Object.fromEntries([...types].map(([type, names]) => [type, [...names].sort()]));
}
