import type { GraphReply } from '../../http/graph-message.js';
import { noContent } from '../../http/graph-message.js';
import type { Call, Route } from '../../http/route.js';
import { odataType, project } from '../../query/select.js';
import { names } from '../../query/odata-query.js';
import type { DirectoryObject } from '../../store/directory-object.js';
import { bodyOf } from '../body.js';
import { badRequest, denied, notFound } from '../graph-error.js';
import { readObject } from '../reads.js';
import { stringsOf } from '../../json.js';

const READ = ['Directory.Read.All', 'Directory.ReadWrite.All', 'User.Read.All', 'User.ReadWrite.All'];
const WRITE = ['Directory.ReadWrite.All', 'User.ReadWrite.All', 'Group.ReadWrite.All', 'Device.ReadWrite.All'];
const GET_BY_IDS_LIMIT = 1000;
const NEEDED = {
  user: 'User.ReadWrite.All',
  group: 'Group.ReadWrite.All',
  device: 'Device.ReadWrite.All',
  application: 'Application.ReadWrite.All',
} as const;

function objectOf(call: Call): DirectoryObject {
  const id = call.param('id');
  const object = call.tenant.directory.visible(id.toLowerCase());
  if (object === undefined) throw notFound(id);
  return object;
}

function remove(call: Call): GraphReply {
  const object = objectOf(call);
  if (object.type === 'orgContact' || !call.request.caller.permissions.has(NEEDED[object.type])) throw denied();
  call.tenant.directory.remove(object);
  return noContent;
}

/** Objects by id, at most 1,000; ids that are not there are left out. */
function getByIds(call: Call): GraphReply {
  const { ids, types, ...rest } = bodyOf(call.request);
  const extra = Object.keys(rest)[0];
  if (extra !== undefined) throw badRequest(`Invalid property '${extra}'.`);
  if (!Array.isArray(ids) || ids.length > GET_BY_IDS_LIMIT) {
    throw badRequest(`A collection of at most ${GET_BY_IDS_LIMIT} ids is required.`);
  }
  const wanted = stringsOf(types);
  const select = names(call.request.query.get('$select'));
  const found = stringsOf(ids)
    .map((id) => call.tenant.directory.visible(id.toLowerCase()))
    .filter((object) => object !== undefined)
    .filter((object) => wanted.length === 0 || wanted.includes(object.type));
  return {
    status: 200,
    body: {
      '@odata.context': `${call.tenant.linkBase()}/$metadata#directoryObjects`,
      value: found.map((object) => ({ '@odata.type': odataType(object.type), ...project(object, select) })),
    },
  };
}

/** `/directoryObjects`: any object by id. */
export const objectRoutes: readonly Route[] = [
  { method: 'POST', pattern: '/directoryObjects/getByIds', permissions: READ, cost: 3, handler: getByIds },
  {
    method: 'GET',
    pattern: '/directoryObjects/{id}',
    permissions: READ,
    cost: 1,
    handler: (call) => readObject(call, objectOf(call), 'directoryObjects'),
  },
  { method: 'DELETE', pattern: '/directoryObjects/{id}', permissions: WRITE, cost: 1, handler: remove },
];
