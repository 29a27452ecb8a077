import { Inject, Injectable } from '@nestjs/common';
import type { MvSearchQuery } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { SEARCH_TIME_MS } from '../connector-space/connector-space.store.js';
import { decodeCursor } from '../http/cursor.js';
import { attributeFilter, joinKeysOf, sameTextAnyCase, splitClause } from '../naming/value-filter.js';
import { MONGO } from '../ports.js';
import { mvDocument, type MvDocument } from './mv-document.js';

type Condition = Record<string, unknown>;

export interface ReferenceCounts {
  readonly target: string;
  readonly attribute: string;
  readonly desired: number;
  readonly exported: number;
}

/** Reads the engine's `metaverseObjects` and `targetEdges`. */
@Injectable()
export class MetaverseStore {
  constructor(@Inject(MONGO) private readonly mongo: MongoHandle) {}

  /** At most `limit + 1` objects in id order. The index of join keys serves what rules join on; the rest is a scan with a time limit. */
  async search(query: MvSearchQuery): Promise<MvDocument[]> {
    const after = decodeCursor(query.cursor, 1)?.[0];
    const conditions: Condition[] = attributeFilter('attributes', query.where);
    if (query.type !== undefined) conditions.push({ type: query.type });
    if (after !== undefined) conditions.push({ _id: { $gt: after } });
    for (const { name, value } of query.where.map(splitClause)) {
      const indexed = await this.#find(
        [{ joinKeys: { $in: joinKeysOf(name, value) } }, ...conditions],
        query.limit + 1,
      );
      if (indexed.length > 0) return indexed;
    }
    return this.#find(conditions, query.limit + 1);
  }

  async byId(id: string): Promise<MvDocument | null> {
    return (await this.#find([{ _id: id }], 1))[0] ?? null;
  }

  async byIds(ids: readonly string[]): Promise<MvDocument[]> {
    return ids.length === 0 ? [] : this.#find([{ _id: { $in: ids } }], ids.length);
  }

  /** Objects with this userPrincipalName or source anchor. */
  async byName(name: string): Promise<MvDocument[]> {
    const keys = ['userPrincipalName', 'sourceAnchor'].flatMap((attribute) => joinKeysOf(attribute, name));
    const indexed = await this.#find([{ joinKeys: { $in: keys } }], 10);
    if (indexed.length > 0) return indexed;
    return this.#find(
      [{ $or: [{ 'attributes.userPrincipalName': sameTextAnyCase(name) }, { 'attributes.sourceAnchor': name }] }],
      10,
    );
  }

  /** Members of a group by target: wanted, and acknowledged. */
  async referenceCounts(group: string): Promise<ReferenceCounts[]> {
    const flag = (field: string): unknown => ({ $sum: { $cond: [`$${field}`, 1, 0] } });
    const rows = await this.mongo.db
      .collection('targetEdges')
      .aggregate<{ _id: { t?: string; a?: string }; desired: number; exported: number }>(
        [
          { $match: { g: group } },
          { $group: { _id: { t: '$target', a: '$a' }, desired: flag('desired'), exported: flag('exported') } },
          { $sort: { _id: 1 } },
        ],
        { maxTimeMS: SEARCH_TIME_MS },
      )
      .toArray();
    return rows.map((row) => ({
      target: row._id.t ?? '',
      attribute: row._id.a ?? '',
      desired: row.desired,
      exported: row.exported,
    }));
  }

  /** Members still to be added to or removed from a group in a target, at most `limit` each. */
  async pendingMembers(group: string, target: string, limit: number): Promise<{ add: string[]; remove: string[] }> {
    const edges = this.mongo.db.collection('targetEdges');
    const read = async (condition: Condition): Promise<string[]> => {
      const found = await edges
        .find({ g: group, target, ...condition }, { projection: { m: 1 }, maxTimeMS: SEARCH_TIME_MS })
        .limit(limit)
        .toArray();
      return found.map((edge) => String(edge['m']));
    };
    const [add, remove] = await Promise.all([
      read({ desired: true, exported: { $ne: true } }),
      read({ desired: { $ne: true }, exported: true }),
    ]);
    return { add, remove };
  }

  /** How many reference values are still to be added to or removed from an object in a target. */
  async pendingMemberCounts(object: string, target: string): Promise<{ add: number; remove: number }> {
    const edges = this.mongo.db.collection('targetEdges');
    const count = (desired: boolean): Promise<number> =>
      edges.countDocuments({ g: object, target, pend: true, desired }, { maxTimeMS: SEARCH_TIME_MS });
    const [add, remove] = await Promise.all([count(true), count(false)]);
    return { add, remove };
  }

  async #find(conditions: readonly Condition[], limit: number): Promise<MvDocument[]> {
    const filter = conditions.length === 0 ? {} : { $and: [...conditions] };
    const found = await this.mongo.db
      .collection('metaverseObjects')
      .find(filter, { maxTimeMS: SEARCH_TIME_MS })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map((doc) => mvDocument.parse(doc));
  }
}
