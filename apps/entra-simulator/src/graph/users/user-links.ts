import type { GraphReply } from '../../http/graph-message.js';
import { noContent } from '../../http/graph-message.js';
import type { Call, Route } from '../../http/route.js';
import type { DirectoryObject } from '../../store/directory-object.js';
import { badRequest, notFound } from '../graph-error.js';
import { linkedList, readObject } from '../reads.js';
import { referenceOf, resolveReference } from '../references.js';
import { userOf } from './user-routes.js';

const READ = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const WRITE = ['User.ReadWrite.All', 'Directory.ReadWrite.All'];

function managerOf(call: Call): DirectoryObject {
  const { manager } = userOf(call);
  const object = manager === undefined ? undefined : call.tenant.directory.visible(manager);
  if (object === undefined) throw notFound('manager');
  return object;
}

function setManager(call: Call): GraphReply {
  const user = userOf(call);
  const manager = resolveReference(call.tenant, referenceOf(call.request.body));
  if (manager.type !== 'user' && manager.type !== 'orgContact') {
    throw badRequest("Invalid object type for the reference property 'manager'.");
  }
  call.tenant.directory.setManager(user, manager);
  return noContent;
}

function clearManager(call: Call): GraphReply {
  const user = userOf(call);
  if (user.manager === undefined) throw notFound('manager');
  call.tenant.directory.setManager(user, undefined);
  return noContent;
}

function managerReference(call: Call): GraphReply {
  const base = call.tenant.linkBase();
  return {
    status: 200,
    body: { '@odata.context': `${base}/$metadata#$ref`, '@odata.id': `${base}/directoryObjects/${managerOf(call).id}` },
  };
}

/** Links of users: manager, reports and memberships. */
export const userLinkRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/users/{id}/manager',
    permissions: READ,
    cost: 1,
    handler: (call) => readObject(call, managerOf(call), 'directoryObjects'),
  },
  { method: 'GET', pattern: '/users/{id}/manager/$ref', permissions: READ, cost: 1, handler: managerReference },
  { method: 'PUT', pattern: '/users/{id}/manager/$ref', permissions: WRITE, cost: 1, handler: setManager },
  { method: 'DELETE', pattern: '/users/{id}/manager/$ref', permissions: WRITE, cost: 1, handler: clearManager },
  {
    method: 'GET',
    pattern: '/users/{id}/directReports',
    permissions: READ,
    cost: 2,
    handler: (call) => linkedList(call, [...userOf(call).reports]),
  },
  {
    method: 'GET',
    pattern: '/users/{id}/memberOf',
    permissions: READ,
    cost: 2,
    handler: (call) => linkedList(call, [...userOf(call).memberOf]),
  },
];
