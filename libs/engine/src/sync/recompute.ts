import { contribute } from '../metaverse/contributions.js';
import { deleteMetaverseObject } from '../metaverse/deletion.js';
import { inboundView, type InboundView } from './joined-object.js';
import { sameContent } from '../metaverse/mv-content.js';
import type { CsObject, MvObject } from './model.js';
import { provisionAll } from './outbound.js';
import { sameList } from './sameness.js';
import type { Transaction } from './transaction.js';

/**
 * Brings one metaverse object up to date: attribute flow from all joined objects, the deletion rule, then every target
 * (architecture.md §4 steps 4-9).
 */
export function recompute(txn: Transaction, mvId: string, created: boolean): void {
  const mv = txn.getMv(mvId);
  if (mv === null) return;
  const views = joinedViews(txn, mv);
  if (!views.some(({ scope }) => scope.keepsAlive)) {
    if (txn.needs.length === 0) deleteMetaverseObject(txn, mv);
    else txn.isUnfinished = true;
    return;
  }
  const next = withContent(txn, mv, views, created);
  for (const view of views) keepRules(txn, view);
  const links = provisionAll(txn, next, views, nobody);
  const left = views.filter(({ cs, scope }) => scope.linking && !links.some((link) => link.cs === cs.id));
  const linked = links === next.links ? next : { ...next, links };
  const final = left.length === 0 ? linked : withoutContributors(txn, linked, views, left);
  if (final !== mv) {
    txn.mv.set(mvId, final);
    const changed = left.length === 0 ? next !== mv : !sameContent(mv, final);
    if (changed) txn.count('flowUpdates');
  }
}

const nobody: ReadonlySet<string> = new Set();

function withContent(txn: Transaction, mv: MvObject, views: readonly InboundView[], created: boolean): MvObject {
  const content = contribute(txn, mv, views, created);
  return content === mv ? mv : { ...mv, ...content };
}

/**
 * Outbound ended the link of objects that had contributed: their values are withdrawn, and the other targets hear of it.
 * The targets they were in are left alone this time, or a value that only they gave could link them again.
 */
function withoutContributors(
  txn: Transaction,
  mv: MvObject,
  views: readonly InboundView[],
  left: readonly InboundView[],
): MvObject {
  const remaining = views.filter((view) => !left.includes(view));
  const next = withContent(txn, mv, remaining, false);
  if (next === mv) return mv;
  const links = provisionAll(txn, next, remaining, new Set(left.map(({ cs }) => cs.connector)));
  return links === next.links ? next : { ...next, links };
}

/** The joined objects in connector order, the order that decides ties. */
function joinedViews(txn: Transaction, mv: MvObject): readonly InboundView[] {
  const joined = mv.links.map(({ cs }) => txn.getCs(cs)).filter((cs): cs is CsObject => cs !== null);
  if (joined.length > 1)
    joined.sort((a, b) => txn.plan.orderOf(a.connector) - txn.plan.orderOf(b.connector) || (a.id < b.id ? -1 : 1));
  return joined.map((cs) => inboundView(txn, cs));
}

/** Records the inbound rules that apply to a source; a target gets its outbound rules later. */
function keepRules(txn: Transaction, { cs, scope }: InboundView): void {
  const outbound = cs.rules.filter((id) => txn.plan.rule(id)?.direction === 'outbound');
  const inbound = scope.linking ? scope.ids : [];
  const rules = outbound.length === 0 ? inbound : [...inbound, ...outbound];
  if (!sameList(cs.rules, rules)) txn.cs.set(cs.id, { ...cs, rules });
}
