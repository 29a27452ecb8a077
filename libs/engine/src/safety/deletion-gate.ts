/** What the deletion threshold decides on, all for one target. */
export interface DeletionGateInput {
  readonly pendingDeletes: number;
  /** Deletes released in the last 24 hours that nobody approved. */
  readonly unapprovedReleased24h: number;
  /** Undefined: the threshold is switched off. */
  readonly threshold: number | undefined;
  /** `hold-deletes`: everything but deletes flows. `stop-all`: nothing is exported, pending deletes alone count (Entra Connect). */
  readonly action: 'hold-deletes' | 'stop-all';
}

export type DeletionGateDecision =
  | { readonly release: 'all' }
  /** What counted, against which threshold. */
  | { readonly release: 'no-deletes' | 'nothing'; readonly counted: number; readonly threshold: number };

/** Accidental-delete guard (architecture.md §6 item 6): holds when the count is greater than the threshold. */
export function decideDeletionGate(input: DeletionGateInput): DeletionGateDecision {
  const { pendingDeletes, unapprovedReleased24h, threshold, action } = input;
  if (threshold === undefined || pendingDeletes === 0) return { release: 'all' };
  const counted = action === 'stop-all' ? pendingDeletes : pendingDeletes + unapprovedReleased24h;
  if (counted <= threshold) return { release: 'all' };
  return { release: action === 'stop-all' ? 'nothing' : 'no-deletes', counted, threshold };
}
