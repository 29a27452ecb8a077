import type { SettingValues } from '@adjoin/contracts';
import type { ClientSession } from '@adjoin/shared';
import type { CsDocument, TargetEdge } from '@adjoin/spaces';
import { targetObjects, type TargetObject } from '../edges/target-objects.js';
import type { Store } from '../store.js';
import { NEVER } from '../sync/export-state.js';
import type { EdgeSlice, EdgeValue } from './build-export.js';

/** Most values of one release of one group: keeps messages small and leaves room for others. */
export const MAX_EDGES_PER_EXPORT = 400;
/** Due edges of one group of which the ends are looked at in a round: some of them may have to be put aside. */
const MAX_LOOKED_AT = 2 * MAX_EDGES_PER_EXPORT;
/** Due edges read at a time. */
const SCAN = 5000;
/** Reads in a round, each without the groups that can take no more. */
const MAX_SCANS = 4;

export interface EdgeClaimRequest {
  readonly target: string;
  readonly now: Date;
  readonly settings: SettingValues;
  /** Groups of which the round before could not take everything ({@link EdgeClaims.crowded}). */
  readonly crowded: ReadonlySet<string>;
  /** Due edges read at a time; 5,000 unless given. */
  readonly scan?: number | undefined;
}

export interface EdgeClaims {
  /** By connector-space id of the group. */
  readonly slices: ReadonlyMap<string, readonly EdgeSlice[]>;
  readonly groups: readonly CsDocument[];
  readonly heldRemovals: number;
  /** Metaverse ids of groups that can take no more at the moment: one export of a group is in flight at a time. */
  readonly crowded: ReadonlySet<string>;
}

/**
 * Picks pending edges whose both ends are in the target, those that are due longest first. Exportability is computed here, never stored: an edge
 * whose end is missing is put aside and woken when that end is acknowledged; an edge to an object that the target no longer has is implied and dropped.
 *
 * A group of 200,000 members is written in hundreds of exports, one after the other, and removals may be held for days: neither keeps the edges of
 * other groups waiting. What is read is read again without such groups.
 */
export async function claimEdges(store: Store, session: ClientSession, request: EdgeClaimRequest): Promise<EdgeClaims> {
  const { target, now, crowded, scan = SCAN } = request;
  const due = { target, pend: true, nextAt: { $lte: now } };
  const claim = new Claim(store, session, request);
  await claim.begin(crowded);
  for (let round = 0; round < MAX_SCANS; round++) {
    const without = claim.closed;
    const edges = await store.targetEdges
      .find(without.length === 0 ? due : { ...due, g: { $nin: without } }, { session, hint: 'due' })
      .sort({ nextAt: 1 })
      .limit(scan)
      .toArray();
    await claim.take(edges);
    if (edges.length < scan || claim.closed.length === without.length) break;
  }
  if (claim.held.size > 0) {
    const additions = { ...due, desired: true, g: { $in: [...claim.held] } };
    await claim.take(await store.targetEdges.find(additions, { session, hint: 'group' }).limit(scan).toArray());
  }
  return claim.end();
}

/** What one round picks. */
class Claim {
  /** Groups whose removals are held. */
  readonly held = new Set<string>();
  readonly #crowded = new Set<string>();
  readonly #slices = new Map<string, EdgeSlice[]>();
  readonly #sizes = new Map<string, number>();
  readonly #seen = new Set<string>();
  /** Removals that were read and not looked at, by group. */
  readonly #passedOver = new Map<string, number>();
  #heldRemovals = 0;

  constructor(
    private readonly store: Store,
    private readonly session: ClientSession,
    private readonly request: EdgeClaimRequest,
  ) {}

