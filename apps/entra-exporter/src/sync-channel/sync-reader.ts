import { SyncError, toSyncError, type ConfirmRequest } from '@adjoin/contracts';
import { traceHeaders } from '@adjoin/shared';
import type { ReadBackPage, SyncObject, SyncService } from '@adjoin/sync-service';
import { ChangePublisher, type ChangeBody } from '../confirming-import/change-publisher.js';
import { dnOf } from '../confirming-import/directory-item.js';
import { collapsed, times } from '../confirming-import/full-import.js';
import type { ImportBase, ImportResult, ImportRun } from '../confirming-import/import-context.js';
import type { ImportCursor } from '../confirming-import/import-cursor.store.js';
import { MemberSets } from '../confirming-import/member-sets.js';
import type { TargetReader } from '../target/directory-target.js';
import { fromSyncObject, type ReadObject } from './from-sync-object.js';

/**
 * Reads the synchronized objects of the tenant back, as the service keeps them: with the exported values, not with what the cloud made of them.
 * Cloud-only objects are not among them.
 */
export class SyncReader implements TargetReader {
  readonly #service: Pick<SyncService, 'readBack'>;

  constructor(service: Pick<SyncService, 'readBack'>) {
    this.#service = service;
  }

  canContinue({ cookie }: ImportCursor): Promise<boolean> {
    return Promise.resolve(cookie !== undefined);
  }

  async full(base: ImportBase, run: ImportRun): Promise<ImportResult> {
    const startedAt = new Date();
    const publisher = publisherOf(base, run, 'full-import');
    try {
      const seen = new Set<string>();
      const cookie = await this.#publish(base, publisher, { cookie: undefined, full: true }, seen);
      const collapse = run.acceptFewer ? undefined : collapsed(base.cursor.current.lastCompleteCount, seen.size);
      if (collapse === undefined) await publisher.seen([...seen]);
      await publisher.markers({
        complete: collapse === undefined,
        ...times(startedAt),
        ...(collapse === undefined ? {} : { failure: collapse }),
      });
      await base.cursor.save({
        cookie,
        lastDeltaAt: startedAt,
        failure: collapse,
        ...(collapse === undefined ? { lastCompleteCount: seen.size, lastCompleteFullAt: startedAt } : {}),
      });
      return { objects: seen.size, messages: publisher.messages, complete: collapse === undefined, failure: collapse };
    } catch (cause) {
      throw await this.#broken(publisher, startedAt, cause, true);
    }
  }

  async delta(base: ImportBase, run: ImportRun, requested: boolean): Promise<ImportResult> {
    const { cookie } = base.cursor.current;
    if (cookie === undefined) return { objects: 0, messages: 0, complete: false };
    const startedAt = new Date();
    const publisher = publisherOf(base, run, 'delta-import');
    try {
      const next = await this.#publish(base, publisher, { cookie, full: false });
      if (publisher.messages > 0 || requested) await publisher.markers({ complete: true, ...times(startedAt) });
      if (next !== cookie || requested || base.cursor.current.failure !== undefined)
        await base.cursor.save({ cookie: next, lastDeltaAt: startedAt, failure: undefined });
      return { objects: publisher.objects, messages: publisher.messages, complete: true };
    } catch (cause) {
      throw await this.#broken(publisher, startedAt, cause, publisher.messages > 0 || requested);
    }
  }

  /** The service reads no single object: a new reading of all of them answers. */
  async confirmAbsence(base: ImportBase, request: ConfirmRequest, runId: string): Promise<void> {
    const startedAt = new Date();
    const publisher = publisherOf(base, { id: runId, attempt: 1, acceptFewer: false }, 'delta-import');
    const open = new Set(request.anchors.map((anchor) => anchor.toLowerCase()));
    for await (const page of this.#pages(base, { cookie: undefined, full: true })) {
      for (const object of page.objects.map(fromSyncObject)) {
        if (!object.deleted && open.delete(object.anchor))
          await publisher.change(wholeOf(object, startedAt.toISOString()));
      }
      if (open.size === 0) break;
    }
    for (const anchor of open)
      await publisher.change({
        anchor,
        op: 'delete',
        reason: 'confirmed-absent',
        readStartedAt: startedAt.toISOString(),
      });
    await publisher.markers({ complete: true, ...times(startedAt) });
  }

