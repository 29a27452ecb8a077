import { isBeingDeleted, isUnsent } from '../connector-space/image.js';
import { disjoined } from '../connector-space/link.js';
import { hasJoinValue } from '../sync-rules/join-criteria.js';
import { inboundView, traceInboundRules, type InboundView } from './joined-object.js';
import { assertSameCriteria, findMetaverseObject } from './join.js';
import type { CsLink, CsObject, MvObject } from './model.js';
import { ObjectFailure } from './object-failure.js';
import type { Transaction } from './transaction.js';

/** Metaverse objects an inbound decision touched, and the one it created. */
export interface Affected {
  readonly mv: readonly string[];
  readonly created: string | undefined;
}

const nothing: Affected = { mv: [], created: undefined };

/** Inbound steps 1-3 and 5 of architecture.md §4: scope, join or project, withdrawal, imported delete. */
export function linkInbound(txn: Transaction, cs: CsObject): Affected {
  if (cs.importedDelete) return removeDeleted(txn, cs);
  if (cs.state === 'export') return keepExport(txn, cs);
  const view = inboundView(txn, cs);
  traceInboundRules(txn, view);
  assertSameCriteria(view.scope.joinConflict);
  return cs.link === undefined ? linkFresh(txn, view) : reviewLink(txn, view, cs.link);
}

function removeDeleted(txn: Transaction, cs: CsObject): Affected {
  txn.cs.set(cs.id, null);
  if (cs.link === undefined) return nothing;
  detachFromMetaverse(txn, cs, cs.link.mv);
  return { mv: [cs.link.mv], created: undefined };
}

/** An export object lives only by its link (architecture.md §2.1). */
function keepExport(txn: Transaction, cs: CsObject): Affected {
  if (cs.link !== undefined) return { mv: [cs.link.mv], created: undefined };
  if (isUnsent(cs)) txn.cs.set(cs.id, null);
  return nothing;
}

function linkFresh(txn: Transaction, view: InboundView): Affected {
  const { cs } = view;
  if (isBeingDeleted(cs)) return nothing;
  const found = joinTarget(txn, view);
  if (found !== undefined) return attach(txn, view, found.mv, { mv: found.mv.id, action: 'join', rule: found.rule });
  const projected = project(txn, view);
  if (projected !== undefined) return projected;
  txn.count('disconnectors');
  txn.trace?.({ kind: 'link', object: cs.id, mv: '', action: 'not-linked' });
  return { mv: outboundSeekers(txn, cs), created: undefined };
}

function reviewLink(txn: Transaction, view: InboundView, link: CsLink): Affected {
  const { cs, scope } = view;
  const affected: Affected = { mv: [link.mv], created: undefined };
  const rule = txn.plan.rule(link.rule);
  const madeOutbound = link.action === 'provision' || rule?.direction === 'outbound';
  if (madeOutbound || scope.has(link.rule)) return affected;
  if (scope.joinRule !== undefined || scope.projectRule !== undefined) return joinAgain(txn, view, link);
  if (link.provision !== undefined) return affected;
  detach(txn, cs, link.mv);
  txn.trace?.({ kind: 'link', object: cs.id, mv: link.mv, action: 'disjoined', rule: link.rule });
  return affected;
}

/**
 * The joining rule lost the object and another one that links gained it: joins are evaluated again. Without a match the
 * object stays where it is when it may project, for that is the object it would have projected.
 */
function joinAgain(txn: Transaction, view: InboundView, link: CsLink): Affected {
  const { cs, scope } = view;
  const found = joinTarget(txn, view);
  const rule = found?.rule ?? scope.projectRule?.rule.id;
  const stays = found === undefined ? scope.projectRule !== undefined : found.mv.id === link.mv;
  if (stays && rule !== undefined) {
    txn.cs.set(cs.id, { ...cs, link: { ...link, action: found === undefined ? 'project' : 'join', rule } });
    return { mv: [link.mv], created: undefined };
  }
  const free = detach(txn, cs, link.mv);
  if (found === undefined) return { mv: [link.mv], created: undefined };
  const joined = attach(txn, { ...view, cs: free }, found.mv, { mv: found.mv.id, action: 'join', rule: found.rule });
  return { mv: [link.mv, ...joined.mv], created: undefined };
}

function joinTarget(txn: Transaction, view: InboundView): { readonly mv: MvObject; readonly rule: string } | undefined {
  const { joinRule } = view.scope;
  if (joinRule?.join === undefined) return undefined;
  const mv = findMetaverseObject(txn, joinRule.join, joinRule.rule, view.cs, view.source.attributes);
  return mv === undefined ? undefined : { mv, rule: joinRule.rule.id };
}

