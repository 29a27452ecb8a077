import type { ClientSession } from '@adjoin/shared';
import type { CompiledRuleSet } from '@adjoin/engine';
import type { Store } from '../store.js';
import { sourceEdgeId, type TargetEdge } from '@adjoin/spaces';
import { loadEdges, noEdgeChanges, saveEdges, type EdgeChanges } from './save-edges.js';
import { NEVER } from '../sync/export-state.js';
import { presentIn } from './target-objects.js';
import type { TouchedEdge } from './source-edges.js';

/** A chain of direct reference flows: source attribute → metaverse attribute → target attribute. */
export interface ReferenceChain {
  readonly source: string;
  readonly sourceAttribute: string;
  readonly target: string;
  readonly targetAttribute: string;
}

export const targetEdgeId = (target: string, attribute: string, group: string, member: string): string =>
  `${target}|${attribute}|${group}|${member}`;

/** A group, a member and the source attribute that may name the one in the other; both by metaverse id. */
export interface Pair {
  readonly g: string;
  readonly m: string;
  readonly a: string;
}

/** A pair with the sources of which it is known that they have the reference. */
interface KnownPair extends Pair {
  readonly sources: Set<string>;
}

/** What becomes of one target edge. */
export interface EdgeDecision {
  readonly id: string;
  readonly chain: ReferenceChain;
  readonly pair: Pair;
  readonly desired: boolean;
}

/**
 * Decides every edge that the pairs concern once. Several forests lead to the same edge of the target, one chain each: it is desired while at
 * least one of them has the reference.
 */
export function decideEdges(
  chains: readonly ReferenceChain[],
  pairs: readonly Pair[],
  present: (pair: Pair, chain: ReferenceChain) => boolean,
): readonly EdgeDecision[] {
  const decisions = new Map<string, EdgeDecision>();
  for (const chain of chains) {
    for (const pair of pairs) {
      if (pair.a !== chain.sourceAttribute) continue;
      const id = targetEdgeId(chain.target, chain.targetAttribute, pair.g, pair.m);
      if (decisions.get(id)?.desired === true) continue;
      decisions.set(id, { id, chain, pair, desired: present(pair, chain) });
    }
  }
  return [...decisions.values()];
}

/**
 * Keeps `targetEdges` equal to what the source edges say: for each (group, member) pair of metaverse objects the edge is desired while at least
 * one source edge between connector-space objects of the two exists. A pure function of the present state, so order and repetition do not matter.
 */
export class TargetEdges {
  readonly #store: Store;
  readonly #chains: readonly ReferenceChain[];
  readonly #sources: ReadonlySet<string>;

  constructor(store: Store, chains: readonly ReferenceChain[]) {
    this.#store = store;
    this.#chains = chains;
    this.#sources = new Set(chains.map((chain) => chain.source));
  }

  /** Resolves touched source edges; those with an unjoined end wait until {@link relink} is told of the join. */
  async resolve(session: ClientSession, touched: readonly TouchedEdge[]): Promise<number> {
    const relevant = touched.filter((edge) => this.#sources.has(connectorOf(edge.g)));
    if (relevant.length === 0) return 0;
    const ids = new Set(relevant.flatMap((edge) => [edge.g, edge.t]));
    const links = await this.#linksOf(session, [...ids]);
    const pairs = new Map<string, KnownPair>();
    for (const edge of relevant) addPair(pairs, links.get(edge.g), links.get(edge.t), edge.a);
    return this.#recompute(session, [...pairs.values()], () => false);
  }

  /**
   * Connector-space objects were joined to, or separated from, metaverse objects: their edges are decided again under both.
   *
   * @param lacks whether it is known that a target does not hold a metaverse object yet; nothing is asked about those
   */
  async relink(
    session: ClientSession,
    changes: readonly { cs: string; before: string | undefined; after: string | undefined }[],
    lacks: (target: string, mv: string) => boolean,
  ): Promise<number> {
    const relevant = changes.filter((change) => this.#sources.has(connectorOf(change.cs)));
    if (relevant.length === 0) return 0;
    const byId = new Map(relevant.map((change) => [change.cs, change]));
    const ids = [...byId.keys()];
    const edges = await this.#store.sourceEdges
      .find({ $or: [{ g: { $in: ids } }, { t: { $in: ids } }] }, { session, projection: { g: 1, a: 1, t: 1 } })
      .toArray();
    if (edges.length === 0) return 0;
    const others = new Set(edges.flatMap((edge) => [edge.g, edge.t]).filter((id) => !byId.has(id)));
    const links = await this.#linksOf(session, [...others]);
    const pairs = new Map<string, KnownPair>();
    for (const { g, a, t } of edges) {
      const [group, member] = [byId.get(g), byId.get(t)];
      const [groupNow, memberNow] = [group?.after ?? links.get(g), member?.after ?? links.get(t)];
      addPair(pairs, groupNow, memberNow, a, connectorOf(g));
      // Under what the ends were linked to before, another source may still have the reference.
      for (const was of [group?.before, groupNow]) addPair(pairs, was, member?.before, a);
      addPair(pairs, group?.before, memberNow, a);
    }
    return this.#recompute(session, [...pairs.values()], lacks);
  }

  /** Metaverse objects are gone: their edges are implied and never sent one by one. */
  async forget(session: ClientSession, metaverseIds: readonly string[]): Promise<void> {
    if (metaverseIds.length === 0) return;
    await this.#store.targetEdges.deleteMany({ g: { $in: [...metaverseIds] } }, { session });
    await this.#store.targetEdges.deleteMany({ m: { $in: [...metaverseIds] } }, { session });
  }

  async #linksOf(session: ClientSession, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const links = new Map<string, string>();
    const cursor = this.#store.cs.find(
      { _id: { $in: [...ids] }, 'link.mv': { $exists: true } },
      { session, projection: { link: 1 } },
    );
    for await (const document of cursor) if (document.link !== undefined) links.set(document._id, document.link.mv);
    return links;
  }

