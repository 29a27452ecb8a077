import { compact } from '../attribute/compact.js';
import { isRef, type AttributeValue, type Ref, type Scalar } from '../attribute/value.js';
import { acknowledgedImage, isUnsent } from '../connector-space/image.js';
import type { FlowSource } from '../sync-rules/flow-source.js';
import { IGNORE } from '../sync-rules/flow-value.js';
import type { TargetTypeScope } from '../sync-rules/outbound-plan.js';
import { contest, mergeInto, type OnceRule } from './contest.js';
import type { AttributeChanges, CsObject, MvObject, PendingExport } from './model.js';
import { ObjectFailure } from './object-failure.js';
import { sameList, sameValue } from './sameness.js';
import { traceContest } from './trace-contest.js';
import type { Transaction } from './transaction.js';

/** A metaverse object on its way to one target. */
export interface Outbound {
  readonly mv: MvObject;
  readonly connector: string;
  readonly source: FlowSource;
  readonly sources: readonly FlowSource[];
}

/** The DN by the rules in scope; undefined when no rule computes one. */
export function computeDn(outbound: Outbound, type: TargetTypeScope): string | undefined {
  if (type.dn === undefined) return undefined;
  const { value, keep } = contest(type.dn, outbound.sources, runOnce);
  if (typeof value === 'string' && value !== '') return value;
  if (keep) return undefined;
  const message = `The object cannot be provisioned to ${outbound.connector}: the rules in scope give no DN for type ${type.type}.`;
  throw new ObjectFailure('missing-dn', message, { attribute: 'dn' });
}

const runOnce: OnceRule = (_flow, _slot, evaluate) => evaluate();

/**
 * Export attribute flow (architecture.md §4 step 9): what the rules want against what the target holds, as the smallest
 * pending export. The comparison is always with the image, never with what changed.
 * @param after object whose delete has to go first
 */
export function exportFlow(
  txn: Transaction,
  outbound: Outbound,
  cs: CsObject,
  type: TargetTypeScope | undefined,
  after?: string,
): CsObject {
  if (type === undefined || !type.linking) return settle(txn, cs, undefined, [], []);
  if (type.unsupported) return settle(txn, cs, undefined, ['*'], type.ids);
  const adding = cs.state === 'export' && cs.unconfirmed === undefined;
  const { changes, unsupported } = attributeChanges(txn, outbound, cs, type, adding);
  const moved = rename(outbound, cs, type);
  if (adding) {
    const first = after ?? cs.pendingExport?.after;
    const named = moved !== undefined && isUnsent(cs) ? { ...cs, dn: moved } : cs;
    const pending: PendingExport =
      first === undefined ? { operation: 'add', changes } : { operation: 'add', changes, after: first };
    return settle(txn, named, pending, unsupported, type.ids);
  }
  const none = moved === undefined && Object.keys(changes).length === 0;
  const pending: PendingExport | undefined = none
    ? undefined
    : moved === undefined
      ? { operation: 'update', changes }
      : { operation: 'update', changes, dn: moved };
  return settle(txn, cs, pending, unsupported, type.ids);
}

function attributeChanges(
  txn: Transaction,
  outbound: Outbound,
  cs: CsObject,
  type: TargetTypeScope,
  adding: boolean,
): { readonly changes: AttributeChanges; readonly unsupported: readonly string[] } {
  const image = acknowledgedImage(cs);
  const before = adding && cs.pendingExport?.operation === 'add' ? cs.pendingExport.changes : {};
  const changes: Record<string, AttributeValue | null> = {};
  const unsupported: string[] = [];
  // Apply-once values are computed while the object is new and then stay as first computed (an initial password).
  const once: OnceRule = (flow, _slot, evaluate) => (adding ? (before[flow.to] ?? evaluate()) : IGNORE);
  const { program } = type;
  const due = program.due(outbound.sources, image);
  for (let index = 0; index < program.groups.length; index++) {
    const group = program.groups[index];
    if (group === undefined || (due[index] === 0 && txn.trace === undefined)) continue;
    const { attribute } = group;
    if (txn.trace !== undefined) traceContest(txn.trace, cs.id, group, outbound.sources, once, 'outbound');
    const { value, keep, winners } = contest(group, outbound.sources, once);
    if (keep) continue;
    const stored = winners[0]?.flow.applyOnce === true && value === before[attribute];
    const wanted = stored ? value : targetValue(txn, outbound.connector, value);
    const present = image[attribute];
    const result =
      group.merging === 'replace' || present === undefined
        ? wanted
        : wanted === undefined
          ? present // nothing to add, and what is there was not put there by the rules
          : mergeInto(present, wanted, group.merging);
    if (!group.supported) {
      if (result !== undefined) unsupported.push(attribute);
    } else if (!sameValue(result, present)) changes[attribute] = result ?? null;
  }
  return { changes: compact(changes), unsupported: unsupported.sort() };
}

/** The new DN when the rules compute another one; upper and lower case do not count. */
function rename(outbound: Outbound, cs: CsObject, type: TargetTypeScope): string | undefined {
  const dn = computeDn(outbound, type);
  return dn === undefined || dn.toLowerCase() === cs.dn.toLowerCase() ? undefined : dn;
}

/** Replaces references to metaverse objects by references to their objects in the target; those without one are left out. */
function targetValue(
  txn: Transaction,
  connector: string,
  value: AttributeValue | undefined,
): AttributeValue | undefined {
  if (typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (isRef(value)) return targetRef(txn, connector, value);
  if (!value.some(isRef)) return value;
  const values: Scalar[] = [];
  for (const one of value) {
    const mapped = isRef(one) ? targetRef(txn, connector, one) : one;
    if (mapped !== undefined) values.push(mapped);
  }
  return values.length === 0 ? undefined : values;
}

function targetRef(txn: Transaction, connector: string, ref: Ref): Ref | undefined {
  if (ref.dn !== undefined && ref.ref === `dn:${ref.dn}`) {
    const target = txn.csByDn(connector, ref.dn);
    return target === null ? undefined : { ref: target.id };
  }
  const link = txn.getMv(ref.ref)?.links.find((one) => one.connector === connector);
  return link === undefined || link.unsupported === true ? undefined : { ref: link.cs };
}

/** The object with its pending export, rules and unsupported attributes; the same object when nothing differs. */
function settle(
  txn: Transaction,
  cs: CsObject,
  pending: PendingExport | undefined,
  unsupported: readonly string[],
  outboundIds: readonly string[],
): CsObject {
  const inbound = cs.rules.filter((id) => txn.plan.rule(id)?.direction === 'inbound');
  const rules = inbound.length === 0 ? outboundIds : [...inbound, ...outboundIds];
  txn.trace?.({
    kind: 'export',
    object: cs.id,
    operation: pending?.operation ?? 'none',
    changes: pending?.changes ?? {},
    unsupported,
  });
  const same =
    sameList(cs.rules, rules) && sameList(cs.unsupported ?? [], unsupported) && samePending(cs.pendingExport, pending);
  if (same) return cs;
  return { ...cs, rules, pendingExport: pending, unsupported: unsupported.length === 0 ? undefined : unsupported };
}

function samePending(a: PendingExport | undefined, b: PendingExport | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.operation !== b.operation || a.dn !== b.dn || a.after !== b.after) return false;
  const names = Object.keys(a.changes);
  return (
    names.length === Object.keys(b.changes).length &&
    names.every((name) => sameChange(a.changes[name], b.changes[name]))
  );
}

function sameChange(a: AttributeValue | null | undefined, b: AttributeValue | null | undefined): boolean {
  return a === b || (a !== null && b !== null && sameValue(a, b));
}
