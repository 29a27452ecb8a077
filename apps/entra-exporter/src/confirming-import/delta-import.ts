import { GRAPH_OBJECT_TYPES, toSyncError, type GraphObjectType } from '@adjoin/contracts';
import { readDelta, type DeltaItem } from '@adjoin/graph';
import { traceHeaders } from '@adjoin/shared';
import { ChangePublisher } from './change-publisher.js';
import { deltaOf, hasProperties, removalOf, wholeOf, type ItemContext } from './directory-item.js';
import { times } from './full-import.js';
import type { ImportContext, ImportResult, ImportRun } from './import-context.js';

/** An object that says it was created within this time and was not reported before is new to everybody. */
const NEW_MS = 15 * 60_000;
/** Links that moved without any change are stored this often only. */
const SAVE_MS = 30_000;

/**
 * One round of delta reads over all types. Without changes nothing is published, unless somebody asked for the run. The links are stored after
 * Kafka has acknowledged everything.
 * @throws ADJ-EXP-3009 when a token expired: a full import is due.
 */
export async function deltaImport(context: ImportContext, run: ImportRun, requested: boolean): Promise<ImportResult> {
  const links = context.cursor.current.links;
  if (links === undefined) return { objects: 0, messages: 0, complete: false };
  const startedAt = new Date();
  const publisher = new ChangePublisher(
    context.target,
    context.sequence,
    { id: run.id, attempt: run.attempt, profile: 'delta-import' },
    traceHeaders(),
  );
  try {
    const next = await Promise.all(
      GRAPH_OBJECT_TYPES.map(
        async (type) => [type, await readType(context, publisher, type, links[type], startedAt)] as const,
      ),
    );
    if (publisher.messages > 0 || requested) await publisher.markers({ complete: true, ...times(startedAt) });
    const due = startedAt.getTime() - (context.cursor.current.lastDeltaAt?.getTime() ?? 0) > SAVE_MS;
    if (publisher.messages > 0 || requested || due || context.cursor.current.failure !== undefined) {
      await context.cursor.save({
        links: Object.fromEntries(next) as Record<GraphObjectType, string>,
        lastDeltaAt: startedAt,
        failure: undefined,
      });
    }
    return { objects: publisher.objects, messages: publisher.messages, complete: true };
  } catch (cause) {
    const error = toSyncError(cause, 'ADJ-IMP-1010');
    if ((publisher.messages > 0 || requested) && error.code !== 'ADJ-KFK-0001') {
      await publisher.markers({
        complete: false,
        ...times(startedAt),
        failure: { code: error.code, message: error.message },
      });
    }
    throw error;
  }
}

async function readType(
  context: ImportContext,
  publisher: ChangePublisher,
  type: GraphObjectType,
  link: string,
  startedAt: Date,
): Promise<string> {
  let next = link;
  for await (const page of readDelta(context.api, link, context.signal)) {
    if (page.items.length > 0) await publishItems(context, publisher, type, page.items, startedAt);
    next = page.deltaLink ?? next;
  }
  return next;
}

async function publishItems(
  context: ImportContext,
  publisher: ChangePublisher,
  type: GraphObjectType,
  items: readonly DeltaItem[],
  startedAt: Date,
): Promise<void> {
  const shown = items.filter((item) => item['@removed'] === undefined && hasProperties(item)).map((item) => item.id);
  const itemContext: ItemContext = {
    type,
    tenant: context.tenant,
    shadows: await context.shadows.load(shown),
    readStartedAt: startedAt.toISOString(),
  };
  for (const item of items) {
    if (item['@removed'] !== undefined) {
      // Should it come back, it is new again.
      context.reported.delete(item.id);
      if (type === 'user' || type === 'group') context.usersRemoved();
      await publisher.change(removalOf(item, itemContext));
    } else if (isNew(context, item, startedAt)) {
      await publisher.change(wholeOf(item, itemContext));
      const links = deltaOf(item, itemContext).references;
      if (links !== undefined)
        await publisher.change(
          {
            anchor: item.id,
            op: 'delta',
            objectType: type,
            references: links,
            readStartedAt: itemContext.readStartedAt,
          },
          true,
        );
    } else await publisher.change(deltaOf(item, itemContext));
  }
  context.metrics.imported(items.length);
}

/**
 * A delta answer does not say whether an object is new or changed, and the engine can only begin with a whole one. New is what was created a
 * short time ago and was not reported yet; a new object's answer carries all its properties.
 */
function isNew({ reported }: ImportContext, item: DeltaItem, startedAt: Date): boolean {
  const created = item['createdDateTime'] ?? item['registrationDateTime'];
  if (typeof created !== 'string' || startedAt.getTime() - Date.parse(created) > NEW_MS || reported.has(item.id))
    return false;
  for (const [id, at] of reported) {
    if (startedAt.getTime() - at <= NEW_MS * 2) break;
    reported.delete(id);
  }
  reported.set(item.id, startedAt.getTime());
  return true;
}
