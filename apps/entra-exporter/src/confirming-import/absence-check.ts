import type { ConfirmRequest, GraphObjectType } from '@adjoin/contracts';
import type { BatchReply, DeltaItem } from '@adjoin/graph';
import { GRAPH_RESOURCE, selectOf } from '../mapping/from-graph.js';
import { fromReply } from '../export-run/outcome.js';
import { ChangePublisher, type ChangeBody } from './change-publisher.js';
import { wholeOf } from './directory-item.js';
import { times } from './full-import.js';
import type { ImportContext } from './import-context.js';

const TYPE_OF: Readonly<Record<string, GraphObjectType>> = {
  '#microsoft.graph.user': 'user',
  '#microsoft.graph.group': 'group',
  '#microsoft.graph.device': 'device',
  '#microsoft.graph.orgContact': 'contact',
};

/**
 * Answers the engine's question whether objects that a full read did not show are really gone: each is read by its id.
 * @throws coded errors when Graph does not answer for one of them; the question stays open.
 */
export async function checkAbsence(context: ImportContext, request: ConfirmRequest, runId: string): Promise<void> {
  const startedAt = new Date();
  const publisher = new ChangePublisher(
    context.target,
    context.sequence,
    { id: runId, attempt: 1, profile: 'delta-import' },
    {},
  );
  const bodies = await Promise.all(
    request.anchors.map((anchor) => readObject(context, anchor, startedAt.toISOString())),
  );
  for (const body of bodies) if (body !== undefined) await publisher.change(body);
  await publisher.markers({ complete: true, ...times(startedAt) });
}

async function readObject(
  context: ImportContext,
  anchor: string,
  readStartedAt: string,
): Promise<ChangeBody | undefined> {
  const first = await get(context, `/directoryObjects/${encodeURIComponent(anchor)}`);
  if (first === undefined) return { anchor, op: 'delete', reason: 'confirmed-absent', readStartedAt };
  const type = TYPE_OF[String(first['@odata.type'])];
  if (type === undefined) return undefined;
  const { tenant } = context;
  const expand = type === 'user' ? '&$expand=manager($select=id)' : '';
  const object = await get(
    context,
    `/${GRAPH_RESOURCE[type]}/${anchor}?$select=${selectOf(type, tenant, false)}${expand}`,
  );
  if (object === undefined) return { anchor, op: 'delete', reason: 'confirmed-absent', readStartedAt };
  const manager = object['manager'] as { id?: unknown } | undefined;
  const item: DeltaItem = {
    ...object,
    id: anchor,
    ...(typeof manager?.id === 'string' ? { 'manager@delta': [{ id: manager.id }] } : {}),
  };
  return wholeOf(item, { type, tenant, shadows: await context.shadows.load([anchor]), readStartedAt });
}

async function get({ batcher }: ImportContext, url: string): Promise<Record<string, unknown> | undefined> {
  const [reply]: readonly (BatchReply | undefined)[] = await batcher.submit({
    calls: [{ method: 'GET', url }],
    repeatable: true,
  });
  if (reply?.kind === 'answer' && reply.status === 200) return reply.body as Record<string, unknown>;
  if (reply?.kind === 'answer' && reply.status === 404) return undefined;
  const { error } = fromReply(reply, `Reading ${url}`, 0);
  throw error ?? new Error('no answer');
}
