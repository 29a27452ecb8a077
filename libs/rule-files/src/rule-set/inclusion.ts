import { compileExpression, type SyncRule } from '@adjoin/engine';

/** Attributes a connector has to import and may export, by object type; the attribute inclusion list. */
export type InclusionPlan = Readonly<
  Record<string, Readonly<Record<string, { readonly read: readonly string[]; readonly write: readonly string[] }>>>
>;

/**
 * What the enabled rules read from and write to every connector space. `read` includes what is written, because the
 * confirming import has to see it; `dn` is never listed.
 */
export function planInclusion(rules: readonly SyncRule[]): InclusionPlan {
  const plan = new Map<string, Map<string, { read: Set<string>; write: Set<string> }>>();
  for (const rule of rules) {
    if (rule.disabled) continue;
    const inbound = rule.direction === 'inbound';
    const type = inbound ? rule.sourceType : rule.targetType;
    const types = plan.get(rule.connector) ?? new Map<string, { read: Set<string>; write: Set<string> }>();
    plan.set(rule.connector, types);
    const entry = types.get(type) ?? { read: new Set<string>(), write: new Set<string>() };
    types.set(type, entry);
    for (const condition of rule.join.flat()) entry.read.add(condition.csAttribute);
    if (inbound) readBy(rule, entry.read);
    else for (const { to } of rule.flows) entry.write.add(to);
    for (const name of entry.write) entry.read.add(name);
  }
  return Object.fromEntries(
    [...plan].map(([connector, types]) => [
      connector,
      Object.fromEntries(
        [...types].map(([type, { read, write }]) => [type, { read: sorted(read), write: sorted(write) }]),
      ),
    ]),
  );
}

function readBy(rule: SyncRule, read: Set<string>): void {
  for (const clause of rule.scope.flat()) if (!clause.operator.endsWith('MEMBEROF')) read.add(clause.attribute);
  for (const flow of rule.flows) {
    if (flow.kind === 'direct') read.add(flow.from);
    if (flow.kind !== 'expression') continue;
    const compiled = compileExpression(flow.expression);
    if (compiled.ok)
      for (const name of [...compiled.expression.attributes, ...compiled.expression.imported]) read.add(name);
  }
}

function sorted(names: ReadonlySet<string>): readonly string[] {
  return [...names].filter((name) => name !== 'dn').sort();
}