  /** Groups that need not be read any more in this round. */
  get closed(): readonly string[] {
    return [...this.#crowded, ...this.held];
  }

  /** Of the groups that were crowded before those are still, that have an export in flight. */
  async begin(crowded: ReadonlySet<string>): Promise<void> {
    if (crowded.size === 0) return;
    const groups = await targetObjects(this.store, this.session, this.request.target, [...crowded]);
    for (const [id, { escrow }] of groups) if (escrow !== undefined) this.#crowded.add(id);
  }

  /** Edges that are due; what was taken before is passed over. */
  async take(read: readonly TargetEdge[]): Promise<void> {
    const edges = this.#fresh(read);
    if (edges.length === 0) return;
    const { store, session, request } = this;
    const ids = new Set(edges.flatMap((edge) => [edge.g, edge.m]));
    const ends = await targetObjects(store, session, request.target, [...ids]);
    const losing = await heldGroups(store, session, request, edges);
    const aside: string[] = [];
    const implied: string[] = [];
    for (const edge of edges) {
      const group = ends.get(edge.g);
      const member = ends.get(edge.m);
      if (group?.anchor === undefined) aside.push(edge._id);
      else if (member?.anchor === undefined || isGoing(member)) (edge.desired ? aside : implied).push(edge._id);
      else if (!edge.desired && losing.has(edge.g)) {
        this.#heldRemovals += 1;
        this.held.add(edge.g);
      } else if (group.escrow !== undefined || isGoing(group)) this.#crowded.add(edge.g);
      else this.#add(group._id, { edge, cloudId: member.anchor, type: member.type });
    }
    if (aside.length > 0)
      await store.targetEdges.updateMany({ _id: { $in: aside } }, { $set: { nextAt: NEVER } }, { session });
    if (implied.length > 0) await store.targetEdges.deleteMany({ _id: { $in: implied } }, { session });
  }

  async end(): Promise<EdgeClaims> {
    const ids = [...this.#slices.keys()];
    const groups =
      ids.length === 0 ? [] : await this.store.cs.find({ _id: { $in: ids } }, { session: this.session }).toArray();
    // What is held is counted in every round, for the gate that says so.
    const crowded = new Set([...this.#crowded].filter((group) => !this.held.has(group)));
    const heldRemovals = [...this.held].reduce((sum, g) => sum + (this.#passedOver.get(g) ?? 0), this.#heldRemovals);
    return { slices: this.#slices, groups, heldRemovals, crowded };
  }

  /** Of edges those that were not looked at yet, and of one group not more than may be of use. */
  #fresh(read: readonly TargetEdge[]): readonly TargetEdge[] {
    const fresh: TargetEdge[] = [];
    const looked = new Map<string, number>();
    for (const edge of read) {
      if (this.#seen.has(edge._id)) continue;
      const count = looked.get(edge.g) ?? 0;
      if (count >= MAX_LOOKED_AT) {
        this.#crowded.add(edge.g);
        if (!edge.desired) this.#passedOver.set(edge.g, (this.#passedOver.get(edge.g) ?? 0) + 1);
        continue;
      }
      looked.set(edge.g, count + 1);
      this.#seen.add(edge._id);
      fresh.push(edge);
    }
    return fresh;
  }

  #add(group: string, value: EdgeValue): void {
    const { edge } = value;
    const size = this.#sizes.get(group) ?? 0;
    if (size >= MAX_EDGES_PER_EXPORT) {
      this.#crowded.add(edge.g);
      return;
    }
    this.#sizes.set(group, size + 1);
    const list = this.#slices.get(group) ?? [];
    this.#slices.set(group, list);
    let slice = list.find((entry) => entry.attribute === edge.a);
    if (slice === undefined) list.push((slice = { attribute: edge.a, add: [], remove: [] }));
    (edge.desired ? (slice.add as unknown[]) : (slice.remove as unknown[])).push(value);
  }
}

const isGoing = (document: TargetObject): boolean =>
  document.pendingExport?.operation === 'delete' || document.escrow?.operation === 'delete';

/** Groups that would lose more members than the setting allows: their removals wait. */
async function heldGroups(
  store: Store,
  session: ClientSession,
  { target, settings }: EdgeClaimRequest,
  edges: readonly TargetEdge[],
): Promise<ReadonlySet<string>> {
  const losing = [...new Set(edges.filter((edge) => !edge.desired).map((edge) => edge.g))];
  if (losing.length === 0) return new Set();
  // Whether there are more is the question, not how many.
  const more = async (filter: object, allowed: number): Promise<boolean> =>
    (await store.targetEdges.countDocuments(
      { ...filter, pend: true, desired: false },
      { session, limit: allowed + 1 },
    )) > allowed;
  if (await more({ target }, settings['membershipLoss.total'])) return new Set(losing);
  const held = new Set<string>();
  for (const g of losing) if (await more({ g }, settings['membershipLoss.group'])) held.add(g);
  return held;
}
