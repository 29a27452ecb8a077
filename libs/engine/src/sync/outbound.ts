import { FlowSource } from '../sync-rules/flow-source.js';
import type { OutboundPlan, OutboundScope, TargetTypeScope } from '../sync-rules/outbound-plan.js';
import { isBeingDeleted } from '../connector-space/image.js';
import { deprovision } from './deprovision.js';
import { computeDn, exportFlow, type Outbound } from './export-flow.js';
import { disjoined } from '../connector-space/link.js';
import { assertSameCriteria, findDisconnector, isFree } from './join.js';
import type { InboundView } from './joined-object.js';
import type { CsLink, CsObject, MvLink, MvObject } from './model.js';
import { ObjectFailure } from './object-failure.js';
import type { Transaction } from './transaction.js';

/**
 * Outbound synchronization of one metaverse object to every target (architecture.md §4 steps 6-9).
 * @param mv content is final, links are those before this step
 * @param except targets that are not decided now
 * @returns the links afterwards; the same array when nothing changed
 */
export function provisionAll(
  txn: Transaction,
  mv: MvObject,
  views: readonly InboundView[],
  except: ReadonlySet<string>,
): readonly MvLink[] {
  let links = mv.links;
  const plans = txn.plan.outbound(mv.type);
  for (const plan of plans)
    if (!except.has(plan.connector.name))
      links = replaceLink(links, plan.connector.name, provisionOne(txn, mv, plan, views));
  for (const link of mv.links) {
    if (plans.some(({ connector }) => connector.name === link.connector)) continue;
    if (!releaseWithoutRules(txn, link, views)) links = links.filter((one) => one.cs !== link.cs);
  }
  return links;
}

function replaceLink(links: readonly MvLink[], connector: string, next: MvLink | undefined): readonly MvLink[] {
  const index = links.findIndex((link) => link.connector === connector);
  const present = links[index];
  if (present === undefined) return next === undefined ? links : [...links, next];
  if (next === undefined) return links.filter((link) => link !== present);
  if (present.cs === next.cs && present.unsupported === next.unsupported) return links;
  return links.map((link) => (link === present ? next : link));
}

/** A connector that has no outbound rules for the type any more lets go of what only they held. */
function releaseWithoutRules(txn: Transaction, link: MvLink, views: readonly InboundView[]): boolean {
  const cs = txn.getCs(link.cs);
  if (cs?.link === undefined) return true;
  const kept = review(txn, cs, undefined, viewOf(views, cs));
  if (kept !== undefined && kept !== cs) txn.cs.set(cs.id, kept);
  return kept !== undefined;
}

function viewOf(views: readonly InboundView[], cs: CsObject): InboundView | undefined {
  return views.find((view) => view.cs.id === cs.id);
}

function provisionOne(
  txn: Transaction,
  mv: MvObject,
  plan: OutboundPlan,
  views: readonly InboundView[],
): MvLink | undefined {
  const connector = plan.connector.name;
  const outbound = outboundOf(txn, mv, plan);
  traceOutboundRules(txn, plan, outbound.source, mv.id);
  const scope = plan.scopeOf(outbound.source);
  const link = mv.links.find((one) => one.connector === connector);
  const linked = link === undefined ? null : txn.getCs(link.cs);
  let predecessor: CsObject | undefined;
  if (linked !== null) {
    const type = scope.get(linked.type);
    const kept = review(txn, linked, type, viewOf(views, linked));
    if (kept !== undefined) return finish(txn, outbound, { cs: kept, stored: linked }, type);
    predecessor = txn.getCs(linked.id) ?? undefined;
  }
  return linkNew(txn, outbound, scope, predecessor);
}

/** Decides whether an existing link stays; gives the object with the link as it is held now. */
function review(
  txn: Transaction,
  cs: CsObject,
  type: TargetTypeScope | undefined,
  view: InboundView | undefined,
): CsObject | undefined {
  const { link } = cs;
  if (link === undefined) return undefined;
  const heldBySource = view?.scope.keepsAlive === true;
  const provision = heldBySource ? undefined : type?.provisionRule?.rule.id;
  if (link.provision !== undefined && provision === undefined && !heldBySource) {
    deprovision(txn, cs);
    return undefined;
  }
  const holder = type?.linking === true ? (type.provisionRule ?? type.joinRule)?.rule.id : undefined;
  const madeInbound = txn.plan.rule(link.rule)?.direction === 'inbound';
  const rule = madeInbound ? link.rule : (holder ?? (view?.scope.joinRule ?? view?.scope.projectRule)?.rule.id);
  if (rule === undefined) {
    txn.cs.set(cs.id, disjoined(cs));
    txn.due.add(cs.id);
    txn.trace?.({ kind: 'link', object: cs.id, mv: link.mv, action: 'disjoined', rule: link.rule });
    return undefined;
  }
  const stays = madeInbound || type?.rules.some((one) => one.rule.id === link.rule) === true;
  return withLink(cs, { mv: link.mv, action: link.action, rule: stays ? link.rule : rule, provision });
}

function withLink(cs: CsObject, link: CsLink): CsObject {
  const same =
    cs.link?.mv === link.mv &&
    cs.link.rule === link.rule &&
    cs.link.action === link.action &&
    cs.link.provision === link.provision;
  return same ? cs : { ...cs, link };
}

