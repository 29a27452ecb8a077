import type { mongo } from 'mongoose';
import type { CsObject, MvObject, Need, SpaceView } from '@adjoin/engine';
import type { SpaceCollections } from './collections.js';
import { toCsObject, type CsDocument } from './documents/cs-document.js';
import { sourceEdgeId } from './documents/edge-documents.js';
import { toMvObject, type MvDocument } from './documents/mv-document.js';

/** Documents as they are about to be stored (null: about to be deleted), by id. They count instead of what the database still says. */
export interface ComingDocuments {
  readonly cs: ReadonlyMap<string, CsDocument | null>;
  readonly mv: ReadonlyMap<string, MvDocument | null>;
}

const NOTHING_COMING: ComingDocuments = { cs: new Map(), mv: new Map() };

/**
 * What one chunk has loaded of the stored state, as the engine's synchronous view. Everything is read in one transaction; a need is loaded once,
 * together with the others of its kind, and remembered also when it was not found.
 */
export class ChunkView implements SpaceView {
  readonly #store: Pick<SpaceCollections, 'cs' | 'mv' | 'sourceEdges'>;
  readonly #session: mongo.ClientSession;
  readonly csDocuments = new Map<string, CsDocument | null>();
  readonly mvDocuments = new Map<string, MvDocument | null>();
  readonly #cs = new Map<string, CsObject>();
  readonly #mv = new Map<string, MvObject>();
  readonly #mvByKey = new Map<string, readonly string[]>();
  readonly #csByKey = new Map<string, readonly string[]>();
  readonly #csByDn = new Map<string, string | null>();
  readonly #members = new Map<string, boolean | null>();
  /** Connector-space ids of groups that scopes name, by connector and DN; null for unknown ones. */
  readonly #groups = new Map<string, string | null>();

  readonly #coming: ComingDocuments;

  /** @param coming what a transaction that comes before writes, which the reads of this view may not see yet */
  constructor(
    store: Pick<SpaceCollections, 'cs' | 'mv' | 'sourceEdges'>,
    session: mongo.ClientSession,
    coming: ComingDocuments = NOTHING_COMING,
  ) {
    this.#store = store;
    this.#session = session;
    this.#coming = coming;
  }

  cs(id: string): CsObject | null | undefined {
    const document = this.csDocuments.get(id);
    if (document === undefined || document === null) return document;
    let object = this.#cs.get(id);
    if (object === undefined) this.#cs.set(id, (object = toCsObject(document)));
    return object;
  }

  mv(id: string): MvObject | null | undefined {
    const document = this.mvDocuments.get(id);
    if (document === undefined || document === null) return document;
    let object = this.#mv.get(id);
    if (object === undefined) this.#mv.set(id, (object = toMvObject(document)));
    return object;
  }

  mvByKey = (key: string): readonly string[] | undefined => this.#mvByKey.get(key);
  csByKey = (connector: string, key: string): readonly string[] | undefined => this.#csByKey.get(`${connector}|${key}`);
  csByDn = (connector: string, dn: string): string | null | undefined =>
    this.#csByDn.get(`${connector}|${dn.toLowerCase()}`);
  isMember = (connector: string, groupDn: string, id: string): boolean | null | undefined =>
    this.#members.get(`${connector}|${groupDn.toLowerCase()}|${id}`);

  addCs(documents: readonly CsDocument[]): void {
    for (const document of documents) this.csDocuments.set(document._id, document);
  }

  /** Loads what is missing, kind by kind, plus what will certainly be needed next: the objects that loaded metaverse objects are linked to. */
  async load(needs: Iterable<Need>): Promise<void> {
    const cs = new Set<string>();
    const mv = new Set<string>();
    const mvKeys = new Set<string>();
    const csKeys = new Map<string, Set<string>>();
    const dns = new Map<string, Set<string>>();
    const members: Extract<Need, { kind: 'member' }>[] = [];
    for (const need of needs) {
      if (need.kind === 'cs') cs.add(need.id);
      else if (need.kind === 'mv') mv.add(need.id);
      else if (need.kind === 'mv-key') mvKeys.add(need.key);
      else if (need.kind === 'cs-key')
        csKeys.set(need.connector, (csKeys.get(need.connector) ?? new Set()).add(need.key));
      else if (need.kind === 'cs-dn') dns.set(need.connector, (dns.get(need.connector) ?? new Set()).add(need.dn));
      else members.push(need);
    }
    if (mvKeys.size > 0) await this.#loadMvKeys(mvKeys);
    for (const [connector, keys] of csKeys) await this.#loadCsKeys(connector, keys);
    for (const [connector, names] of dns) await this.#loadDns(connector, names);
    await this.#loadMembers(members);
    await this.#loadMv(mv);
    for (const id of mv) for (const link of this.mvDocuments.get(id)?.links ?? []) cs.add(link.cs);
    await this.#loadCs(cs);
  }

