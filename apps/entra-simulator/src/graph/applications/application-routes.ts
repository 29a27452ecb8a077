import { randomUUID } from 'node:crypto';
import type { GraphReply } from '../../http/graph-message.js';
import { noContent } from '../../http/graph-message.js';
import type { Call, Route } from '../../http/route.js';
import { checkWrite } from '../../schema/check-write.js';
import type { DirectoryObject } from '../../store/directory-object.js';
import { bodyOf } from '../body.js';
import { notFound } from '../graph-error.js';
import { created, readList, readObject } from '../reads.js';

const READ = [
  'Application.Read.All',
  'Application.ReadWrite.All',
  'Application.ReadWrite.OwnedBy',
  'Directory.Read.All',
];
const WRITE = ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy'];

/** The application of the path. @throws GraphError 404 */
export function applicationOf(call: Call): DirectoryObject {
  const id = call.param('id');
  const application = call.tenant.directory.visible(id.toLowerCase());
  if (application?.type !== 'application') throw notFound(id);
  return application;
}

function create(call: Call): GraphReply {
  const { directory } = call.tenant;
  const values = checkWrite(bodyOf(call.request), {
    type: 'application',
    operation: 'create',
    extensions: directory.extensions,
  });
  const createdDateTime = new Date(directory.now()).toISOString();
  const properties = { signInAudience: 'AzureADMyOrg', ...values, appId: randomUUID(), createdDateTime };
  return created(call, directory.create({ type: 'application', properties }));
}

function remove(call: Call): GraphReply {
  call.tenant.directory.remove(applicationOf(call));
  return noContent;
}

/** `/applications`: enough to find the client's own registration. */
export const applicationRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/applications',
    permissions: READ,
    cost: 2,
    handler: (call) => readList(call, 'application', 'applications'),
  },
  { method: 'POST', pattern: '/applications', permissions: WRITE, cost: 1, handler: create },
  {
    method: 'GET',
    pattern: '/applications/{id}',
    permissions: READ,
    cost: 1,
    handler: (call) => readObject(call, applicationOf(call), 'applications'),
  },
  { method: 'DELETE', pattern: '/applications/{id}', permissions: WRITE, cost: 1, handler: remove },
];
