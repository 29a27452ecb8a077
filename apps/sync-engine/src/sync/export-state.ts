import { isRef, valuesOf } from '@adjoin/engine';
import { LANE, type CsDocument, type ExportLaneNumber, type ExportState } from '@adjoin/spaces';
import { isRefuted } from '../staging/not-reimported.js';
import type { ChunkDecision } from './commit-chunk.js';

/**
 * What the releaser has to know of a target object after synchronization. An unchanged pending export keeps its state (so that retries keep their
 * schedule); a changed one is due at once; an export in flight stays in flight and the newer one waits for its result (DESIGN §6).
 */
export function exportStateFor(
  document: CsDocument,
  before: CsDocument | undefined,
  decision: ChunkDecision,
): ExportState | undefined {
  const { services, now } = decision;
  if (!services.isWritten(document.connector)) return undefined;
  const previous = before?.exp;
  if (document.escrow !== undefined) return previous;
  const pending = document.pendingExport;
  if (pending === undefined || document.unsupported?.includes('*') === true) {
    return undefined;
  }
  const same =
    before?.pendingExport === pending ||
    (pending.operation === 'delete' && before?.pendingExport?.operation === 'delete');
  if (previous !== undefined && same && (previous.state !== 'waiting' || previous.waitsFor !== undefined))
    return previous;
  const waitsFor = comingReferences(pending, decision);
  return {
    // A new object whose manager is just being created waits for it: the manager as an afterthought costs a second write, with its confirmation.
    ...(waitsFor.length === 0 ? { state: 'pending' as const } : { state: 'waiting' as const, waitsFor }),
    lane: laneOf(pending),
    nextAt: waitsFor.length > 0 ? NEVER : now,
    ...notReimported(document, now),
    decidedAt: now.getTime(),
    attempts: 0,
    settle: pending.operation === 'delete' ? (previous?.settle ?? settleOf(document, before, decision)) : undefined,
  };
}

/** What the target did not keep twice is sent again after a pause only, and shown until it is kept. */
function notReimported(
  { pendingExport, refuted }: CsDocument,
  now: Date,
): Pick<ExportState, 'code' | 'message'> & { readonly nextAt?: Date } {
  if (pendingExport?.operation !== 'update' || refuted === undefined || refuted.times < 2) return {};
  if (!isRefuted(refuted, pendingExport.changes)) return {};
  const names = Object.keys(refuted.changes).join(', ');
  return {
    ...(refuted.until > now ? { nextAt: refuted.until } : {}),
    code: 'ADJ-EXP-3018',
    message: `${names}: the target took the value ${refuted.times} times and shows another one.`,
  };
}

/** Objects of the target that a new object refers to and that are about to be created, too. */
function comingReferences(
  pending: NonNullable<CsDocument['pendingExport']>,
  { changes, view }: ChunkDecision,
): readonly string[] {
  if (pending.operation !== 'add') return [];
  const ids = new Set<string>();
  for (const value of Object.values(pending.changes))
    if (value !== null) for (const one of valuesOf(value)) if (isRef(one)) ids.add(one.ref);
  return [...ids].filter((id) => {
    const object = changes.cs.get(id) ?? view.cs(id);
    return (
      object !== null &&
      object !== undefined &&
      object.anchor === undefined &&
      (object.pendingExport?.operation === 'add' || object.inFlight === 'add')
    );
  });
}

/** Far enough away never to be due, near enough to be a date. */
export const NEVER = new Date(8_000_000_000_000);

function laneOf(pending: NonNullable<CsDocument['pendingExport']>): ExportLaneNumber {
  if (pending.operation === 'delete') return LANE.delete;
  if (pending.operation === 'update') return pending.changes['accountEnabled'] === false ? LANE.urgent : LANE.change;
  return Object.values(pending.changes).some((value) => value !== null && valuesOf(value).some(isRef))
    ? LANE.addWithReferences
    : LANE.add;
}

/** The objects that made this delete, and their partitions: one more delta import of each has to end before it is decided. */
function settleOf(
  document: CsDocument,
  before: CsDocument | undefined,
  { due, view, now, services }: ChunkDecision,
): ExportState['settle'] {
  const mv = before?.link?.mv;
  if (mv === undefined) return undefined;
  const linked = new Set((view.mvDocuments.get(mv)?.links ?? []).map((link) => link.cs));
  const causes = due.filter(
    (cause) =>
      linked.has(cause._id) &&
      cause.dirtyReason === 'import' &&
      !services.isTarget(cause.connector) &&
      cause.partition !== undefined,
  );
  if (causes.length === 0) return undefined;
  const partitions = new Map(
    causes.map((cause) => [
      `${cause.connector}|${cause.partition ?? ''}`,
      { connector: cause.connector, partition: cause.partition ?? '' },
    ]),
  );
  return { since: now, partitions: [...partitions.values()], causes: causes.map(({ _id }) => _id) };
}
