import type { CsDetail, CsSummary, ExportState, PendingChange, RuleRef } from '@adjoin/contracts';
import { attributesToWire, changesToWire, toInstant } from '../naming/wire.js';
import { holdOf, type TargetGate } from '../exports/export-hold.js';
import type { CsDocument } from './cs-document.js';

/** One line of a search. */
export function csSummaryOf(doc: CsDocument): CsSummary {
  return {
    id: doc._id,
    connector: doc.connector,
    type: doc.type,
    anchor: doc.anchor,
    dn: doc.dn,
    state: doc.state,
    metaverse: doc.link?.mv ?? null,
    pendingExport: doc.pendingExport?.operation ?? null,
    error: doc.error?.code ?? null,
  };
}

/** Everything known of one object; `ruleName` resolves rule ids. */
export function csDetailOf(doc: CsDocument, ruleName: (id: string) => string, gates: readonly TargetGate[]): CsDetail {
  const due = toInstant(doc.dirtyAt);
  const rule = (id: string): RuleRef => ({ id, name: ruleName(id) });
  const { _id: id, connector, type, anchor, dn, state, partition, counts, importedDelete, unsupported } = doc;
  return {
    ...{ id, connector, type, anchor, dn, state, partition, counts, importedDelete, unsupported },
    attributes: attributesToWire(doc.imported),
    link: doc.link === null ? null : { metaverse: doc.link.mv, action: doc.link.action, rule: rule(doc.link.rule) },
    rules: doc.rules.map(rule),
    pendingExport: pendingChangeOf(doc.pendingExport),
    unconfirmed: pendingChangeOf(doc.unconfirmed),
    export: exportStateOf(doc, gates),
    dirty: due === null ? null : { reason: doc.dirtyReason ?? '', since: due },
    error: doc.error === null ? null : { ...doc.error, firstSeen: toInstant(doc.error.firstSeen), nextRetry: due },
  };
}

export function pendingChangeOf(pending: CsDocument['pendingExport']): PendingChange | null {
  return pending === null
    ? null
    : { operation: pending.operation, changes: changesToWire(pending.changes), dn: pending.dn };
}

export function exportStateOf(doc: CsDocument, gates: readonly TargetGate[]): ExportState | null {
  if (doc.exp === null) return null;
  const { version, attempts, code, message, releasedAt } = doc.exp;
  return { ...holdOf(doc, gates), version, attempts, code, message, releasedAt: toInstant(releasedAt) };
}
