import type { ClientSession, Logger } from '@adjoin/shared';
import { confirmTopic, type ConfirmRequest, type RunMarker, type RunRef, type SeenChunk } from '@adjoin/contracts';
import type { Store } from '../store.js';
import type { Outbox } from '../release/outbox.js';
import { askForFullImport } from './offset-check.js';

interface RunDocument {
  _id: string;
  connector: string;
  partition: string;
  profile: RunRef['profile'];
  runId: string;
  /** Messages seen by Kafka partition. */
  seen: Record<string, number>;
  markers: Record<string, { sent: number; complete: boolean }>;
  [field: string]: unknown;
}

/** Messages of a run attempt that one Kafka partition brought. */
export interface RunCount {
  readonly kafkaPartition: number;
  readonly connector: string;
  readonly partition: string;
  readonly run: RunRef;
  readonly n: number;
}

const CONFIRM_CHUNK = 500;

/**
 * Follows import runs: counts the messages of each attempt by Kafka partition and holds them against the markers; a run is staged when all
 * markers have passed. Only a complete full import without a gap proves a baseline and lets absence be suspected (DESIGN §5).
 */
export class RunTracker {
  readonly #store: Store;
  readonly #outbox: Outbox;
  readonly #log: Logger;

  constructor(store: Store, outbox: Outbox, log: Logger) {
    this.#store = store;
    this.#outbox = outbox;
    this.#log = log;
  }

  /** Counts messages of run attempts. */
  async count(session: ClientSession, counts: readonly RunCount[]): Promise<void> {
    if (counts.length === 0) return;
    const operations = counts.map(({ kafkaPartition, connector, partition, run, n }) => {
      const seen = `seen.${kafkaPartition}`;
      const first = firstSeen({ connector, partition, profile: run.profile, runId: run.id });
      const update = [{ $set: { [seen]: { $add: [{ $ifNull: [`$${seen}`, 0] }, n] }, ...first } }];
      return { updateOne: { filter: { _id: runKey(run, partition) }, update, upsert: true } };
    });
    await this.#store.state.bulkWrite(operations, { session });
  }