function project(txn: Transaction, { cs, scope, source }: InboundView): Affected | undefined {
  const { projectRule } = scope;
  if (projectRule === undefined) return undefined;
  if (projectRule.join !== undefined && !hasJoinValue(projectRule.join, source.attributes)) return undefined;
  const id = txn.services.newId();
  const { rule } = projectRule;
  txn.mv.set(id, {
    id,
    type: rule.targetType,
    attributes: {},
    lineage: {},
    links: [{ cs: cs.id, connector: cs.connector }],
    waitsFor: [],
  });
  txn.cs.set(cs.id, { ...cs, link: { mv: id, action: 'project', rule: rule.id } });
  txn.count('projections');
  txn.trace?.({ kind: 'link', object: cs.id, mv: id, action: 'projected', rule: rule.id });
  return { mv: [id], created: id };
}

function attach(txn: Transaction, { cs }: InboundView, mv: MvObject, link: CsLink): Affected {
  const free = releaseDeleted(txn, mv, cs.connector);
  const other = rivalOf(txn, free, cs, link);
  if (other !== undefined) throw secondLink(txn, cs, other, link.rule);
  txn.mv.set(mv.id, { ...free, links: [...free.links, { cs: cs.id, connector: cs.connector }] });
  txn.cs.set(cs.id, { ...cs, link });
  txn.count('joins');
  txn.trace?.({ kind: 'link', object: cs.id, mv: mv.id, action: 'joined', rule: link.rule });
  return { mv: [mv.id], created: undefined };
}

/**
 * The object of the same connector that takes the place the new one wants. A stand-in takes none: the resource forest shows a person by a
 * linked mailbox and, in its groups, by a foreign security principal as well, and both have to lead to the same person.
 */
function rivalOf(txn: Transaction, mv: MvObject, cs: CsObject, wanted: CsLink): string | undefined {
  const standsIn = isStandIn(txn, wanted);
  return mv.links.find((link) => {
    if (link.connector !== cs.connector || link.cs === cs.id) return false;
    const held = txn.getCs(link.cs)?.link;
    return held === undefined || isStandIn(txn, held) === standsIn;
  })?.cs;
}

/** A rule for metaverse objects of any type joins what merely refers to an object: foreign security principals (default-rules.md §2). */
function isStandIn(txn: Transaction, { rule }: CsLink): boolean {
  return txn.plan.rule(rule)?.targetType === '*';
}

/**
 * Frees the places of objects that are gone or were never more than a pending add: the first was reported deleted and
 * waits for its turn, the second is replaced by the real object.
 */
function releaseDeleted(txn: Transaction, mv: MvObject, connector: string): MvObject {
  const gone = mv.links.filter((link) => {
    const holder = link.connector === connector ? txn.getCs(link.cs) : null;
    return holder !== null && (holder.importedDelete || isUnsent(holder));
  });
  if (gone.length === 0) return mv;
  for (const { cs } of gone) txn.cs.set(cs, null);
  return { ...mv, links: mv.links.filter((link) => !gone.includes(link)) };
}

function secondLink(txn: Transaction, cs: CsObject, other: string, rule: string): ObjectFailure {
  const dn = txn.getCs(other)?.dn ?? other;
  const message =
    `"${cs.dn}" matches a metaverse object that is already joined to "${dn}" of the same connector (${cs.connector}); ` +
    'one metaverse object can have one object of a connector. Correct the attributes the two objects are matched by.';
  return new ObjectFailure('ambiguous-join', message, { rule });
}

function detach(txn: Transaction, cs: CsObject, mvId: string): CsObject {
  const free = disjoined(cs);
  txn.cs.set(cs.id, free);
  detachFromMetaverse(txn, cs, mvId);
  return free;
}

function detachFromMetaverse(txn: Transaction, cs: CsObject, mvId: string): void {
  const mv = txn.getMv(mvId);
  if (mv !== null) txn.mv.set(mvId, { ...mv, links: mv.links.filter((link) => link.cs !== cs.id) });
}

/** Metaverse objects whose outbound join rules could take a disconnector: a late import must not depend on their next change. */
function outboundSeekers(txn: Transaction, cs: CsObject): readonly string[] {
  const ids = new Set<string>();
  for (const key of txn.plan.outboundWants(cs)) {
    for (const id of txn.mvByKey(key)) {
      const mv = txn.getMv(id);
      if (mv !== null && !mv.links.some(({ connector }) => connector === cs.connector)) ids.add(id);
    }
  }
  return [...ids];
}
