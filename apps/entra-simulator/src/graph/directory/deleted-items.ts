import type { GraphReply } from '../../http/graph-message.js';
import { noContent } from '../../http/graph-message.js';
import type { Call, Route } from '../../http/route.js';
import { matches } from '../../query/filter-match.js';
import { readQuery } from '../../query/odata-query.js';
import { decodeSkipToken, encodeSkipToken, takePage } from '../../query/page.js';
import { odataType, project } from '../../query/select.js';
import { stringsOf } from '../../json.js';
import type { DirectoryObject, DirectoryType } from '../../store/directory-object.js';
import { propertyOf } from '../../store/directory-object.js';
import { checkAddresses, checkUnique } from '../addresses.js';
import { notFound } from '../graph-error.js';

const READ = [
  'User.Read.All',
  'User.ReadWrite.All',
  'Group.Read.All',
  'Group.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];
const WRITE = ['User.DeleteRestore.All', 'User.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'];

function itemOf(call: Call): DirectoryObject {
  const id = call.param('id');
  const object = call.tenant.directory.recycled.get(id.toLowerCase());
  if (object === undefined) throw notFound(id);
  return object;
}

const show = (object: DirectoryObject, select: readonly string[] | undefined) => ({
  ...project(object, select),
  deletedDateTime: propertyOf(object, 'deletedDateTime') ?? null,
});

function list(call: Call, type: DirectoryType): GraphReply {
  const { tenant, request } = call;
  const query = readQuery(request, type, tenant.directory.extensions);
  const after = decodeSkipToken(query.skipToken);
  const items: [number, DirectoryObject][] = [];
  for (const object of tenant.directory.recycled.values()) {
    if (object.type !== type || (query.filter !== undefined && !matches(object, query.filter))) continue;
    items.push([object.ordinal, object]);
  }
  items.sort(([left], [right]) => left - right);
  const page = takePage(
    items.filter(([position]) => position > after),
    query.top,
  );
  const next = new URLSearchParams(request.query);
  if (page.next !== undefined) next.set('$skiptoken', encodeSkipToken(page.next));
  const link =
    page.next === undefined ? {} : { '@odata.nextLink': `${tenant.linkBase()}${request.path}?${next.toString()}` };
  return {
    status: 200,
    body: {
      '@odata.context': `${tenant.linkBase()}/$metadata#directoryObjects`,
      ...link,
      value: page.items.map((object) => show(object, query.select)),
    },
  };
}

function read(call: Call): GraphReply {
  const object = itemOf(call);
  const query = readQuery(call.request, object.type, call.tenant.directory.extensions);
  return { status: 200, body: { '@odata.type': odataType(object.type), ...show(object, query.select) } };
}

/** The name a deleted user had: the prefix of its dashless id is taken off (section 8). */
function formerUpn(object: DirectoryObject): string | undefined {
  const upn = object.properties['userPrincipalName'];
  if (typeof upn !== 'string') return undefined;
  const prefix = object.id.replaceAll('-', '');
  return upn.startsWith(prefix) ? upn.slice(prefix.length) : upn;
}

function restore(call: Call): GraphReply {
  const { tenant } = call;
  const object = itemOf(call);
  const upn = formerUpn(object);
  checkUnique(tenant, object, 'userPrincipalName', upn);
  checkAddresses(tenant, stringsOf(object.properties['proxyAddresses']), object.id);
  tenant.directory.restore(object, upn);
  return { status: 200, body: { '@odata.type': odataType(object.type), ...project(object, undefined) } };
}

function purge(call: Call): GraphReply {
  call.tenant.directory.purge(itemOf(call));
  return noContent;
}

const BIN = '/directory/deletedItems';
const TYPES: readonly (readonly [string, DirectoryType])[] = [
  ['microsoft.graph.user', 'user'],
  ['microsoft.graph.group', 'group'],
  ['microsoft.graph.application', 'application'],
];

/** `/directory/deletedItems`: the recycle bin (spec operations/graph-export.md section 8). */
export const deletedItemRoutes: readonly Route[] = [
  ...TYPES.map(([name, type]) => ({
    method: 'GET',
    pattern: `${BIN}/${name}`,
    permissions: READ,
    cost: 2,
    handler: (call: Call) => list(call, type),
  })),
  { method: 'GET', pattern: `${BIN}/{id}`, permissions: READ, cost: 1, handler: read },
  { method: 'POST', pattern: `${BIN}/{id}/restore`, permissions: WRITE, cost: 1, handler: restore },
  { method: 'DELETE', pattern: `${BIN}/{id}`, permissions: WRITE, cost: 1, handler: purge },
];
