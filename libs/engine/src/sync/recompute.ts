import { contribute } from '../metaverse/contributions.js';
import { deleteMetaverseObject } from '../metaverse/deletion.js';
import { inboundView, type InboundView } from './joined-object.js';
import type { Contribution, CsObject, MvObject } from './model.js';
import { provisionAll } from './outbound.js';
import { sameList, sameValue } from './sameness.js';
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
    if (!sameContent(mv, final)) txn.count('flowUpdates');
  }
}

const nobody: ReadonlySet<string> = new Set();

function withContent(txn: Transaction, mv: MvObject, views: readonly InboundView[], created: boolean): MvObject {
  const content = contribute(txn, mv, views, created);
  return sameContent(mv, content) ? mv : { ...mv, ...content };
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

function sameContent(mv: MvObject, next: Pick<MvObject, 'attributes' | 'lineage' | 'waitsFor'>): boolean {
  const names = Object.keys(next.attributes);
  if (names.length !== Object.keys(mv.attributes).length || !sameList(mv.waitsFor, next.waitsFor)) return false;
  return names.every(
    (name) =>
      sameValue(mv.attributes[name], next.attributes[name]) && sameLineage(mv.lineage[name], next.lineage[name]),
  );
}

function sameLineage(a: readonly Contribution[] | undefined, b: readonly Contribution[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((one, index) => one.cs === b[index]?.cs && one.rule === b[index]?.rule);
}