  async #recompute(
    session: ClientSession,
    pairs: readonly KnownPair[],
    lacks: (target: string, mv: string) => boolean,
  ): Promise<number> {
    let changed = 0;
    for (let start = 0; start < pairs.length; start += 5000)
      changed += await this.#recomputeSlice(session, pairs.slice(start, start + 5000), lacks);
    return changed;
  }

  async #recomputeSlice(
    session: ClientSession,
    pairs: readonly KnownPair[],
    lacks: (target: string, mv: string) => boolean,
  ): Promise<number> {
    const known = new Map<Pair, ReadonlySet<string>>(pairs.map((pair) => [pair, pair.sources]));
    const found = await this.#presentEdges(
      session,
      pairs.filter((pair) => !this.#isSettled(pair)),
    );
    const decided = decideEdges(
      this.#chains,
      pairs,
      (pair, chain) => known.get(pair)?.has(chain.source) === true || found(pair, chain),
    );
    const stored = await loadEdges(
      this.#store,
      session,
      decided.map(({ id }) => id),
    );
    const changes = noEdgeChanges();
    const now = new Date();
    const isReady = await this.#readiness(
      session,
      decided.filter(
        ({ id, desired, chain: { target }, pair }) =>
          desired && !stored.has(id) && !lacks(target, pair.g) && !lacks(target, pair.m),
      ),
    );
    for (const { id, chain, pair, desired } of decided) {
      const edge = stored.get(id);
      if (desired) desire(changes, edge, { id, chain, pair, now, nextAt: isReady(chain, pair) ? now : NEVER });
      else if (edge !== undefined) undesire(changes, edge, now);
    }
    return saveEdges(this.#store, session, changes);
  }

  /** One source that has the reference is enough for an edge: whether every edge of the pair has one that is known. */
  #isSettled({ a, sources }: KnownPair): boolean {
    const own = this.#chains.filter(({ sourceAttribute }) => sourceAttribute === a);
    const settled = new Set(
      own
        .filter(({ source }) => sources.has(source))
        .map(({ target, targetAttribute }) => `${target}|${targetAttribute}`),
    );
    return own.every(({ target, targetAttribute }) => settled.has(`${target}|${targetAttribute}`));
  }

  /** Whether the target has both ends of a new edge; otherwise the edge waits from the beginning, and its missing end wakes it (wakeEdges). */
  async #readiness(
    session: ClientSession,
    created: readonly EdgeDecision[],
  ): Promise<(chain: ReferenceChain, pair: Pair) => boolean> {
    const present = new Map<string, ReadonlySet<string>>();
    for (const [target, edges] of Map.groupBy(created, ({ chain }) => chain.target)) {
      const ends = [...new Set(edges.flatMap(({ pair }) => [pair.g, pair.m]))];
      present.set(target, await presentIn(this.#store, session, target, ends));
    }
    return ({ target }, { g, m }) => present.get(target)?.has(g) === true && present.get(target)?.has(m) === true;
  }

  /** Which pairs have a source edge, read in one go over all combinations of the connector-space objects of both ends. */
  async #presentEdges(
    session: ClientSession,
    pairs: readonly Pair[],
  ): Promise<(pair: Pair, chain: ReferenceChain) => boolean> {
    if (pairs.length === 0) return () => false;
    const ids = [...new Set(pairs.flatMap((pair) => [pair.g, pair.m]))];
    const members = new Map<string, readonly string[]>();
    for await (const mv of this.#store.mv.find({ _id: { $in: ids } }, { session, projection: { links: 1 } })) {
      members.set(
        mv._id,
        mv.links.map((link) => link.cs),
      );
    }
    const candidates = (pair: Pair, source: string): string[] => {
      const from = (members.get(pair.g) ?? []).filter((id) => connectorOf(id) === source);
      const to = (members.get(pair.m) ?? []).filter((id) => connectorOf(id) === source);
      return from.flatMap((g) => to.map((t) => sourceEdgeId(g, pair.a, t)));
    };
    const wanted = new Set(pairs.flatMap((pair) => [...this.#sources].flatMap((source) => candidates(pair, source))));
    const found = new Set<string>();
    const cursor = this.#store.sourceEdges.find({ _id: { $in: [...wanted] } }, { session, projection: { _id: 1 } });
    for await (const edge of cursor) found.add(edge._id);
    return (pair, chain) => candidates(pair, chain.source).some((id) => found.has(id));
  }
}

const connectorOf = (id: string): string => id.slice(0, id.indexOf('|'));

/** @param source the one that is known to have the reference, if any */
function addPair(
  pairs: Map<string, KnownPair>,
  g: string | undefined,
  m: string | undefined,
  a: string,
  source?: string,
): void {
  if (g === undefined || m === undefined) return;
  const key = `${g}|${a}|${m}`;
  let pair = pairs.get(key);
  if (pair === undefined) pairs.set(key, (pair = { g, m, a, sources: new Set() }));
  if (source !== undefined) pair.sources.add(source);
}

/** While an export of the edge is in flight, `pend` stays false: the result decides it again. */
function desire(
  changes: EdgeChanges,
  edge: TargetEdge | undefined,
  wanted: { id: string; chain: ReferenceChain; pair: Pair; now: Date; nextAt: Date },
): void {
  const { id, chain, pair, now, nextAt } = wanted;
  if (edge === undefined) {
    const ends = { target: chain.target, a: chain.targetAttribute, g: pair.g, m: pair.m };
    changes.inserts.push({
      _id: id,
      ...ends,
      desired: true,
      exported: false,
      confirmed: false,
      pend: true,
      nextAt,
    });
  } else if (!edge.desired)
    changes.updates.push({
      id,
      set: { desired: true, pend: edge.flight === undefined && !edge.exported, nextAt: now },
    });
}

/** Not desired: an edge the target has, or may have, becomes a removal; one that never left is dropped. */
function undesire(changes: EdgeChanges, edge: TargetEdge, now: Date): void {
  if (!edge.exported && edge.flight === undefined) changes.deletes.push(edge._id);
  else if (edge.desired)
    changes.updates.push({
      id: edge._id,
      set: { desired: false, pend: edge.flight === undefined && edge.exported, nextAt: now },
    });
}

/** The chains of a rule set, from every source attribute to every target attribute that the target can hold. */
export function referenceChains(
  plan: CompiledRuleSet,
  holds: (target: string, type: string, attribute: string) => boolean,
): readonly ReferenceChain[] {
  const chains = new Map<string, ReferenceChain>();
  const outbound = plan.referenceFlows.filter(
    (flow) => flow.direction === 'outbound' && holds(flow.connector, flow.csType, flow.csAttribute),
  );
  for (const source of plan.referenceFlows) {
    if (source.direction !== 'inbound') continue;
    for (const target of outbound) {
      if (
        source.mvAttribute !== target.mvAttribute ||
        source.mvType !== target.mvType ||
        source.connector === target.connector
      )
        continue;
      const chain = {
        source: source.connector,
        sourceAttribute: source.csAttribute,
        target: target.connector,
        targetAttribute: target.csAttribute,
      };
      chains.set(Object.values(chain).join('|'), chain);
    }
  }
  return [...chains.values()];
}
