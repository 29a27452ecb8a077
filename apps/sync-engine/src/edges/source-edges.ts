import type { ClientSession } from '@adjoin/shared';
import type { ObjectChange, ReferenceChange } from '@adjoin/contracts';
import { sourceEdgeId, type SourceEdge } from '@adjoin/spaces';
import { insertAll } from '../save-objects.js';
import type { Store } from '../store.js';

/** An edge whose presence may have changed. */
export interface TouchedEdge {
  readonly g: string;
  readonly a: string;
  readonly t: string;
}

export interface StagedReferences {
  /** Connector-space id of the object. */
  readonly group: string;
  readonly change: ObjectChange;
}

export interface StagedEdges {
  /** Edges to resolve. */
  readonly touched: readonly TouchedEdge[];
  /** Change of the number of values by `<group>><attribute>`. */
  readonly counts: ReadonlyMap<string, number>;
}

type Operation = Parameters<Store['sourceEdges']['bulkWrite']>[0][number];

/**
 * Stages the reference values of a batch: additions and explicit removals at once; removals by absence only at the closing chunk of a whole
 * set, and never of an edge that a newer message stated (DESIGN §3). Cost grows with the change, not with the group.
 */
export async function stageReferences(
  store: Store,
  session: ClientSession,
  items: readonly StagedReferences[],
  memberId: (anchor: string) => string,
): Promise<StagedEdges> {
  const known = await knownEdges(store, session, items, memberId);
  const touched: TouchedEdge[] = [];
  const counts = new Map<string, number>();
  const operations: Operation[] = [];
  const inserts = new Map<string, SourceEdge>();
  const deleted = new Set<string>();
  const note = (edge: TouchedEdge, delta: number): void => {
    touched.push(edge);
    counts.set(`${edge.g}>${edge.a}`, (counts.get(`${edge.g}>${edge.a}`) ?? 0) + delta);
  };
  const flush = async (): Promise<void> => {
    await insertAll(store.sourceEdges, session, [...inserts.values()]);
    inserts.clear();
    if (operations.length > 0) await store.sourceEdges.bulkWrite(operations.splice(0), { ordered: true, session });
  };
  for (const { group, change } of items) {
    for (const [attribute, references] of Object.entries(change.references ?? {})) {
      stageValues(group, attribute, references, change);
      if (references.mode === 'set' && references.last) {
        await flush();
        for (const edge of await closeSet(store, session, group, attribute, references, change)) note(edge, -1);
      }
    }
  }
  await flush();
  return { touched, counts };

  function stageValues(g: string, a: string, references: ReferenceChange, change: ObjectChange): void {
    const { add, remove } = valuesOfChange(references);
    for (const target of add) {
      const t = memberId(target.$ref);
      const id = sourceEdgeId(g, a, t);
      const edge = edgeOf(g, a, t, change, references);
      if (!known.has(id)) {
        note({ g, a, t }, 1);
        if (deleted.has(id)) operations.push({ replaceOne: { filter: { _id: id }, replacement: edge, upsert: true } });
        else inserts.set(id, edge);
      } else if (inserts.has(id)) inserts.set(id, { ...inserts.get(id), ...edge });
      else if (references.mode === 'set') operations.push({ replaceOne: { filter: { _id: id }, replacement: edge } });
      known.add(id);
    }
    for (const target of remove) {
      const t = memberId(target.$ref);
      const id = sourceEdgeId(g, a, t);
      if (!known.delete(id)) continue;
      note({ g, a, t }, -1);
      if (inserts.delete(id)) continue;
      deleted.add(id);
      operations.push({ deleteOne: { filter: { _id: id } } });
    }
  }
}

/** Which of the named edges exist. */
async function knownEdges(
  store: Store,
  session: ClientSession,
  items: readonly StagedReferences[],
  memberId: (anchor: string) => string,
): Promise<Set<string>> {
  const ids = items.flatMap(({ group, change }) =>
    Object.entries(change.references ?? {}).flatMap(([attribute, references]) => {
      const { add, remove } = valuesOfChange(references);
      return [...add, ...remove].map((target) => sourceEdgeId(group, attribute, memberId(target.$ref)));
    }),
  );
  const known = new Set<string>();
  for (let start = 0; start < ids.length; start += 10_000) {
    const cursor = store.sourceEdges.find(
      { _id: { $in: ids.slice(start, start + 10_000) } },
      { session, projection: { _id: 1 } },
    );
    for await (const edge of cursor) known.add(edge._id);
  }
  return known;
}

function valuesOfChange(references: ReferenceChange): {
  add: readonly { $ref: string }[];
  remove: readonly { $ref: string }[];
} {
  return references.mode === 'change' ? references : { add: references.values, remove: [] };
}

function notNewer({ version }: ObjectChange): { $or: object[] } {
  return { $or: [{ e: { $lt: version.epoch } }, { e: version.epoch, q: { $lte: version.seq } }] };
}

const edgeOf = (
  g: string,
  a: string,
  t: string,
  { version }: ObjectChange,
  references: ReferenceChange,
): SourceEdge => ({
  _id: sourceEdgeId(g, a, t),
  g,
  a,
  t,
  e: version.epoch,
  q: version.seq,
  ...(references.mode === 'set' ? { set: references.set } : {}),
});

/** The closing chunk: when every value of the set arrived, what the set did not name is gone. An incomplete set removes nothing. */
async function closeSet(
  store: Store,
  session: ClientSession,
  g: string,
  a: string,
  references: Extract<ReferenceChange, { mode: 'set' }>,
  change: ObjectChange,
): Promise<readonly TouchedEdge[]> {
  const seen = await store.sourceEdges.countDocuments({ g, a, set: references.set }, { session });
  if (seen < references.count) return [];
  const absent: SourceEdge[] = await store.sourceEdges
    .find({ g, a, set: { $ne: references.set }, ...notNewer(change) }, { session })
    .toArray();
  if (absent.length === 0) return [];
  await store.sourceEdges.deleteMany({ _id: { $in: absent.map((edge) => edge._id) } }, { session });
  return absent.map(({ t }) => ({ g, a, t }));
}

/**
 * Objects are gone for good: so are their values and the values that named them; a directory does not report the latter (spec/lab.md §3). The groups
 * get their new count and are not due for it.
 */
export async function dropEdges(store: Store, session: ClientSession, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const incoming = await store.sourceEdges
    .find({ t: { $in: [...ids] } }, { session, projection: { g: 1, a: 1 } })
    .toArray();
  const counts = new Map<string, { g: string; a: string; n: number }>();
  for (const { g, a } of incoming) {
    const entry = counts.get(`${g}>${a}`) ?? { g, a, n: 0 };
    entry.n += 1;
    counts.set(`${g}>${a}`, entry);
  }
  if (counts.size > 0) {
    await store.cs.bulkWrite(
      [...counts.values()].map(({ g, a, n }) => ({
        updateOne: { filter: { _id: g }, update: { $inc: { [`counts.${a}`]: -n } } },
      })),
      { ordered: false, session },
    );
  }
  await store.sourceEdges.deleteMany({ t: { $in: [...ids] } }, { session });
  await store.sourceEdges.deleteMany({ g: { $in: [...ids] } }, { session });
}
