import { SyncError, toSyncError, type GraphObjectType } from '@adjoin/contracts';
import { readDelta, type DeltaPage } from '@adjoin/graph';
import { traceHeaders } from '@adjoin/shared';
import { GRAPH_RESOURCE, selectOf } from '../mapping/from-graph.js';
import { ChangePublisher } from './change-publisher.js';
import { removalOf, wholeOf, type ItemContext } from './directory-item.js';
import type { ImportContext, ImportResult, ImportRun } from './import-context.js';
import { MemberSets } from './member-sets.js';
import type { Tenant } from '../tenant/tenant-info.js';

/** Referenced objects come before those that refer to them. */
const TYPES: readonly GraphObjectType[] = ['contact', 'device', 'user', 'group'];

/** All properties that reads follow; a change of it makes the stored links useless. */
export const selectionOf = (tenant: Tenant): string =>
  TYPES.map((type) => `${type}:${selectOf(type, tenant, true)}`).join(';');

/**
 * Reads the whole tenant through delta queries and publishes every object. Absence may be concluded from it only when every page of every type
 * was read and the number of objects has not collapsed. The links for the next delta read are stored after Kafka has everything.
 */
export async function fullImport(context: ImportContext, run: ImportRun): Promise<ImportResult> {
  const startedAt = new Date();
  const publisher = new ChangePublisher(
    context.target,
    context.sequence,
    { id: run.id, attempt: run.attempt, profile: 'full-import' },
    traceHeaders(),
  );
  try {
    const { seen, links } = await readAll(context, publisher, startedAt.toISOString());
    const collapse = run.acceptFewer ? undefined : collapsed(context.cursor.current.lastCompleteCount, seen.size);
    if (collapse === undefined) await publisher.seen([...seen]);
    await publisher.markers({
      complete: collapse === undefined,
      ...times(startedAt),
      ...(collapse === undefined ? {} : { failure: collapse }),
    });
    await context.cursor.save({
      links,
      select: selectionOf(context.tenant),
      lastDeltaAt: startedAt,
      failure: collapse,
      ...(collapse === undefined ? { lastCompleteCount: seen.size, lastCompleteFullAt: startedAt } : {}),
    });
    return { objects: seen.size, messages: publisher.messages, complete: collapse === undefined, failure: collapse };
  } catch (cause) {
    const error = toSyncError(cause, 'ADJ-IMP-1010');
    const failure = { code: error.code, message: error.message };
    // When Kafka is what failed, the engine misses the markers and treats the attempt as failed as well.
    if (error.code !== 'ADJ-KFK-0001') await publisher.markers({ complete: false, ...times(startedAt), failure });
    throw error;
  }
}

async function readAll(context: ImportContext, publisher: ChangePublisher, readStartedAt: string) {
  const seen = new Set<string>();
  const links: Partial<Record<GraphObjectType, string>> = {};
  for (const type of TYPES) {
    const members = new MemberSets(publisher, readStartedAt);
    const first = `/${GRAPH_RESOURCE[type]}/delta?$select=${selectOf(type, context.tenant, true)}`;
    for await (const page of readDelta(context.api, first, context.signal)) {
      await publishPage(context, publisher, { type, page, seen, members, readStartedAt });
      if (page.deltaLink !== undefined) links[type] = page.deltaLink;
    }
    await members.close();
    if (links[type] === undefined)
      throw new SyncError('ADJ-IMP-1010', `The read of ${GRAPH_RESOURCE[type]} ended early.`);
  }
  await publisher.flush();
  return { seen, links: links as Record<GraphObjectType, string> };
}

interface PageWork {
  readonly type: GraphObjectType;
  readonly page: DeltaPage;
  readonly seen: Set<string>;
  readonly members: MemberSets;
  readonly readStartedAt: string;
}

async function publishPage(
  context: ImportContext,
  publisher: ChangePublisher,
  { type, page, seen, members, readStartedAt }: PageWork,
): Promise<void> {
  const shadows = type === 'contact' ? new Map() : await context.shadows.load(page.items.map((item) => item.id));
  const itemContext: ItemContext = { type, tenant: context.tenant, shadows, readStartedAt };
  for (const item of page.items) {
    if (item['@removed'] !== undefined) {
      if (seen.delete(item.id)) await publisher.change(removalOf(item, itemContext), true);
      continue;
    }
    if (!seen.has(item.id)) await publisher.change(wholeOf(item, itemContext));
    seen.add(item.id);
    if (type === 'group') await members.add(item.id, item['members@delta'] ?? []);
  }
  context.metrics.imported(page.items.length);
}

/** A read that shows less than half of what was there before proves nothing (more than ten objects must be gone). */
export function collapsed(before: number | undefined, now: number): { code: string; message: string } | undefined {
  if (before === undefined || now * 2 >= before || before - now <= 10) return undefined;
  return {
    code: 'ADJ-IMP-1012',
    message: `The full read returned ${now} objects; the last complete one had ${before}.`,
  };
}

export const times = (startedAt: Date): { startedAt: string; endedAt: string } => ({
  startedAt: startedAt.toISOString(),
  endedAt: new Date().toISOString(),
});
