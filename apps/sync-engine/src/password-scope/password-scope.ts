import { PASSWORD_SCOPE_TOPIC, passwordScopeKey, type PasswordScope } from '@adjoin/contracts';
import { isMongoUnavailable, type Collection, type Runnable } from '@adjoin/shared';
import type { Outbox } from '../release/outbox.js';
import type { Store } from '../store.js';
import { scopeEntry, type LinkedObject, type LinkedPerson, type ScopeEntry, type ScopeRules } from './scope-entry.js';

/** What was published last for a key; kept after a tombstone, so that versions go on growing. */
interface PublishedScope extends Partial<ScopeEntry> {
  _id: string;
  version: number;
  out: boolean;
}

/** Objects decided at once. */
const PORTION = 1000;
/** How long the database waits for the next change before it answers that there is none, ms. */
const QUIET_MS = 250;
/** An idle position is stored so often, so that it does not fall out of the database's log. */
const REMEMBER_MS = 60_000;
const STATE_ID = 'password-scope';
const WATCHED = ['rules', 'link', 'anchor', 'state', 'importedDelete'] as const;
const OBJECT_FIELDS = { connector: 1, type: 1, anchor: 1, state: 1, importedDelete: 1, rules: 1 } as const;

export interface PasswordScopeOptions extends Omit<ScopeRules, 'plan'> {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly plan: () => ScopeRules['plan'];
}

/**
 * Publishes who is in scope of password hash synchronization, as a projection of the stored spaces: it follows their changes in the database's own
 * log, apart from synchronization, and publishes what differs from what it published last. After a change of the rule set, or when its position was
 * lost, it compares everything. Runs only where a forest has password hash synchronization.
 */
export class PasswordScopePublisher implements Runnable {
  readonly name = 'password scope';
  readonly #options: PasswordScopeOptions;
  readonly #published: Collection<PublishedScope>;

  constructor(options: PasswordScopeOptions) {
    this.#options = options;
    this.#published = options.store.db.collection('passwordScope');
  }