  async seenChunk(session: ClientSession, chunk: SeenChunk): Promise<void> {
    await this.#store.runSeen.updateOne(
      { _id: `${runKey(chunk.run, chunk.partition)}:${chunk.index}` },
      { $set: { run: runKey(chunk.run, chunk.partition), anchors: chunk.anchors } },
      { upsert: true, session },
    );
  }

  /** A marker passed; the last one completes the run. */
  async marker(session: ClientSession, marker: RunMarker): Promise<void> {
    const _id = runKey(marker.run, marker.partition);
    const at = `markers.${marker.kafkaPartition}`;
    const first = firstSeen({
      connector: marker.connector,
      partition: marker.partition,
      profile: marker.run.profile,
      runId: marker.run.id,
    });
    const updated = (await this.#store.state.findOneAndUpdate(
      { _id },
      [{ $set: { [at]: { sent: marker.sent, complete: marker.complete }, ...first } }],
      { upsert: true, returnDocument: 'after', session },
    )) as RunDocument | null;
    if (updated === null || Object.keys(updated.markers).length < marker.kafkaPartitions) return;
    await this.#staged(session, marker, updated);
    await this.#store.state.deleteOne({ _id }, { session });
    await this.#store.runSeen.deleteMany({ run: _id }, { session });
  }

  async #staged(session: ClientSession, marker: RunMarker, run: RunDocument): Promise<void> {
    const gap = Object.entries(run.markers).find(([partition, { sent }]) => (run.seen?.[partition] ?? 0) < sent);
    const complete = gap === undefined && Object.values(run.markers).every((entry) => entry.complete);
    const { connector, partition } = marker;
    if (marker.run.profile === 'full-import' && (await this.#isRepeated(session, marker, gap !== undefined))) {
      this.#log.info({ event: 'run.repeated', connector, partition, runId: marker.run.id });
      return;
    }
    this.#log.info({
      event: 'run.staged',
      connector,
      partition,
      runId: marker.run.id,
      profile: marker.run.profile,
      objects: marker.objects,
      complete,
      gap: gap?.[0],
    });
    if (gap !== undefined)
      this.#log.error(
        { event: 'run.gap', code: 'ADJ-ENG-2004', connector, partition, runId: marker.run.id },
        'Messages of a run are missing.',
      );
    const evidence = {
      lastRunId: marker.run.id,
      lastRunAt: new Date(),
      lastRunStartedAt: new Date(marker.startedAt),
      lastRunObjects: marker.objects,
    };
    if (marker.run.profile === 'full-import') {
      if (complete) {
        const collapse = await this.#suspectAbsent(
          session,
          connector,
          partition,
          marker,
          runKey(marker.run, partition),
        );
        const armed =
          collapse === undefined ? { synchronized: false, armed: null } : { armed: COLLAPSED, message: collapse };
        await this.#store.state.updateOne(
          { _id: `baseline:${connector}:${partition}` },
          {
            $set: {
              connector,
              partition,
              complete: true,
              ...armed,
              runId: marker.run.id,
              attempt: marker.run.attempt,
              startedAt: new Date(marker.startedAt),
              at: new Date(),
            },
          },
          { upsert: true, session },
        );
      } else {
        const failed =
          gap === undefined
            ? { armed: marker.failure?.code ?? 'ADJ-IMP-1010', message: marker.failure?.message ?? null }
            : {
                armed: 'ADJ-ENG-2004',
                message: `Messages of the full import are missing. ${askForFullImport(connector)}`,
              };
        await this.#store.state.updateOne(
          { _id: `baseline:${connector}:${partition}` },
          { $set: { connector, partition, ...failed, at: new Date() } },
          { upsert: true, session },
        );
      }
    }
    if (marker.complete || marker.run.profile === 'delta-import') {
      await this.#store.state.updateOne(
        { _id: `import:${connector}:${partition}` },
        { $set: { connector, partition, ...evidence } },
        { upsert: true, session },
      );
    }
  }

  /**
   * Kafka may deliver a full import again that is over, or parts of it. It proves nothing about what happened since, and what is missing of an older one
   * takes nothing away from a newer one that was complete.
   */
  async #isRepeated(session: ClientSession, { connector, partition, run, startedAt }: RunMarker, hasGap: boolean) {
    const known = await this.#store.state.findOne({ _id: `baseline:${connector}:${partition}` }, { session });
    if (known?.['complete'] !== true) return false;
    if (known['runId'] === run.id) return Number(known['attempt']) >= run.attempt;
    return hasGap && known['startedAt'] instanceof Date && known['startedAt'] > new Date(startedAt);
  }

  /**
   * Objects that the complete read did not show are asked for by anchor; only the answer deletes. Resolves to the reason why nothing was asked: when
   * most of what is known is gone, the directory itself is more likely another one (an emptied or exchanged tenant) than its objects deleted.
   */
  async #suspectAbsent(
    session: ClientSession,
    connector: string,
    partition: string,
    marker: RunMarker,
    key: string,
  ): Promise<string | undefined> {
    const seen = new Set<string>();
    for await (const chunk of this.#store.runSeen.find({ run: key }, { session }))
      for (const anchor of chunk.anchors) seen.add(anchor);
    const missing: string[] = [];
    let known = 0;
    const cursor = this.#store.cs.find(
      { connector, partition, anchor: { $exists: true }, importedDelete: false },
      { session, projection: { anchor: 1, lastRun: 1 } },
    );
    for await (const document of cursor) {
      const anchor = document.anchor ?? '';
      known += 1;
      if (!seen.has(anchor) && document.lastRun !== marker.run.id) missing.push(anchor);
    }
    if (missing.length === 0) return undefined;
    if (isCollapse(missing.length, known) && !(await this.#isAccepted(marker.run.id, session))) {
      const message = `The full import shows ${known - missing.length} of ${known} known objects. Nothing is deleted or exported.`;
      this.#log.error(
        {
          event: 'run.collapsed',
          code: COLLAPSED,
          connector,
          partition,
          runId: marker.run.id,
          known,
          missing: missing.length,
        },
        message,
      );
      return message;
    }
    this.#log.info({ event: 'run.absent', connector, partition, runId: marker.run.id, candidates: missing.length });
    const requests = [];
    for (let start = 0; start < missing.length; start += CONFIRM_CHUNK) {
      const value: ConfirmRequest = {
        connector,
        partition,
        run: marker.run,
        anchors: missing.slice(start, start + CONFIRM_CHUNK),
      };
      requests.push({ topic: confirmTopic(connector), key: partition, value });
    }
    await this.#outbox.append(session, requests);
    return undefined;
  }

  /** The operator has seen the collapse and requested the run with `--accept-fewer`. */
  async #isAccepted(runId: string, session: ClientSession): Promise<boolean> {
    const request = await this.#store.db
      .collection<{ _id: string; acceptFewer?: boolean }>('runs')
      .findOne({ _id: runId }, { session });
    return request?.acceptFewer === true;
  }
}

const COLLAPSED = 'ADJ-IMP-1012';
/** Fewer gone objects than this are no collapse however small the directory is. */
const COLLAPSE_MIN = 20;

/** More than half of what is known is gone, as importers judge it by counts of their own. */
function isCollapse(missing: number, known: number): boolean {
  return missing >= COLLAPSE_MIN && missing * 2 > known;
}

/** Fields set by whichever message of the run comes first. */
function firstSeen(fields: Readonly<Record<string, string>>): object {
  return Object.fromEntries([
    ...Object.entries(fields).map(([name, value]) => [name, { $literal: value }]),
    ['at', { $ifNull: ['$at', '$$NOW'] }],
  ]);
}

const runKey = (run: RunRef, partition: string): string => `run:${run.id}:${run.attempt}:${partition}`;
