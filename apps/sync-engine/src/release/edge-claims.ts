import type { SettingValues } from '@adjoin/contracts';
import type { ClientSession } from '@adjoin/shared';
import type { CsDocument, TargetEdge } from '@adjoin/spaces';
import { targetObjects, type TargetObject } from '../edges/target-objects.js';
import type { Store } from '../store.js';
import { NEVER } from '../sync/export-state.js';
import type { EdgeSlice, EdgeValue } from './build-export.js';

/** Most values of one release of one group: keeps messages small and leaves room for others. */
export const MAX_EDGES_PER_EXPORT = 400;
const SCAN = 5000;

export interface EdgeClaims {
  /** By connector-space id of the group. */
  readonly slices: ReadonlyMap<string, readonly EdgeSlice[]>;
  readonly groups: readonly CsDocument[];
  readonly heldRemovals: number;
}

/**
 * Picks pending edges whose both ends are in the target. Exportability is computed here, never stored: an edge whose end is missing is put
 * aside and woken when that end is acknowledged; an edge to an object that the target no longer has is implied and dropped.
 */
export async function claimEdges(
  store: Store,
  session: ClientSession,
  target: string,
  now: Date,
  settings: SettingValues,
): Promise<EdgeClaims> {
  const edges = await store.targetEdges
    .find({ target, pend: true, nextAt: { $lte: now } }, { session })
    .sort({ nextAt: 1 })
    .limit(SCAN)
    .toArray();
  if (edges.length === 0) return { slices: new Map(), groups: [], heldRemovals: 0 };
  const ends = await targetObjects(store, session, target, [...new Set(edges.flatMap((edge) => [edge.g, edge.m]))]);
  const held = await heldGroups(store, session, target, edges, settings);
  const slices = new Map<string, EdgeSlice[]>();
  const aside: string[] = [];
  const implied: string[] = [];
  let heldRemovals = 0;
  const sizes = new Map<string, number>();
  for (const edge of edges) {
    const group = ends.get(edge.g);
    const member = ends.get(edge.m);
    if (group?.anchor === undefined) aside.push(edge._id);
    else if (member?.anchor === undefined || isGoing(member)) (edge.desired ? aside : implied).push(edge._id);
    else if (group.escrow !== undefined || isGoing(group)) continue;
    else if (!edge.desired && held.has(edge.g)) heldRemovals += 1;
    else {
      const size = sizes.get(group._id) ?? 0;
      if (size >= MAX_EDGES_PER_EXPORT) continue;
      sizes.set(group._id, size + 1);
      addTo(slices, group._id, { edge, cloudId: member.anchor, type: member.type });
    }
  }
  if (aside.length > 0)
    await store.targetEdges.updateMany({ _id: { $in: aside } }, { $set: { nextAt: NEVER } }, { session });
  if (implied.length > 0) await store.targetEdges.deleteMany({ _id: { $in: implied } }, { session });
  const groups =
    slices.size === 0 ? [] : await store.cs.find({ _id: { $in: [...slices.keys()] } }, { session }).toArray();
  return { slices, groups, heldRemovals };
}

const isGoing = (document: TargetObject): boolean =>
  document.pendingExport?.operation === 'delete' || document.escrow?.operation === 'delete';

function addTo(slices: Map<string, EdgeSlice[]>, group: string, value: EdgeValue): void {
  const { edge } = value;
  const list = slices.get(group) ?? [];
  slices.set(group, list);
  let slice = list.find((entry) => entry.attribute === edge.a);
  if (slice === undefined) list.push((slice = { attribute: edge.a, add: [], remove: [] }));
  (edge.desired ? (slice.add as unknown[]) : (slice.remove as unknown[])).push(value);
}

/** Groups that would lose more members than the setting allows: their removals wait. */
async function heldGroups(
  store: Store,
  session: ClientSession,
  target: string,
  edges: readonly TargetEdge[],
  settings: SettingValues,
): Promise<ReadonlySet<string>> {
  const losing = [...new Set(edges.filter((edge) => !edge.desired).map((edge) => edge.g))];
  if (losing.length === 0) return new Set();
  const total = await store.targetEdges.countDocuments({ target, pend: true, desired: false }, { session });
  if (total > settings['membershipLoss.total']) return new Set(losing);
  const held = new Set<string>();
  for (const g of losing) {
    const count = await store.targetEdges.countDocuments({ g, pend: true, desired: false }, { session });
    if (count > settings['membershipLoss.group']) held.add(g);
  }
  return held;
}