function linkNew(
  txn: Transaction,
  outbound: Outbound,
  scope: OutboundScope,
  predecessor: CsObject | undefined,
): MvLink | undefined {
  for (const type of scope.values()) {
    if (!type.linking) continue;
    assertSameCriteria(type.joinConflict);
    const link = joinExisting(txn, outbound, type) ?? create(txn, outbound, type, predecessor);
    if (link !== undefined) return link;
  }
  return undefined;
}

function joinExisting(txn: Transaction, outbound: Outbound, type: TargetTypeScope): MvLink | undefined {
  const { joinRule, provisionRule } = type;
  if (joinRule?.join === undefined) return undefined;
  const found = findDisconnector(txn, joinRule.join, joinRule.rule, outbound.mv);
  if (found === undefined) return undefined;
  txn.count('joins');
  return take(txn, outbound, type, found, (provisionRule ?? joinRule).rule.id);
}

function take(txn: Transaction, outbound: Outbound, type: TargetTypeScope, cs: CsObject, rule: string): MvLink {
  txn.trace?.({ kind: 'link', object: cs.id, mv: outbound.mv.id, action: 'joined', rule });
  const link: CsLink = { mv: outbound.mv.id, action: 'join', rule, provision: type.provisionRule?.rule.id };
  // Its own inbound rules have to be heard too, now that it is joined.
  txn.due.add(cs.id);
  return finish(txn, outbound, { cs: { ...cs, link, pendingExport: undefined }, stored: cs }, type);
}

/** Reverse join on the DN, else a new export object (declarative-provisioning.md §4, architecture.md §4 step 7). */
function create(
  txn: Transaction,
  outbound: Outbound,
  type: TargetTypeScope,
  predecessor: CsObject | undefined,
): MvLink | undefined {
  const { provisionRule } = type;
  if (provisionRule === undefined) return undefined;
  const { rule } = provisionRule;
  const id = txn.services.newId();
  const dn = computeDn(outbound, type) ?? `CN={${id}}`;
  const present = txn.csByDn(outbound.connector, dn);
  const taken =
    present !== null && !isBeingDeleted(present) && present.state !== 'placeholder' && !present.importedDelete;
  const reusable = present !== null && present.type === type.type && isFree(present);
  if (reusable) {
    txn.count('joins');
    return take(txn, outbound, type, present, rule.id);
  }
  if (taken) throw conflict(outbound, present, rule.id);
  txn.count('provisioned');
  txn.trace?.({ kind: 'link', object: id, mv: outbound.mv.id, action: 'provisioned', rule: rule.id });
  const cs: CsObject = {
    id,
    connector: outbound.connector,
    type: type.type,
    dn,
    state: 'export',
    imported: {},
    importedDelete: false,
    link: { mv: outbound.mv.id, action: 'provision', rule: rule.id, provision: rule.id },
    rules: [],
  };
  const before = predecessor ?? (present !== null && isBeingDeleted(present) ? present : undefined);
  return finish(txn, outbound, { cs, stored: undefined }, type, before?.id);
}

function conflict(outbound: Outbound, present: CsObject, rule: string): ObjectFailure {
  const owner =
    present.link === undefined ? `an object of type ${present.type}` : 'the object of another metaverse object';
  const message =
    `The object cannot be provisioned to ${outbound.connector}: its DN "${present.dn}" belongs to ${owner}. ` +
    'Two source objects with the same anchor are the usual cause.';
  return new ObjectFailure('provisioning-conflict', message, { rule, attribute: 'dn' });
}

/** An object as its link is held now, and as it was before; undefined for a new one. */
interface Held {
  readonly cs: CsObject;
  readonly stored: CsObject | undefined;
}

/** Export flow for a linked object; stores the object when it differs. */
function finish(
  txn: Transaction,
  outbound: Outbound,
  { cs, stored }: Held,
  type: TargetTypeScope | undefined,
  after?: string,
): MvLink {
  const next = exportFlow(txn, outbound, cs, type, after);
  if (next !== stored) txn.cs.set(cs.id, next);
  const unsupported = type?.unsupported === true;
  return unsupported ? { cs: cs.id, connector: cs.connector, unsupported } : { cs: cs.id, connector: cs.connector };
}

function outboundOf(txn: Transaction, mv: MvObject, plan: OutboundPlan): Outbound {
  const connector = plan.connector.name;
  const source = new FlowSource(
    {
      id: mv.id,
      attributes: mv.attributes,
      imported: mv.attributes,
      parameters: txn.plan.parameters(connector, undefined),
      dnOf: (id) => dnOfTarget(txn, connector, id),
    },
    txn.services,
  );
  return { mv, connector, source, sources: [source] };
}

/** DN of the object that stands for a metaverse object in the target. */
function dnOfTarget(txn: Transaction, connector: string, mvId: string): string | undefined {
  const link = txn.getMv(mvId)?.links.find((one) => one.connector === connector);
  return link === undefined ? undefined : txn.getCs(link.cs)?.dn;
}

function traceOutboundRules(txn: Transaction, plan: OutboundPlan, source: FlowSource, object: string): void {
  if (txn.trace === undefined) return;
  plan.rules.forEach(({ rule }, index) => {
    const filter = plan.scopes.filters[plan.scopes.filterOfRule[index] ?? 0];
    const inScope = filter?.holds(source) === true;
    const holding = filter?.holding(source) ?? [];
    txn.trace?.({ kind: 'rule', rule: rule.id, object, inScope, holding, failing: filter?.failures(source) ?? [] });
  });
}
