import type { GraphReply } from '../http/graph-message.js';
import type { Call } from '../http/route.js';
import type { Json, JsonObject } from '../json.js';
import { candidates } from '../query/filter-plan.js';
import { matches } from '../query/filter-match.js';
import type { ODataQuery } from '../query/odata-query.js';
import { readQuery } from '../query/odata-query.js';
import { decodeSkipToken, encodeSkipToken, positioned, takePage } from '../query/page.js';
import { odataType, project } from '../query/select.js';
import type { DirectoryObject, DirectoryType } from '../store/directory-object.js';
import { badRequest } from './graph-error.js';

const context = (call: Call, name: string, select: readonly string[] | undefined, single = ''): string =>
  `${call.tenant.linkBase()}/$metadata#${name}${select === undefined ? '' : `(${select.join(',')})`}${single}`;

/** 201 with the new object and its Location. */
export function created(call: Call, object: DirectoryObject): GraphReply {
  const set = call.request.path.replace(/^\//, '');
  const body = { '@odata.context': context(call, set, undefined, '/$entity'), ...project(object, undefined) };
  return { status: 201, headers: { location: `${call.tenant.linkBase()}/${set}/${object.id}` }, body };
}

/** 200 with one object; `$select` and `$expand` apply. */
export function readObject(call: Call, object: DirectoryObject, set: string): GraphReply {
  const query = readQuery(call.request, object.type, call.tenant.directory.extensions);
  const body: JsonObject = {
    '@odata.context': context(call, set, query.select, '/$entity'),
    ...(set === 'directoryObjects' ? { '@odata.type': odataType(object.type) } : {}),
    ...project(object, query.select),
    ...expanded(call, object, query.expand),
  };
  return { status: 200, body };
}

/** 200 with a page of the objects of a type. */
export function readList(call: Call, type: DirectoryType, set: string): GraphReply {
  const { directory } = call.tenant;
  const query = readQuery(call.request, type, directory.extensions);
  const after = decodeSkipToken(query.skipToken);
  const page = takePage(positioned(selection(call, type, query), after), query.top);
  const total = query.count ? { '@odata.count': countMatches(call, type, query) } : {};
  const value = page.items.map((object) => ({
    ...project(object, query.select),
    ...expanded(call, object, query.expand),
  }));
  return {
    status: 200,
    body: { '@odata.context': context(call, set, query.select), ...total, ...nextLink(call, page.next), value },
  };
}

/** `/$count`: the number of objects as text; an advanced query. */
export function countObjects(call: Call, type: DirectoryType): GraphReply {
  if (call.request.headers['consistencylevel']?.toLowerCase() !== 'eventual') {
    throw badRequest("$count is not currently supported without the header 'ConsistencyLevel: eventual'.");
  }
  call.request.query.set('$count', 'true');
  const query = readQuery(call.request, type, call.tenant.directory.extensions);
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: countMatches(call, type, query) };
}

/** Objects of the type that are visible and match, in creation order. */
function* selection(call: Call, type: DirectoryType, query: ODataQuery): Generator<DirectoryObject> {
  const { directory } = call.tenant;
  const now = directory.now();
  const ids = query.filter === undefined ? undefined : candidates(query.filter, type, directory);
  const objects = ids === undefined ? directory.ordered(type).after(decodeSkipToken(query.skipToken)) : held(call, ids);
  for (const object of objects) {
    if (object.type !== type || object.visibleAt > now) continue;
    if (query.filter === undefined || matches(object, query.filter)) yield object;
  }
}

function held(call: Call, ids: ReadonlySet<string>): readonly DirectoryObject[] {
  const objects = [...ids].map((id) => call.tenant.directory.active.get(id)).filter((object) => object !== undefined);
  return objects.sort((left, right) => left.ordinal - right.ordinal);
}

function countMatches(call: Call, type: DirectoryType, query: ODataQuery): number {
  let count = 0;
  const all = selection(call, type, { ...query, skipToken: undefined });
  while (all.next().done !== true) count += 1;
  return count;
}

/** 200 with linked objects of any type, paged by position. */
export function linkedList(call: Call, ids: readonly string[]): GraphReply {
  const positions = ids.map((id, index) => [index + 1, id] as const);
  return linkedPage(call, positions);
}

/** 200 with a page of linked objects after the position of the skip token. */
export function linkedPage(call: Call, links: Iterable<readonly [number, string]>): GraphReply {
  const { directory } = call.tenant;
  const query = readQuery(call.request, 'directoryObject', directory.extensions);
  const after = decodeSkipToken(query.skipToken);
  const page = takePage(visibleLinks(call, links, after, query), query.top);
  const value = page.items.map((object): Json => ({
    '@odata.type': odataType(object.type),
    ...project(object, query.select),
  }));
  return {
    status: 200,
    body: { '@odata.context': context(call, 'directoryObjects', query.select), ...nextLink(call, page.next), value },
  };
}

function* visibleLinks(
  call: Call,
  links: Iterable<readonly [number, string]>,
  after: number,
  query: ODataQuery,
): Generator<readonly [number, DirectoryObject]> {
  for (const [position, id] of links) {
    if (position <= after) continue;
    const object = call.tenant.directory.visible(id);
    if (object === undefined) continue;
    if (query.filter === undefined || matches(object, query.filter)) yield [position, object];
  }
}

function nextLink(call: Call, next: number | undefined): JsonObject {
  if (next === undefined) return {};
  const query = new URLSearchParams(call.request.query);
  query.set('$skiptoken', encodeSkipToken(next));
  return { '@odata.nextLink': `${call.tenant.linkBase()}${call.request.path}?${query.toString()}` };
}

/** Most linked objects an `$expand` shows. */
const EXPAND_LIMIT = 20;

function expanded(call: Call, object: DirectoryObject, expand: readonly string[]): JsonObject {
  const shown: Record<string, Json> = {};
  for (const item of expand) {
    const [name = '', options = ''] = item.replace(/\)$/, '').split('(');
    const select = /\$select=([^;]*)/.exec(options)?.[1]?.split(',');
    const show = (id: string): Json | undefined => {
      const linked = call.tenant.directory.visible(id);
      return linked && { '@odata.type': odataType(linked.type), ...project(linked, select) };
    };
    if (name === 'manager' && object.type === 'user') {
      const manager = object.manager === undefined ? undefined : show(object.manager);
      if (manager !== undefined) shown['manager'] = manager;
    } else if (name === 'members' && object.type === 'group') shown[name] = first(object.members.keys(), show);
    else if (name === 'owners' && object.type === 'group') shown[name] = first(object.owners, show);
    else if (name === 'memberOf') shown[name] = first(object.memberOf, show);
    else throw badRequest(`Parsing OData Select and Expand failed: Could not find a property named '${name}'.`);
  }
  return shown;
}

function first(ids: Iterable<string>, show: (id: string) => Json | undefined): Json {
  const objects: Json[] = [];
  for (const id of ids) {
    if (objects.length === EXPAND_LIMIT) break;
    const object = show(id);
    if (object !== undefined) objects.push(object);
  }
  return objects;
}
