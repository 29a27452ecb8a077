import {
  changeMessage,
  changesTopic,
  isWireRef,
  type ObjectChange,
  type RunMarker,
  type SeenChunk,
} from '@adjoin/contracts';
import {
  isMongoUnavailable,
  recordSpan,
  type ClientSession,
  type IncomingBatch,
  type IncomingMessage,
  type Logger,
} from '@adjoin/shared';
import type { Store } from '../store.js';
import { importedId, type CsDocument } from '@adjoin/spaces';
import { stageReferences, type StagedReferences, type TouchedEdge } from '../edges/source-edges.js';
import { confirmMembers, type ConfirmedReferences } from '../edges/confirm-members.js';
import type { TargetEdges } from '../edges/target-edges.js';
import type { ContainerCache } from './container-cache.js';
import { applyChange, targetDn, type StagingContext } from './apply-change.js';
import type { ExpectedPartition } from '../release/gates.js';
import { wakeArrived } from '../release/wake-arrived.js';
import { saveObjects } from '../save-objects.js';
import { isNewer, noteDeparted, tooLate } from './departed.js';
import { armBaseline, LOST, offsetId } from './offset-check.js';
import type { RunCount, RunTracker } from './run-tracker.js';
import { wakeScopeMembers } from './wake-scope-members.js';

export interface StagingServices {
  readonly store: Store;
  readonly containers: ContainerCache;
  readonly runs: RunTracker;
  readonly log: Logger;
  /** Partitions whose complete full import the baseline gate waits for. */
  readonly expected: readonly ExpectedPartition[];
  readonly targetEdges: () => TargetEdges;
  /** Whether a connector is a target: its reference values confirm exported edges instead of being sources. */
  readonly isTarget: (connector: string) => boolean;
  readonly consistencyMs: (connector: string) => number;
  /** Groups whose members scopes ask for. */
  readonly scopeGroups: () => ReadonlySet<string>;
  /** Told of objects that a target shows before their creation was acknowledged, by connector-space id. */
  readonly arrived: (target: string, ids: readonly string[]) => void;
  readonly deadLetter: (topic: string, message: IncomingMessage, code: string) => Promise<void>;
}

export interface StagingResult {
  readonly staged: number;
  readonly due: number;
  /** Everything belongs to a full import that goes on: more of it comes soon, and nobody waits for a single object. */
  readonly filling: boolean;
}

interface Parsed {
  readonly objects: ObjectChange[];
  readonly control: (RunMarker | SeenChunk)[];
  /** Trace parent by `<connector>|<anchor>`. */
  readonly traces: Map<string, string>;
}

/**
 * First commit of DESIGN §4: the images, the pending imports and what is due, in one transaction with the offset of the batch, so that a redelivered
 * message changes nothing and a message that was committed is never lost.
 */
export class Staging {
  readonly #services: StagingServices;

  constructor(services: StagingServices) {
    this.#services = services;
  }

  /** Batches of one topic, no partition twice. */
  async stage(batches: readonly IncomingBatch[]): Promise<StagingResult> {
    const { store } = this.#services;
    try {
      return await store.exclusive('staging', (session) => this.#stage(session, batches));
    } catch (error) {
      // The containers in memory may be ahead of what was committed.
      if (!isMongoUnavailable(error)) await this.#services.containers.load(store).catch(() => undefined);
      throw error;
    }
  }

  async #stage(session: ClientSession, batches: readonly IncomingBatch[]): Promise<StagingResult> {
    const { store, runs } = this.#services;
    const fresh = await this.#fresh(session, batches);
    if (fresh.length === 0) return { staged: 0, due: 0, filling: false };
    const all: Parsed = { objects: [], control: [], traces: new Map() };
    const counts: RunCount[] = [];
    for (const batch of fresh) {
      const { objects, control, traces } = await this.#parse(batch.topic, batch.messages);
      counts.push(...runCounts(batch.partition, [...objects, ...control.filter((entry) => entry.kind === 'seen')]));
      all.objects.push(...objects);
      all.control.push(...control);
      for (const [key, trace] of traces) all.traces.set(key, trace);
    }
    await runs.count(session, counts);
    const due = await this.#stageObjects(session, all.objects, all.traces);
    for (const message of all.control) {
      if (message.kind === 'marker') await runs.marker(session, message);
      else await runs.seenChunk(session, message);
    }
    await store.state.bulkWrite(
      fresh.map(({ topic, partition, messages }) => ({
        updateOne: {
          filter: { _id: offsetId(topic, partition) },
          update: { $set: { offset: Number(messages.at(-1)?.offset) } },
          upsert: true,
        },
      })),
      { session },
    );
    return { staged: all.objects.length, due, filling: isFilling(all) };
  }

