import { imageOf } from '../connector-space/image.js';
import { FlowSource } from '../sync-rules/flow-source.js';
import { nothingInScope, type InboundScope } from '../sync-rules/inbound-plan.js';
import type { CsObject } from './model.js';
import type { Transaction } from './transaction.js';

/** A connector-space object with its image and its inbound rules in scope. */
export interface InboundView {
  readonly cs: CsObject;
  readonly source: FlowSource;
  readonly scope: InboundScope;
}

/** The flow source of a connector-space object: its image with unconfirmed and pending exports. */
export function sourceOf(txn: Transaction, cs: CsObject): FlowSource {
  return new FlowSource(
    {
      id: cs.id,
      attributes: imageOf(cs),
      imported: cs.imported,
      dn: cs.dn,
      counts: cs.counts,
      parameters: txn.plan.parameters(cs.connector, cs.partition),
      dnOf: (id) => txn.getCs(id)?.dn,
      isMember: (groupDn) => txn.isMember(cs.connector, groupDn, cs.id),
    },
    txn.services,
  );
}

/**
 * Evaluates the inbound scope of an object. An object that is not known to exist in its directory is no source:
 * nothing flows from a mere pending add.
 */
export function inboundView(txn: Transaction, cs: CsObject): InboundView {
  const source = sourceOf(txn, cs);
  const plan = cs.state === 'imported' && !cs.importedDelete ? txn.plan.inbound(cs.connector, cs.type) : undefined;
  return { cs, source, scope: plan === undefined ? nothingInScope : plan.scopeOf(source) };
}

/** Sends what the trace wants to know about the inbound rules of an object. */
export function traceInboundRules(txn: Transaction, view: InboundView): void {
  const plan = txn.plan.inbound(view.cs.connector, view.cs.type);
  if (txn.trace === undefined || plan === undefined) return;
  plan.rules.forEach(({ rule }, index) => {
    const filter = plan.scopes.filters[plan.scopes.filterOfRule[index] ?? 0];
    const inScope = view.scope.has(rule.id);
    const holding = inScope ? (filter?.holding(view.source) ?? []) : [];
    const failing = filter?.failures(view.source) ?? [];
    txn.trace?.({ kind: 'rule', rule: rule.id, object: view.cs.id, inScope, holding, failing });
  });
}