  /** Publishes all pages; @returns the cookie to go on from, when Kafka has everything. */
  async #publish(
    base: ImportBase,
    publisher: ChangePublisher,
    from: Position,
    seen?: Set<string>,
  ): Promise<string | undefined> {
    const readStartedAt = new Date().toISOString();
    const members = new MemberSets(publisher, readStartedAt);
    let cookie = from.cookie;
    for await (const page of this.#pages(base, from)) {
      for (const object of page.objects) await publish(publisher, members, object, readStartedAt, seen);
      base.metrics.imported(page.objects.length);
      cookie = page.cookie ?? cookie;
    }
    await members.close();
    await publisher.flush();
    return cookie;
  }

  async *#pages({ signal }: ImportBase, from: Position): AsyncGenerator<ReadBackPage> {
    let cookie = from.cookie;
    for (;;) {
      const page = await this.#readBack(cookie, from.full, signal);
      yield page;
      if (!page.more) return;
      cookie = page.cookie;
    }
  }

  /** A refused cookie is one that expired. */
  async #readBack(cookie: string | undefined, full: boolean, signal: AbortSignal): Promise<ReadBackPage> {
    try {
      return await this.#service.readBack({ cookie, full }, signal);
    } catch (cause) {
      if (cookie !== undefined && cause instanceof SyncError && cause.code === 'ADJ-EXP-3103')
        throw new SyncError('ADJ-EXP-3009', `The service does not know the cookie any more: ${cause.message}`, {
          cause,
        });
      throw cause;
    }
  }

  async #broken(publisher: ChangePublisher, startedAt: Date, cause: unknown, tell: boolean): Promise<unknown> {
    const error = toSyncError(cause, 'ADJ-IMP-1010');
    // When Kafka is what failed, the engine misses the markers and treats the attempt as failed as well.
    if (tell && error.code !== 'ADJ-KFK-0001') {
      const failure = { code: error.code, message: error.message };
      await publisher.markers({ complete: false, ...times(startedAt), failure });
    }
    return cause;
  }
}

interface Position {
  readonly cookie: string | undefined;
  readonly full: boolean;
}

const publisherOf = (
  { target, sequence }: ImportBase,
  run: ImportRun,
  profile: 'full-import' | 'delta-import',
): ChangePublisher =>
  new ChangePublisher(target, sequence, { id: run.id, attempt: run.attempt, profile }, traceHeaders());

async function publish(
  publisher: ChangePublisher,
  members: MemberSets,
  raw: SyncObject,
  readStartedAt: string,
  seen: Set<string> | undefined,
): Promise<void> {
  const object = fromSyncObject(raw);
  const { anchor, objectType } = object;
  if (object.deleted) {
    seen?.delete(anchor);
    await publisher.change({ anchor, op: 'delete', reason: 'tombstone', objectType, readStartedAt });
    return;
  }
  seen?.add(anchor);
  await publisher.change(wholeOf(object, readStartedAt));
  if (objectType === 'group') {
    const ids = object.references.get('member') ?? [];
    await members.add(
      anchor,
      ids.map((id) => ({ id })),
    );
  }
}

/** The read-back shows everything an object has; members follow as a set of their own. */
function wholeOf({ anchor, objectType, attributes, references }: ReadObject, readStartedAt: string): ChangeBody {
  const others = [...references].filter(([name]) => name !== 'member');
  return {
    anchor,
    op: 'whole',
    objectType,
    dn: dnOf(anchor, attributes),
    attributes,
    readStartedAt,
    ...(others.length === 0
      ? {}
      : {
          references: Object.fromEntries(
            others.map(([name, ids]) => [
              name,
              {
                mode: 'set' as const,
                set: `${readStartedAt}/${anchor}/${name}`,
                index: 0,
                last: true,
                count: ids.length,
                values: ids.map((id) => ({ $ref: id })),
              },
            ]),
          ),
        }),
  };
}
