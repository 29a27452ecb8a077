import type { GraphReply } from '../../http/graph-message.js';
import { noContent } from '../../http/graph-message.js';
import type { Call, Route } from '../../http/route.js';
import type { Json } from '../../json.js';
import { checkWrite } from '../../schema/check-write.js';
import type { DirectoryObject } from '../../store/directory-object.js';
import { checkAddresses, checkUnique, withPrimary } from '../addresses.js';
import { bodyOf } from '../body.js';
import { badProperty, denied, notFound } from '../graph-error.js';
import { countObjects, created, readList, readObject } from '../reads.js';
import { findUser } from '../references.js';
import { verifiedDomain } from '../tenant.js';
import { checkUserValues } from './user-values.js';

const READ = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const WRITE = ['User.ReadWrite.All', 'Directory.ReadWrite.All'];
const PASSWORD = ['User-PasswordProfile.ReadWrite.All', 'Directory.ReadWrite.All'];

/** The user of the path. @throws GraphError 404 */
export function userOf(call: Call): DirectoryObject {
  const key = call.param('id');
  const user = findUser(call.tenant, key);
  if (user === undefined) throw notFound(key);
  return user;
}

function checkConflicts(call: Call, values: Readonly<Record<string, Json>>, self: DirectoryObject | undefined): void {
  const key = { type: 'user', id: self?.id } as const;
  checkUnique(call.tenant, key, 'userPrincipalName', values['userPrincipalName']);
  // The anchor of a user in the recycle bin still counts.
  checkUnique(call.tenant, key, 'onPremisesImmutableId', values['onPremisesImmutableId'], true);
}

/** `mail` also sets the primary proxy address. */
function applyMail(call: Call, values: Record<string, Json>, self: DirectoryObject | undefined): void {
  const mail = values['mail'];
  if (mail === undefined || (mail !== null && typeof mail !== 'string')) return;
  const addresses = withPrimary(self?.properties['proxyAddresses'], mail);
  checkAddresses(call.tenant, addresses, self?.id);
  values['proxyAddresses'] = addresses;
}

function create(call: Call): GraphReply {
  const { tenant } = call;
  const { directory } = tenant;
  const values = checkWrite(bodyOf(call.request), {
    type: 'user',
    operation: 'create',
    extensions: directory.extensions,
  });
  checkUserValues(tenant, values);
  checkFederation(call, values);
  checkConflicts(call, values, undefined);
  applyMail(call, values, undefined);
  delete values['passwordProfile'];
  const now = new Date(directory.now()).toISOString();
  const user = directory.create({
    type: 'user',
    properties: { userType: 'Member', ...values, createdDateTime: now, lastPasswordChangeDateTime: now },
  });
  return created(call, user);
}

function checkFederation(call: Call, values: Readonly<Record<string, Json>>): void {
  const upn = String(values['userPrincipalName']);
  const domain = verifiedDomain(call.tenant, upn.slice(upn.indexOf('@') + 1));
  if (domain?.federated === true && typeof values['onPremisesImmutableId'] !== 'string') {
    throw badProperty(
      'InvalidValue',
      'onPremisesImmutableId',
      'Property onPremisesImmutableId is required for a user of a federated domain.',
    );
  }
}

function update(call: Call): GraphReply {
  const { tenant, request } = call;
  const user = userOf(call);
  const values = checkWrite(bodyOf(request), {
    type: 'user',
    operation: 'update',
    extensions: tenant.directory.extensions,
    existing: user.properties,
  });
  if ('passwordProfile' in values && !PASSWORD.some((name) => request.caller.permissions.has(name))) throw denied();
  checkUserValues(tenant, values);
  checkConflicts(call, values, user);
  applyMail(call, values, user);
  if ('passwordProfile' in values) {
    values['lastPasswordChangeDateTime'] = new Date(tenant.directory.now()).toISOString();
    delete values['passwordProfile'];
  }
  mergeComplex(user, values);
  tenant.directory.update(user, values);
  return noContent;
}

/** A complex property in a PATCH changes only the members it names. */
function mergeComplex(user: DirectoryObject, values: Record<string, Json>): void {
  for (const name of ['onPremisesExtensionAttributes', 'employeeOrgData']) {
    const next = values[name];
    const before = user.properties[name];
    if (typeof next === 'object' && next !== null && typeof before === 'object' && before !== null) {
      values[name] = { ...before, ...next };
    }
  }
}

function remove(call: Call): GraphReply {
  call.tenant.directory.remove(userOf(call));
  return noContent;
}

/** `/users`: create, read, change, delete (spec operations/graph-export.md section 1). */
export const userRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/users', permissions: READ, cost: 2, handler: (call) => readList(call, 'user', 'users') },
  {
    method: 'GET',
    pattern: '/users/$count',
    permissions: READ,
    cost: 1,
    handler: (call) => countObjects(call, 'user'),
  },
  { method: 'POST', pattern: '/users', permissions: WRITE, cost: 1, handler: create },
  {
    method: 'GET',
    pattern: '/users/{id}',
    permissions: READ,
    cost: 1,
    handler: (call) => readObject(call, userOf(call), 'users'),
  },
  { method: 'PATCH', pattern: '/users/{id}', permissions: WRITE, cost: 1, handler: update },
  { method: 'DELETE', pattern: '/users/{id}', permissions: WRITE, cost: 1, handler: remove },
];