  /** What of the batches is staged for the first time. */
  async #fresh(session: ClientSession, batches: readonly IncomingBatch[]): Promise<readonly IncomingBatch[]> {
    const ids = batches.map(({ topic, partition }) => offsetId(topic, partition));
    const known = new Map<string, number>();
    for await (const { _id, ['offset']: offset } of this.#services.store.state.find({ _id: { $in: ids } }, { session }))
      if (typeof offset === 'number') known.set(_id, offset);
    const fresh: IncomingBatch[] = [];
    for (const batch of batches) {
      const done = known.get(offsetId(batch.topic, batch.partition)) ?? -1;
      const messages = batch.messages.filter(({ offset }) => Number(offset) > done);
      const [first] = messages;
      if (first === undefined) continue;
      if (Number(first.offset) > done + 1) await this.#lost(session, batch, done, Number(first.offset));
      fresh.push({ ...batch, messages });
    }
    return fresh;
  }

  /** Offsets of a partition have no holes: one means that Kafka dropped messages before they were read. */
  async #lost(session: ClientSession, batch: IncomingBatch, done: number, next: number): Promise<void> {
    const connector = batch.topic.slice(changesTopic('').length);
    this.#services.log.error(
      { event: 'kafka.lost', code: 'ADJ-KFK-0002', topic: batch.topic, partition: batch.partition, done, next },
      LOST,
    );
    await armBaseline(this.#services.store, this.#services.expected, { connector, message: LOST }, session);
  }

  async #parse(topic: string, messages: readonly IncomingMessage[]): Promise<Parsed> {
    const parsed: Parsed = { objects: [], control: [], traces: new Map() };
    for (const message of messages) {
      const result = changeMessage.safeParse(parseJson(message.value));
      if (!result.success) {
        this.#services.log.error({
          event: 'message.poison',
          code: 'ADJ-KFK-0003',
          key: message.key,
          offset: message.offset,
        });
        await this.#services.deadLetter(topic, message, 'ADJ-KFK-0003');
      } else if (result.data.kind === 'object') {
        parsed.objects.push(result.data);
        const trace = message.headers['traceparent'];
        if (trace !== undefined) parsed.traces.set(`${result.data.connector}|${result.data.anchor}`, trace);
      } else parsed.control.push(result.data);
    }
    return parsed;
  }

  async #stageObjects(
    session: ClientSession,
    objects: readonly ObjectChange[],
    traces: ReadonlyMap<string, string>,
  ): Promise<number> {
    if (objects.length === 0) return 0;
    const { store } = this.#services;
    const documents = await this.#load(session, objects);
    const ids = await this.#referenceIds(session, objects, documents);
    const context: StagingContext = {
      containers: this.#services.containers,
      refId: (connector, anchor) => ids.get(`${connector}|${anchor}`) ?? importedId(connector, anchor),
      consistencyMs: this.#services.consistencyMs,
      isTarget: this.#services.isTarget,
      now: new Date(),
    };
    const staged = new Map<string, { document: CsDocument; before: CsDocument | undefined }>();
    const references: StagedReferences[] = [];
    const confirmed: ConfirmedReferences[] = [];
    const renamed: CsDocument[] = [];
    const deletions: ObjectChange[] = [];
    const unknown = objects.filter(({ connector, anchor }) => !documents.has(`${connector}|${anchor}`));
    const late = await tooLate(store, session, unknown);
    // The last that each object of the batch said of its references: it may say nothing else, and then its document has another version.
    const spoke = new Map<string, ObjectChange>();
    for (const change of objects) {
      const key = `${change.connector}|${change.anchor}`;
      const current = staged.get(key)?.document ?? documents.get(key);
      const result =
        late.has(change) || isOlder(change, spoke.get(key)) ? undefined : applyChange(current, change, context);
      if (result === undefined) continue;
      if (change.op === 'delete') deletions.push(change);
      staged.set(key, { document: result.document, before: documents.get(key) });
      if (result.containerMoved) renamed.push(result.document);
      if (change.references === undefined) continue;
      spoke.set(key, change);
      if (this.#services.isTarget(change.connector)) confirmed.push({ group: result.document, change });
      else references.push({ group: result.document._id, change });
    }
    const touched = await this.#stageEdges(session, references, staged, { spoke, context });
    await confirmMembers(store, session, confirmed, context.refId, context.now, this.#services.consistencyMs);
    traceStaged(staged, traces, context.now);
    await noteDeparted(store, session, deletions, context.now);
    const due = await this.#write(session, [...staged.values()]);
    await this.#wake(session, [...staged.values()]);
    await wakeScopeMembers(store, session, { staged: staged.values(), touched, groups: this.#services.scopeGroups() });
    await this.#services.targetEdges().resolve(session, touched);
    for (const container of renamed) await this.#refreshSubtree(session, container);
    return due + renamed.length;
  }

  async #stageEdges(
    session: ClientSession,
    references: readonly StagedReferences[],
    staged: Map<string, { document: CsDocument; before: CsDocument | undefined }>,
    { spoke, context }: { readonly spoke: ReadonlyMap<string, ObjectChange>; readonly context: StagingContext },
  ): Promise<readonly TouchedEdge[]> {
    const connector = references[0]?.change.connector;
    if (connector === undefined) return [];
    const edges = await stageReferences(this.#services.store, session, references, (anchor) =>
      context.refId(connector, anchor),
    );
    const keyOf = new Map([...staged].map(([key, entry]) => [entry.document._id, key]));
    // What is delivered again later is known by the version, though nothing but values of references changed.
    for (const g of new Set(edges.touched.map((edge) => edge.g))) {
      const key = keyOf.get(g) ?? '';
      const entry = staged.get(key);
      const said = spoke.get(key);
      if (entry === undefined || said === undefined || said.partition !== entry.document.partition) continue;
      if (entry.document.ver !== undefined && !isNewer(said.version, entry.document.ver)) continue;
      staged.set(key, { ...entry, document: { ...entry.document, ver: said.version } });
    }
    for (const [counter, delta] of edges.counts) {
      if (delta === 0) continue;
      const [id = '', attribute = ''] = counter.split('>');
      const key = keyOf.get(id) ?? '';
      const entry = staged.get(key);
      if (entry === undefined) continue;
      const count = Math.max(0, (entry.document.counts?.[attribute] ?? 0) + delta);
      const counts = { ...entry.document.counts, [attribute]: count };
      staged.set(key, {
        ...entry,
        document: { ...entry.document, counts, dirtyAt: context.now, dirtyReason: 'import' },
      });
    }
    return edges.touched;
  }

  /** Stored objects of the batch by `<connector>|<anchor>`. */
  async #load(session: ClientSession, objects: readonly ObjectChange[]): Promise<Map<string, CsDocument>> {
    const found = new Map<string, CsDocument>();
    for (const [connector, group] of Map.groupBy(objects, (change) => change.connector)) {
      const anchors = [...new Set(group.map((change) => change.anchor))];
      const stored = await this.#services.store.cs.find({ connector, anchor: { $in: anchors } }, { session }).toArray();
      for (const document of stored) found.set(`${connector}|${document.anchor ?? ''}`, document);
      if (this.#services.isTarget(connector)) await this.#adopt(session, connector, group, found);
    }
    return found;
  }

  /** A target object that was provisioned and whose acknowledgement has not arrived is known by its DN, that is, by its source anchor. */
  async #adopt(
    session: ClientSession,
    connector: string,
    changes: readonly ObjectChange[],
    found: Map<string, CsDocument>,
  ): Promise<void> {
    const byDn = new Map<string, string>();
    for (const change of changes) {
      const dn = found.has(`${connector}|${change.anchor}`) ? undefined : targetDn(change);
      if (dn !== undefined) byDn.set(dn, `${connector}|${change.anchor}`);
    }
    if (byDn.size === 0) return;
    const cursor = this.#services.store.cs.find(
      { connector, dn: { $in: [...byDn.keys()] }, anchor: { $exists: false } },
      { session },
    );
    for await (const document of cursor) found.set(byDn.get(document.dn) ?? '', document);
  }

  /** Objects of a target were made by provisioning and have ids of their own: their references are looked up by anchor. */
  async #referenceIds(
    session: ClientSession,
    objects: readonly ObjectChange[],
    documents: ReadonlyMap<string, CsDocument>,
  ): Promise<ReadonlyMap<string, string>> {
    const ids = new Map([...documents].map(([key, document]) => [key, document._id]));
    for (const [connector, group] of Map.groupBy(objects, (change) => change.connector)) {
      if (!this.#services.isTarget(connector)) continue;
      const anchors = new Set(group.flatMap(referencedAnchors));
      if (anchors.size === 0) continue;
      const cursor = this.#services.store.cs.find(
        { connector, anchor: { $in: [...anchors] } },
        { session, projection: { anchor: 1 } },
      );
      for await (const document of cursor) ids.set(`${connector}|${document.anchor ?? ''}`, document._id);
    }
    return ids;
  }

  async #write(
    session: ClientSession,
    staged: readonly { document: CsDocument; before: CsDocument | undefined }[],
  ): Promise<number> {
    const changed = staged.filter(({ document, before }) => document !== before);
    if (changed.length === 0) return 0;
    await saveObjects(
      this.#services.store,
      session,
      changed.map(({ document, before }) => ({
        before,
        after:
          before !== undefined && document.state === 'placeholder' && document.importedDelete ? undefined : document,
      })),
    );
    return changed.filter(({ document }) => document.dirtyAt !== undefined).length;
  }

  /** An object that was provisioned and is shown now is there, whatever will be answered to its creation. */
  async #wake(
    session: ClientSession,
    staged: readonly { document: CsDocument; before: CsDocument | undefined }[],
  ): Promise<void> {
    const { store, isTarget, arrived } = this.#services;
    const shown = staged.filter(
      ({ document, before }) => isTarget(document.connector) && before !== undefined && before.anchor === undefined,
    );
    for (const [target, group] of Map.groupBy(shown, ({ document }) => document.connector))
      arrived(
        target,
        await wakeArrived(
          store,
          session,
          group.map(({ document }) => document),
        ),
      );
  }

  /** A container was renamed or moved: DNs below it are derived anew by the database, one statement a container, nothing is re-read. */
  async #refreshSubtree(session: ClientSession, container: CsDocument): Promise<void> {
    const { store, containers } = this.#services;
    const { connector, anchor } = container;
    if (anchor === undefined) return;
    for (const parent of containers.subtree(connector, anchor)) {
      const dn = containers.dnOf(connector, parent);
      if (dn === undefined) continue;
      await store.cs.updateOne({ connector, anchor: parent }, { $set: { dn } }, { session });
      await store.cs.updateMany(
        {
          connector,
          parent,
          state: { $ne: 'placeholder' },
          $expr: { $ne: ['$dn', { $concat: ['$rdn', ',', { $literal: dn }] }] },
        },
        [
          {
            $set: {
              dn: { $concat: ['$rdn', ',', { $literal: dn }] },
              dirtyAt: { $ifNull: ['$dirtyAt', '$$NOW'] },
              dirtyReason: { $ifNull: ['$dirtyReason', 'container'] },
            },
          },
        ],
        { session },
      );
    }
  }
}

