import type { GraphReply } from '../../http/graph-message.js';
import { noContent } from '../../http/graph-message.js';
import type { Call, Route } from '../../http/route.js';
import type { Json, JsonObject } from '../../json.js';
import { checkWrite } from '../../schema/check-write.js';
import type { DirectoryObject } from '../../store/directory-object.js';
import { checkAddresses, checkUnique } from '../addresses.js';
import { bodyOf } from '../body.js';
import { badRequest, denied } from '../graph-error.js';
import { countObjects, created, linkedList, linkedPage, readList, readObject } from '../reads.js';
import { BIND_LIMIT, resolveBind } from '../references.js';
import { checkGroupKind, checkGroupValues } from './group-values.js';
import * as membership from './membership.js';

const READ = ['Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const WRITE = ['Group.ReadWrite.All', 'Directory.ReadWrite.All'];
const READ_MEMBERS = ['GroupMember.Read.All', 'GroupMember.ReadWrite.All', ...READ];
const WRITE_MEMBERS = ['GroupMember.ReadWrite.All', ...WRITE];
const MEMBERS = 'members@odata.bind';
const OWNERS = 'owners@odata.bind';

interface GroupBody {
  readonly values: JsonObject;
  readonly members: readonly DirectoryObject[];
  readonly owners: readonly DirectoryObject[];
}

function readBody(call: Call, allowOwners: boolean): GroupBody {
  const { [MEMBERS]: members, [OWNERS]: owners, ...values } = bodyOf(call.request);
  if (owners !== undefined && !allowOwners) throw badRequest(`Invalid property '${OWNERS}'.`);
  const resolve = (name: string, value: Json | undefined): readonly DirectoryObject[] =>
    value === undefined ? [] : resolveBind(call.tenant, name, value);
  const bound = { members: resolve(MEMBERS, members), owners: resolve(OWNERS, owners) };
  if (bound.members.length + bound.owners.length > BIND_LIMIT) {
    throw badRequest(`The number of references exceeds the limit of ${BIND_LIMIT}.`);
  }
  return { values, ...bound };
}

function create(call: Call): GraphReply {
  const { tenant, request } = call;
  const { directory } = tenant;
  const body = readBody(call, true);
  const values = checkWrite(body.values, { type: 'group', operation: 'create', extensions: directory.extensions });
  checkGroupValues(values);
  checkGroupKind(values);
  if (values['isAssignableToRole'] === true && !request.caller.permissions.has('RoleManagement.ReadWrite.Directory')) {
    throw denied();
  }
  checkUnique(tenant, { type: 'group', id: undefined }, 'uniqueName', values['uniqueName']);
  const mail = values['mailEnabled'] === true ? `${String(values['mailNickname'])}@${tenant.initialDomain}` : undefined;
  const addresses = mail === undefined ? [] : [`SMTP:${mail}`];
  checkAddresses(tenant, addresses, undefined);
  if (body.owners.some((owner) => owner.type !== 'user')) {
    throw badRequest("Invalid object type for the reference property 'owners'.");
  }
  const now = new Date(directory.now()).toISOString();
  const properties = { groupTypes: [], ...values, createdDateTime: now, renewedDateTime: now };
  const withMail = mail === undefined ? properties : { ...properties, mail, proxyAddresses: addresses };
  const id = directory.newId();
  checkNewMembers(values, body.members);
  const group = directory.create({ id, type: 'group', properties: withMail });
  for (const member of body.members) directory.addMember(group, member);
  for (const owner of body.owners) directory.setOwner(group, owner, true);
  return created(call, group);
}

/** The checks of {@link membership.checkMembers} for a group that does not exist yet. */
function checkNewMembers(values: Readonly<Record<string, Json>>, members: readonly DirectoryObject[]): void {
  const types = values['groupTypes'];
  const has = (type: string): boolean => Array.isArray(types) && types.includes(type);
  if (members.length > 0 && has('DynamicMembership')) throw denied('The membership is dynamic.');
  if (new Set(members).size < members.length) throw badRequest(`Duplicate references in '${MEMBERS}'.`);
  const wrong = members.find((member) => member.type === 'application' || (has('Unified') && member.type !== 'user'));
  if (wrong !== undefined) throw badRequest(`Invalid object type for the reference property 'members': ${wrong.type}.`);
}

/** Adds members all or none; other properties may travel in the same PATCH (section 2). */
function update(call: Call): GraphReply {
  const { tenant } = call;
  const { directory } = tenant;
  const group = membership.groupOf(call);
  const body = readBody(call, false);
  const onlyMembers = Object.keys(body.values).length === 0;
  if (!onlyMembers && !WRITE.some((name) => call.request.caller.permissions.has(name))) throw denied();
  const values = checkWrite(body.values, {
    type: 'group',
    operation: 'update',
    extensions: directory.extensions,
    existing: group.properties,
  });
  checkGroupValues(values);
  checkUnique(tenant, { type: 'group', id: group.id }, 'uniqueName', values['uniqueName']);
  if (body.members.length > 0) membership.checkMembers(tenant, group, body.members);
  directory.update(group, values);
  for (const member of body.members) directory.addMember(group, member);
  return noContent;
}

function remove(call: Call): GraphReply {
  call.tenant.directory.remove(membership.groupOf(call));
  return noContent;
}

function* membersOf(group: DirectoryObject): Generator<readonly [number, string]> {
  for (const [id, position] of group.members) yield [position, id];
}

/** `/groups` and their members and owners (spec operations/graph-export.md section 2). */
export const groupRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/groups',
    permissions: READ,
    cost: 2,
    handler: (call) => readList(call, 'group', 'groups'),
  },
  {
    method: 'GET',
    pattern: '/groups/$count',
    permissions: READ,
    cost: 1,
    handler: (call) => countObjects(call, 'group'),
  },
  { method: 'POST', pattern: '/groups', permissions: WRITE, cost: 1, handler: create },
  {
    method: 'GET',
    pattern: '/groups/{id}',
    permissions: READ,
    cost: 1,
    handler: (call) => readObject(call, membership.groupOf(call), 'groups'),
  },
  { method: 'PATCH', pattern: '/groups/{id}', permissions: WRITE_MEMBERS, cost: 1, handler: update },
  { method: 'DELETE', pattern: '/groups/{id}', permissions: WRITE, cost: 1, handler: remove },
  {
    method: 'GET',
    pattern: '/groups/{id}/members',
    permissions: READ_MEMBERS,
    cost: 3,
    handler: (call) => linkedPage(call, membersOf(membership.groupOf(call))),
  },
  {
    method: 'POST',
    pattern: '/groups/{id}/members/$ref',
    permissions: WRITE_MEMBERS,
    cost: 1,
    handler: membership.addMember,
  },
  {
    method: 'DELETE',
    pattern: '/groups/{id}/members/{member}/$ref',
    permissions: WRITE_MEMBERS,
    cost: 1,
    handler: membership.removeMember,
  },
  {
    method: 'DELETE',
    pattern: '/groups/{id}/members/{member}',
    permissions: WRITE_MEMBERS,
    cost: 1,
    handler: membership.deleteMemberObject,
  },
  {
    method: 'GET',
    pattern: '/groups/{id}/memberOf',
    permissions: READ_MEMBERS,
    cost: 2,
    handler: (call) => linkedList(call, [...membership.groupOf(call).memberOf]),
  },
  {
    method: 'GET',
    pattern: '/groups/{id}/owners',
    permissions: READ,
    cost: 2,
    handler: (call) => linkedList(call, [...membership.groupOf(call).owners]),
  },
  { method: 'POST', pattern: '/groups/{id}/owners/$ref', permissions: WRITE, cost: 1, handler: membership.addOwner },
  {
    method: 'DELETE',
    pattern: '/groups/{id}/owners/{owner}/$ref',
    permissions: WRITE,
    cost: 1,
    handler: membership.removeOwner,
  },
];
