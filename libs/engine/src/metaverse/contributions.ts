import { isRef, valuesOf, type AttributeValue, type Ref, type Scalar } from '../attribute/value.js';
import { contest, type OnceRule } from '../sync/contest.js';
import type { InboundView } from '../sync/joined-object.js';
import type { MvObject } from '../sync/model.js';
import { traceContest } from '../sync/trace-contest.js';
import type { Transaction } from '../sync/transaction.js';
import { dnWaitKey } from '../sync/wait-key.js';
import { IGNORE } from '../sync-rules/flow-value.js';
import type { SlotFlow } from '../sync-rules/flow-groups.js';
import { ContributionTable } from './contribution-table.js';
import { MvContentBuilder, type MvContent } from './mv-content.js';

/**
 * Inbound attribute flow (architecture.md §4 step 4): every attribute anew from all joined objects. The present object
 * matters only for IgnoreThisFlow and apply-once flows, and is given back itself when nothing differs from it.
 * @param created the object is being projected now, so apply-once flows run
 */
export function contribute(txn: Transaction, mv: MvObject, views: readonly InboundView[], created: boolean): MvContent {
  const program = txn.plan.inboundFlows.program(
    mv.type,
    views.map(({ scope }) => scope),
  );
  const sources = views.map(({ source }) => source);
  const content = new MvContentBuilder(mv);
  const contributions = new ContributionTable(views);
  const waitsFor = new Set<string>();
  const once: OnceRule = (flow, slot, evaluate) => {
    if (created) return evaluate();
    const winner = mv.lineage[flow.to]?.[0];
    return winner?.rule === flow.rule.id && winner.cs === views[slot]?.cs.id
      ? (mv.attributes[flow.to] ?? IGNORE)
      : IGNORE;
  };
  const due = program.due(sources);
  for (let index = 0; index < program.groups.length; index++) {
    const group = program.groups[index];
    if (group === undefined || (due[index] === 0 && txn.trace === undefined)) continue;
    const { attribute } = group;
    if (txn.trace !== undefined) traceContest(txn.trace, mv.id, group, sources, once);
    const result = contest(group, sources, once);
    // What an apply-once flow gave before is already a metaverse value.
    const stored = result.keep || (!created && result.winners[0]?.flow.applyOnce === true);
    const found = result.keep ? mv.attributes[attribute] : result.value;
    const value = stored ? found : resolve(txn, found, result.winners, views, waitsFor);
    if (value === undefined) continue;
    content.add(attribute, value, result.keep ? (mv.lineage[attribute] ?? []) : contributions.of(result.winners));
  }
  return content.build([...waitsFor].sort());
}

/** Replaces references to connector-space objects by references to the metaverse objects they are joined to. */
function resolve(
  txn: Transaction,
  value: AttributeValue | undefined,
  winners: readonly SlotFlow[],
  views: readonly InboundView[],
  waitsFor: Set<string>,
): AttributeValue | undefined {
  if (typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (!valuesOf(value).some(isRef)) return value;
  const connector = views[winners[0]?.slot ?? 0]?.cs.connector ?? '';
  if (isRef(value)) return metaverseRef(txn, connector, value, waitsFor);
  const resolved = new Map<string, Scalar>();
  const others: Scalar[] = [];
  for (const one of valuesOf(value)) {
    if (!isRef(one)) others.push(one);
    else {
      const ref = metaverseRef(txn, connector, one, waitsFor);
      if (ref !== undefined) resolved.set(ref.ref, ref);
    }
  }
  const values = [...others, ...resolved.values()];
  return values.length === 0 ? undefined : values;
}

function metaverseRef(txn: Transaction, connector: string, ref: Ref, waitsFor: Set<string>): Ref | undefined {
  const target = isTextRef(ref) ? txn.csByDn(connector, ref.dn) : txn.getCs(ref.ref);
  if (target?.link !== undefined) return { ref: target.link.mv };
  if (target === null && isTextRef(ref)) waitsFor.add(dnWaitKey(connector, ref.dn));
  else waitsFor.add(target?.id ?? ref.ref);
  return undefined;
}

/** A reference that an expression made of a DN text (CRef). */
function isTextRef(ref: Ref): ref is Ref & { readonly dn: string } {
  return ref.dn !== undefined && ref.ref === `dn:${ref.dn}`;
}
