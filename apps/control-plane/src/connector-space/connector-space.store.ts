import { Inject, Injectable } from '@nestjs/common';
import type { CsSearchQuery, ExportsQuery } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { decodeCursor } from '../http/cursor.js';
import { attributeFilter, sameTextAnyCase } from '../naming/value-filter.js';
import { MONGO } from '../ports.js';
import { heldCondition, type TargetGate } from '../exports/export-hold.js';
import { csDocument, type CsDocument } from './cs-document.js';

/** A search that no index serves is given up after this time; the caller is told to name a DN or an anchor. */
export const SEARCH_TIME_MS = 10_000;

type Condition = Record<string, unknown>;

const STATE_CONDITION: Record<Exclude<NonNullable<CsSearchQuery['state']>, 'held'>, Condition> = {
  imported: { state: 'imported' },
  export: { state: 'export' },
  placeholder: { state: 'placeholder' },
  joined: { 'link.mv': { $type: 'string' } },
  disjoined: { state: 'imported', link: null },
  dirty: { dirtyAt: { $exists: true } },
  // Every object in error is due again: that condition has an index.
  error: { dirtyAt: { $exists: true }, error: { $type: 'object' } },
  'pending-export': { pendingExport: { $type: 'object' } },
};

/** Reads the engine's `connectorObjects`. */
@Injectable()
export class ConnectorSpaceStore {
  constructor(@Inject(MONGO) private readonly mongo: MongoHandle) {}

  /** At most `limit + 1` objects in id order. */
  async search(connector: string, query: CsSearchQuery, gates: readonly TargetGate[]): Promise<CsDocument[]> {
    const after = decodeCursor(query.cursor, 1)?.[0];
    const conditions: Condition[] = [{ connector }, ...attributeFilter('imported', query.attribute)];
    if (after !== undefined) conditions.push({ _id: { $gt: after } });
    if (query.state !== undefined)
      conditions.push(query.state === 'held' ? heldCondition(gates) : STATE_CONDITION[query.state]);
    if (query.dn === undefined) return this.#find(conditions, query.limit + 1);
    const exact = await this.#find([...conditions, { dn: query.dn }], query.limit + 1);
    return exact.length > 0 ? exact : this.#find([...conditions, { dn: sameTextAnyCase(query.dn) }], query.limit + 1);
  }

  async byId(id: string): Promise<CsDocument | null> {
    return (await this.#find([{ _id: id }], 1))[0] ?? null;
  }

  async byIds(ids: readonly string[]): Promise<CsDocument[]> {
    return ids.length === 0 ? [] : this.#find([{ _id: { $in: ids } }], ids.length);
  }

  /** Objects of these connectors that carry the anchor (GUID text in any case) or the DN. */
  async byAnchorOrDn(connectors: readonly string[], name: string): Promise<CsDocument[]> {
    const inConnectors = { connector: { $in: connectors } };
    const anchors = [...new Set([name, name.toLowerCase()])];
    const found = await this.#find([inConnectors, { anchor: { $in: anchors } }], 10);
    if (found.length > 0 || !name.includes('=')) return found;
    const exact = await this.#find([inConnectors, { dn: name }], 10);
    return exact.length > 0 ? exact : this.#find([inConnectors, { dn: sameTextAnyCase(name) }], 10);
  }

  /** Objects of a target with something to export, at most `limit + 1` in id order. */
  async pendingExports(target: string, query: ExportsQuery, gates: readonly TargetGate[]): Promise<CsDocument[]> {
    const after = decodeCursor(query.cursor, 1)?.[0];
    const conditions: Condition[] = [
      { connector: target, 'exp.state': { $in: ['pending', 'in-flight', 'waiting', 'failed', 'discarded'] } },
    ];
    if (query.held) conditions.push(heldCondition(gates));
    if (after !== undefined) conditions.push({ _id: { $gt: after } });
    return this.#find(conditions, query.limit + 1);
  }

  async #find(conditions: readonly Condition[], limit: number): Promise<CsDocument[]> {
    const found = await this.mongo.db
      .collection('connectorObjects')
      .find({ $and: [...conditions] }, { maxTimeMS: SEARCH_TIME_MS })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map((doc) => csDocument.parse(doc));
  }
}