  async run(signal: AbortSignal, working?: () => void): Promise<void> {
    await this.#published.createIndexes([
      { key: { mv: 1 }, name: 'mv' },
      { key: { cs: 1 }, name: 'cs' },
      { key: { targetCs: 1 }, name: 'targetCs' },
    ]);
    while (!signal.aborted) {
      try {
        await this.#follow(signal, working);
      } catch (error) {
        if (!positionRefused(error)) throw error;
        const { deletedCount } = await this.#options.store.state.deleteOne({ _id: STATE_ID });
        if (deletedCount === 0) throw error;
      }
    }
  }

  /** Compares the given connector-space objects, and what is linked to them, with what was published, and publishes the difference. */
  async publish(ids: readonly string[], position?: unknown): Promise<number> {
    const { store, outbox } = this.#options;
    const { desired, known } = await this.#compare(ids);
    const changes = differences(desired, known);
    await store.exclusive('sync', async (session) => {
      const writes = changes.map((replacement) => ({
        replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
      }));
      if (writes.length > 0) await this.#published.bulkWrite(writes, { ordered: false, session });
      await outbox.append(
        session,
        changes.map((document) => ({ topic: PASSWORD_SCOPE_TOPIC, key: document._id, value: recordOf(document) })),
      );
      if (position !== undefined) {
        const stored = { token: position, rules: await this.#ruleSet() };
        await store.state.updateOne({ _id: STATE_ID }, { $set: stored }, { upsert: true, session });
      }
    });
    if (changes.length > 0) outbox.notify();
    return changes.length;
  }

  async #follow(signal: AbortSignal, working?: () => void): Promise<void> {
    const { store } = this.#options;
    const last = await store.state.findOne({ _id: STATE_ID });
    const resume = last?.['rules'] === (await this.#ruleSet()) ? last?.['token'] : undefined;
    const stream = store.cs.watch(
      [{ $match: { $or: relevantChanges() } }, { $project: { documentKey: 1, operationType: 1, ns: 1 } }],
      { maxAwaitTimeMS: QUIET_MS, batchSize: PORTION, ...(resume === undefined ? {} : { resumeAfter: resume }) },
    );
    let rememberedAt = Date.now();
    try {
      // The first look opens the stream: what changes during the comparison comes afterwards.
      let ids = await changed(stream);
      const plan = this.#options.plan();
      if (resume === undefined) await this.#publishAll(signal);
      working?.();
      while (!signal.aborted) {
        if (ids.length > 0 || Date.now() - rememberedAt > REMEMBER_MS) {
          await this.publish(ids, stream.resumeToken);
          rememberedAt = Date.now();
        }
        if (plan !== this.#options.plan()) return;
        ids = await changed(stream);
      }
    } finally {
      await stream.close();
    }
  }

  async #publishAll(signal: AbortSignal): Promise<void> {
    const sources = [...this.#options.sources];
    const every = async (ids: AsyncIterable<{ readonly id: string | undefined }>): Promise<void> => {
      let portion: string[] = [];
      for await (const { id } of ids) {
        if (signal.aborted) return;
        if (id !== undefined) portion.push(id);
        if (portion.length < PORTION) continue;
        await this.publish(portion);
        portion = [];
      }
      if (portion.length > 0) await this.publish(portion);
    };
    const filter = { connector: { $in: sources }, link: { $exists: true } };
    await every(mapped(this.#options.store.cs.find(filter, { projection: { _id: 1 } }), ({ _id }) => _id));
    await every(mapped(this.#published.find({ out: false }), ({ cs }) => cs));
  }

  async #compare(ids: readonly string[]): Promise<{ desired: ScopeEntry[]; known: PublishedScope[] }> {
    if (ids.length === 0) return { desired: [], known: [] };
    const { store } = this.#options;
    const concerned = { $or: [{ cs: { $in: [...ids] } }, { targetCs: { $in: [...ids] } }] };
    const [objects, before] = await Promise.all([
      store.cs.find({ _id: { $in: [...ids] } }, { projection: { link: 1 } }).toArray(),
      this.#published.find(concerned).toArray(),
    ]);
    const mvIds = new Set([...objects.map(({ link }) => link?.mv), ...before.map(({ mv }) => mv)]);
    const found = [...mvIds].filter((mv) => mv !== undefined);
    const persons = await this.#persons(found);
    const rules: ScopeRules = { ...this.#options, plan: this.#options.plan() };
    const desired = persons.map((person) => scopeEntry(person, rules)).filter((entry) => entry !== undefined);
    const keys = desired.map(({ connector, objectGuid }) => passwordScopeKey(connector, objectGuid));
    const known = await this.#published
      .find({ $or: [{ mv: { $in: found } }, ...concerned.$or, { _id: { $in: keys } }] })
      .toArray();
    return { desired, known };
  }

  async #persons(mvIds: readonly string[]): Promise<LinkedPerson[]> {
    const { store } = this.#options;
    const persons = await store.mv
      .find({ _id: { $in: [...mvIds] } }, { projection: { links: 1, 'attributes.sourceAnchor': 1 } })
      .toArray();
    const linked = persons.flatMap(({ links }) => links.map(({ cs }) => cs));
    const objects = new Map<string, LinkedObject>();
    for await (const object of store.cs.find({ _id: { $in: linked } }, { projection: OBJECT_FIELDS }))
      objects.set(object._id, object);
    return persons.map(({ _id, links, attributes }) => {
      const anchor = attributes?.['sourceAnchor'];
      return {
        mv: _id,
        sourceAnchor: typeof anchor === 'string' ? anchor : undefined,
        objects: links.map(({ cs }) => objects.get(cs)).filter((object) => object !== undefined),
      };
    });
  }

  async #ruleSet(): Promise<string> {
    const active = await this.#options.store.ruleSets.findOne({ _id: 'active' }, { projection: { hash: 1 } });
    return String(active?.['hash'] ?? '');
  }
}

/** What has to be published so that `known` becomes `desired`. */
function differences(desired: readonly ScopeEntry[], known: readonly PublishedScope[]): PublishedScope[] {
  const before = new Map(known.map((document) => [document._id, document]));
  const changes: PublishedScope[] = [];
  for (const entry of desired) {
    const _id = passwordScopeKey(entry.connector, entry.objectGuid);
    const last = before.get(_id);
    before.delete(_id);
    const document: PublishedScope = { _id, ...entry, version: (last?.version ?? 0) + 1, out: false };
    if (last === undefined || last.out || !same(last, document)) changes.push(document);
  }
  for (const last of before.values()) if (!last.out) changes.push({ ...last, version: last.version + 1, out: true });
  return changes;
}

const same = (a: PublishedScope, b: PublishedScope): boolean =>
  (['sourceAnchor', 'target', 'cloudId', 'cs', 'targetCs', 'mv'] as const).every((field) => a[field] === b[field]);

function recordOf(document: PublishedScope): PasswordScope | null {
  const { connector = '', objectGuid = '', sourceAnchor = '', target = '', cloudId, version } = document;
  if (document.out) return null;
  return { connector, objectGuid, sourceAnchor, target, ...(cloudId === undefined ? {} : { cloudId }), version };
}

function relevantChanges(): object[] {
  return [
    { operationType: { $in: ['insert', 'replace', 'delete'] } },
    ...WATCHED.map((field) => ({ [`updateDescription.updatedFields.${field}`]: { $exists: true } })),
    { 'updateDescription.removedFields': { $in: [...WATCHED] } },
  ];
}

/** Ids of the objects that changed, as many as are there; empty after a quiet moment. */
async function changed(stream: { tryNext(): Promise<unknown> }): Promise<string[]> {
  const ids = new Set<string>();
  while (ids.size < PORTION) {
    const change = (await stream.tryNext()) as { readonly documentKey?: { readonly _id: unknown } } | null;
    if (change === null) break;
    if (change.documentKey !== undefined) ids.add(String(change.documentKey._id));
  }
  return [...ids];
}

async function* mapped<T>(
  source: AsyncIterable<T>,
  id: (document: T) => string | undefined,
): AsyncIterable<{ readonly id: string | undefined }> {
  for await (const document of source) yield { id: id(document) };
}

/** The database refused to go on from the position, for whatever reason: it fell out of the log, or another database stands there now. */
const positionRefused = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && !isMongoUnavailable(error);
