import type { ExportMessage, ResultMessage } from '@adjoin/contracts';
import type { GraphApi } from '@adjoin/graph';
import { GRAPH_RESOURCE } from '../mapping/from-graph.js';

/** What an object of the recycle bin was a member of, and its members: a restore brings both back. Cloud ids. */
export type RestoredLinks = NonNullable<ResultMessage['restored']>;

/** More do not fit into one message; what is beyond is left as it is. */
const MOST = 10_000;
const PAGE = 999;

/** Reads the memberships of an object that has just been restored. A read that fails gives none of its kind: they are left as they are. */
export async function readMemberships(
  api: GraphApi,
  objectType: ExportMessage['objectType'],
  cloudId: string,
): Promise<RestoredLinks> {
  const path = `/${GRAPH_RESOURCE[objectType]}/${cloudId}`;
  const [memberOf, members] = await Promise.all([
    idsOf(api, `${path}/memberOf`),
    objectType === 'group' ? idsOf(api, `${path}/members`) : [],
  ]);
  return { memberOf, members };
}

async function idsOf(api: GraphApi, path: string): Promise<string[]> {
  const ids: string[] = [];
  for (let link: string | undefined = `${path}?$select=id&$top=${PAGE}`; link !== undefined && ids.length < MOST;) {
    const reply = await api.call('GET', link);
    if (reply.status !== 200) break;
    const body = reply.body as { value?: readonly { id?: unknown }[]; '@odata.nextLink'?: unknown };
    ids.push(...(body.value ?? []).flatMap(({ id }) => (typeof id === 'string' ? [id] : [])));
    const next = body['@odata.nextLink'];
    link = typeof next === 'string' ? next : undefined;
  }
  return ids.slice(0, MOST);
}
