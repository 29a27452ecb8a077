import type { GraphReply } from '../../http/graph-message.js';
import type { Call, Route } from '../../http/route.js';
import type { JsonObject } from '../../json.js';
import { odataType } from '../../query/select.js';
import { notFound } from '../graph-error.js';
import type { Tenant } from '../tenant.js';

const READ = ['RoleManagement.Read.Directory', 'Directory.Read.All', 'Directory.ReadWrite.All', 'User.ReadWrite.All'];

interface Role {
  readonly id: string;
  readonly displayName: string;
  /** Object ids of users and groups. */
  readonly members: readonly string[];
}

const assigned = new WeakMap<Tenant['directory'], readonly Role[]>();

/** Activated directory roles with their members, by name; replaces all there were. For the administration port. */
export function assignRoles(tenant: Tenant, roles: Readonly<Record<string, readonly string[]>>): void {
  assigned.set(
    tenant.directory,
    Object.entries(roles).map(([displayName, members], index) => ({
      id: `62e90394-69f5-4237-9190-${String(index + 1).padStart(12, '0')}`,
      displayName,
      members: members.map((id) => id.toLowerCase()),
    })),
  );
}

/** Does the object hold a directory role? */
export function holdsRole(tenant: Tenant, id: string): boolean {
  return (assigned.get(tenant.directory) ?? []).some(({ members }) => members.includes(id));
}

function reply(call: Call, set: string, value: readonly JsonObject[]): GraphReply {
  return { status: 200, body: { '@odata.context': `${call.tenant.linkBase()}/$metadata#${set}`, value } };
}

function roles(call: Call): GraphReply {
  const all = assigned.get(call.tenant.directory) ?? [];
  return reply(
    call,
    'directoryRoles',
    all.map(({ id, displayName }) => ({ id, displayName, roleTemplateId: id })),
  );
}

function members(call: Call): GraphReply {
  const role = (assigned.get(call.tenant.directory) ?? []).find(({ id }) => id === call.param('id').toLowerCase());
  if (role === undefined) throw notFound(call.param('id'));
  const objects = role.members.map((id) => call.tenant.directory.visible(id)).filter((object) => object !== undefined);
  return reply(
    call,
    'directoryObjects',
    objects.map((object) => ({
      '@odata.type': odataType(object.type),
      id: object.id,
      displayName: object.properties['displayName'] ?? null,
    })),
  );
}

/** `/directoryRoles`: activated roles and who holds them. */
export const roleRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/directoryRoles', permissions: READ, cost: 1, handler: roles },
  { method: 'GET', pattern: '/directoryRoles/{id}/members', permissions: READ, cost: 2, handler: members },
];
