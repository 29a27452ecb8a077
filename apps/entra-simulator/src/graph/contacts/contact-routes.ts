import type { Call, Route } from '../../http/route.js';
import type { DirectoryObject } from '../../store/directory-object.js';
import { notFound } from '../graph-error.js';
import { countObjects, linkedList, readList, readObject } from '../reads.js';

const READ = ['OrgContact.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];

function contactOf(call: Call): DirectoryObject {
  const id = call.param('id');
  const contact = call.tenant.directory.visible(id.toLowerCase());
  if (contact?.type !== 'orgContact') throw notFound(id);
  return contact;
}

/** `/contacts`: organizational contacts are read-only in Graph (section 3). */
export const contactRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/contacts',
    permissions: READ,
    cost: 2,
    handler: (call) => readList(call, 'orgContact', 'contacts'),
  },
  {
    method: 'GET',
    pattern: '/contacts/$count',
    permissions: READ,
    cost: 1,
    handler: (call) => countObjects(call, 'orgContact'),
  },
  {
    method: 'GET',
    pattern: '/contacts/{id}',
    permissions: READ,
    cost: 1,
    handler: (call) => readObject(call, contactOf(call), 'contacts'),
  },
  {
    method: 'GET',
    pattern: '/contacts/{id}/memberOf',
    permissions: READ,
    cost: 2,
    handler: (call) => linkedList(call, [...contactOf(call).memberOf]),
  },
];
