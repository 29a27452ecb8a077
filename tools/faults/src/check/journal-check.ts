import { pairOf, type MadeChanges } from '../changes/change-log.js';
import type { TenantChange } from './tenant-change.js';

/** What is known about everything the tenant was told to do. */
export interface TenantHistory {
  readonly changes: readonly TenantChange[];
  /** Source anchors by cloud id, of deleted objects too. */
  readonly anchors: ReadonlyMap<string, string>;
  readonly made: Pick<MadeChanges, 'gone' | 'removed' | 'added'>;
}

/** Objects that were deleted in the tenant, if only for a moment, although they never left the directory. */
export function wrongDeletions({ changes, anchors, made }: TenantHistory): readonly string[] {
  return changes.flatMap(({ kind, type, id, cause }) => {
    if (kind !== 'deleted' && kind !== 'purged') return [];
    const anchor = anchors.get(id);
    if (anchor !== undefined && made.gone.has(anchor)) return [];
    return [`${type} ${anchor ?? id} was ${kind} by ${cause} and never left the directory`];
  });
}

/** Members that were removed in the tenant and not in the directory. */
export function wrongRemovals({ changes, anchors, made }: TenantHistory): readonly string[] {
  return changes.flatMap(({ kind, id, member, cause }) => {
    if (kind !== 'member-removed') return [];
    const group = anchors.get(id) ?? id;
    const person = anchors.get(member ?? '') ?? member ?? '';
    if (made.removed.has(pairOf(group, person)) || made.gone.has(group) || made.gone.has(person)) return [];
    return [`${person} was removed from ${group} by ${cause} and is a member all the time`];
  });
}

/** Creations and additions that took effect more often than the directory asked for them. */
export function doubledEffects({ changes, anchors, made }: TenantHistory): readonly string[] {
  const created = countBy(changes, (change) =>
    change.kind === 'created' ? (anchors.get(change.id) ?? change.id) : undefined,
  );
  const added = countBy(changes, ({ kind, id, member }) =>
    kind === 'member-added' ? pairOf(anchors.get(id) ?? id, anchors.get(member ?? '') ?? member ?? '') : undefined,
  );
  const twice = [...created].flatMap(([anchor, times]) => (times > 1 ? [`${anchor} was created ${times} times`] : []));
  const often = [...added].flatMap(([pair, times]) => {
    const mayComeBack = pair.split('|').some((anchor) => made.gone.has(anchor));
    const asked = 1 + (made.added.get(pair) ?? 0);
    return times > asked && !mayComeBack ? [`${pair} was added ${times} times, asked for ${asked} times`] : [];
  });
  return [...twice, ...often];
}

function countBy(
  changes: readonly TenantChange[],
  keyOf: (change: TenantChange) => string | undefined,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const change of changes) {
    const key = keyOf(change);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