const isFilling = ({ objects, control }: Parsed): boolean =>
  objects.length > 0 && control.length === 0 && objects.every(({ run }) => run.profile === 'full-import');

/** How many messages of each run attempt a Kafka partition brought. */
function runCounts(kafkaPartition: number, messages: readonly (ObjectChange | SeenChunk)[]): readonly RunCount[] {
  const groups = Map.groupBy(messages, ({ run, partition }) => `${run.id}|${run.attempt}|${partition}`);
  return [...groups.values()].flatMap((group): RunCount[] => {
    const [first] = group;
    return first === undefined
      ? []
      : [{ kafkaPartition, connector: first.connector, partition: first.partition, run: first.run, n: group.length }];
  });
}

/** Continues the trace of each change that made its object due; the document carries it on to synchronization. */
function traceStaged(
  staged: ReadonlyMap<string, { document: CsDocument; before: CsDocument | undefined }>,
  traces: ReadonlyMap<string, string>,
  startedAt: Date,
): void {
  for (const [key, parent] of traces) {
    const entry = staged.get(key);
    if (entry === undefined || entry.document === entry.before || entry.document.dirtyAt === undefined) continue;
    entry.document.trace = recordSpan(parent, 'stage change', startedAt, {
      'adjoin.connector': entry.document.connector,
      'adjoin.object': entry.document._id,
    });
  }
}

function parseJson(value: Buffer | null): unknown {
  try {
    return value === null ? undefined : JSON.parse(value.toString('utf8'));
  } catch {
    return undefined; // the schema refuses it, with the dead-letter topic as the place to look
  }
}

function referencedAnchors(change: ObjectChange): string[] {
  const anchors: string[] = [];
  for (const value of Object.values(change.attributes ?? {})) {
    for (const scalar of Array.isArray(value) ? value : [value]) if (isWireRef(scalar)) anchors.push(scalar.$ref);
  }
  for (const references of Object.values(change.references ?? {})) {
    const targets = references.mode === 'set' ? references.values : [...references.add, ...references.remove];
    anchors.push(...targets.map((target) => target.$ref));
  }
  return anchors;
}

/** Whether a change says what another one of the same partition said before, or less than that. */
const isOlder = (change: ObjectChange, spoken: ObjectChange | undefined): boolean =>
  spoken?.partition === change.partition && !isNewer(change.version, spoken.version);