  async #loadMv(ids: ReadonlySet<string>): Promise<void> {
    const missing = absentFrom(this.mvDocuments, ids, this.#coming.mv);
    if (missing.length === 0) return;
    for (const document of await this.#store.mv.find({ _id: { $in: missing } }, { session: this.#session }).toArray())
      this.mvDocuments.set(document._id, document);
  }

  async #loadCs(ids: ReadonlySet<string>): Promise<void> {
    const missing = absentFrom(this.csDocuments, ids, this.#coming.cs);
    if (missing.length === 0) return;
    for (const document of await this.#store.cs.find({ _id: { $in: missing } }, { session: this.#session }).toArray())
      this.csDocuments.set(document._id, document);
  }

  async #loadMvKeys(keys: ReadonlySet<string>): Promise<void> {
    const missing = [...keys].filter((key) => !this.#mvByKey.has(key));
    if (missing.length === 0) return;
    const found = new Map<string, string[]>(missing.map((key) => [key, []]));
    const stored = await this.#store.mv.find({ joinKeys: { $in: missing } }, { session: this.#session }).toArray();
    const coming = [...this.#coming.mv.values()].filter((one) => one?.joinKeys.some((key) => found.has(key)) === true);
    for (const document of current(stored, coming, this.#coming.mv)) {
      if (!this.mvDocuments.has(document._id)) this.mvDocuments.set(document._id, document);
      for (const key of document.joinKeys) found.get(key)?.push(document._id);
    }
    for (const [key, ids] of found) this.#mvByKey.set(key, ids);
  }

  async #loadCsKeys(connector: string, keys: ReadonlySet<string>): Promise<void> {
    const missing = [...keys].filter((key) => !this.#csByKey.has(`${connector}|${key}`));
    if (missing.length === 0) return;
    const found = new Map<string, string[]>(missing.map((key) => [key, []]));
    const stored = await this.#store.cs
      .find({ connector, joinKeys: { $in: missing } }, { session: this.#session })
      .toArray();
    const coming = [...this.#coming.cs.values()].filter(
      (one) => one?.connector === connector && one.joinKeys?.some((key) => found.has(key)) === true,
    );
    for (const document of current(stored, coming, this.#coming.cs)) {
      if (!this.csDocuments.has(document._id)) this.csDocuments.set(document._id, document);
      for (const key of document.joinKeys ?? []) found.get(key)?.push(document._id);
    }
    for (const [key, ids] of found) this.#csByKey.set(`${connector}|${key}`, ids);
  }

  /** Of two objects with one DN (a delete that is pending and its successor) the one that stays is meant. */
  async #loadDns(connector: string, names: ReadonlySet<string>): Promise<void> {
    const missing = [...names].filter((dn) => !this.#csByDn.has(`${connector}|${dn.toLowerCase()}`));
    if (missing.length === 0) return;
    for (const dn of missing) this.#csByDn.set(`${connector}|${dn.toLowerCase()}`, null);
    const going = new Set<string>();
    const wanted = new Set(missing);
    const stored = await this.#store.cs.find({ connector, dn: { $in: missing } }, { session: this.#session }).toArray();
    const coming = [...this.#coming.cs.values()].filter((one) => one?.connector === connector && wanted.has(one.dn));
    for (const document of current(stored, coming, this.#coming.cs)) {
      if (!this.csDocuments.has(document._id)) this.csDocuments.set(document._id, document);
      const key = `${connector}|${document.dn.toLowerCase()}`;
      const known = this.#csByDn.get(key);
      if (document.pendingExport?.operation === 'delete' || document.escrow?.operation === 'delete')
        going.add(document._id);
      if (known === null || known === undefined || going.has(known)) this.#csByDn.set(key, document._id);
    }
  }

  async #loadMembers(needs: readonly Extract<Need, { kind: 'member' }>[]): Promise<void> {
    const asked: { readonly key: string; readonly edge: string }[] = [];
    for (const { connector, groupDn, id } of needs) {
      const group = await this.#groupId(connector, groupDn);
      const key = `${connector}|${groupDn.toLowerCase()}|${id}`;
      if (group === null) this.#members.set(key, null);
      else asked.push({ key, edge: sourceEdgeId(group, 'member', id) });
    }
    if (asked.length === 0) return;
    const found = new Set<string>();
    for await (const edge of this.#store.sourceEdges.find(
      { _id: { $in: asked.map(({ edge: wanted }) => wanted) } },
      { session: this.#session, projection: { _id: 1 } },
    ))
      found.add(edge._id);
    for (const { key, edge } of asked) this.#members.set(key, found.has(edge));
  }

  /** DNs are compared without regard to case; only a DN that is written otherwise than in the directory costs a scan. */
  async #groupId(connector: string, dn: string): Promise<string | null> {
    const key = `${connector}|${dn.toLowerCase()}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const options = { session: this.#session, projection: { _id: 1 } };
    const wanted = { connector, dn, type: 'group', importedDelete: { $ne: true } };
    const found =
      (await this.#store.cs.findOne(wanted, options)) ??
      (await this.#store.cs.findOne(wanted, { ...options, collation: { locale: 'en', strength: 2 } }));
    this.#groups.set(key, found?._id ?? null);
    return found?._id ?? null;
  }
}

/** Which of the ids are to be read; they are noted as not found, the coming ones as they will be. */
function absentFrom<T>(
  known: Map<string, T | null>,
  ids: ReadonlySet<string>,
  coming: ReadonlyMap<string, T | null>,
): readonly string[] {
  const missing: string[] = [];
  for (const id of ids) {
    if (known.has(id)) continue;
    const next = coming.get(id);
    known.set(id, next ?? null);
    if (next === undefined) missing.push(id);
  }
  return missing;
}

/** What a query found and what is coming of the same kind; a document that is about to change counts as it will be, if it still fits. */
function current<T extends { readonly _id: string }>(
  stored: readonly T[],
  fitting: readonly (T | null)[],
  coming: ReadonlyMap<string, T | null>,
): readonly T[] {
  return [...stored.filter(({ _id }) => !coming.has(_id)), ...fitting.filter((one) => one !== null)];
}
