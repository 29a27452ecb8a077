import type { GraphReply } from '../../http/graph-message.js';
import { noContent } from '../../http/graph-message.js';
import type { Call } from '../../http/route.js';
import type { DirectoryObject } from '../../store/directory-object.js';
import { onPremisesMastered } from '../../schema/check-write.js';
import { isDynamic, isUnified } from '../../store/directory-object.js';
import { badRequest, denied, notFound } from '../graph-error.js';
import { referenceOf, resolveReference } from '../references.js';
import type { Tenant } from '../tenant.js';

/** What a group says to a reference that it has already: nothing is wrong with the request, only with what its sender knows. */
export const ALREADY = (property: string): string =>
  `One or more added object references already exist for the following modified properties: '${property}'.`;
/** Most owners of a group (section 2). */
const OWNER_LIMIT = 100;

/** The group of the path. @throws GraphError 404 */
export function groupOf(call: Call): DirectoryObject {
  const id = call.param('id');
  const group = call.tenant.directory.visible(id.toLowerCase());
  if (group?.type !== 'group') throw notFound(id);
  return group;
}

/**
 * Refuses members the group cannot take; call it for all before adding one.
 * @throws GraphError 400 for a member that is already there, 403 for a dynamic group.
 */
export function checkMembers(tenant: Tenant, group: DirectoryObject, members: readonly DirectoryObject[]): void {
  checkMembership(group);
  const seen = new Set<string>();
  for (const member of members) {
    if (group.members.has(member.id) || seen.has(member.id)) {
      tenant.counters.duplicateMembers += 1;
      throw badRequest(ALREADY('members'));
    }
    seen.add(member.id);
    if (member.id === group.id) throw badRequest('A group cannot be a member of itself.');
    if (member.type === 'application' || (isUnified(group) && member.type !== 'user')) {
      throw badRequest(`Invalid object type for the reference property 'members': ${member.type}.`);
    }
  }
}

/** A rule computes the members of dynamic groups, and synchronized ones get theirs from on premises; they refuse changes (section 2). */
export function checkMembership(group: DirectoryObject): void {
  if (group.properties['onPremisesSyncEnabled'] === true) throw onPremisesMastered();
  if (isDynamic(group)) throw denied('Insufficient privileges to complete the operation: the membership is dynamic.');
}

export function addMember(call: Call): GraphReply {
  const group = groupOf(call);
  const member = resolveReference(call.tenant, referenceOf(call.request.body));
  checkMembers(call.tenant, group, [member]);
  call.tenant.directory.addMember(group, member);
  return noContent;
}

export function removeMember(call: Call): GraphReply {
  const group = groupOf(call);
  const member = memberOf(call, group);
  checkMembership(group);
  call.tenant.directory.removeMember(group, member);
  return noContent;
}

/** `DELETE …/members/{id}` without `/$ref` deletes the member object itself, given the permission (section 2). */
export function deleteMemberObject(call: Call): GraphReply {
  const member = memberOf(call, groupOf(call));
  const { permissions } = call.request.caller;
  const needed =
    member.type === 'group'
      ? 'Group.ReadWrite.All'
      : member.type === 'device'
        ? 'Device.ReadWrite.All'
        : 'User.ReadWrite.All';
  if (member.type === 'orgContact' || !(permissions.has(needed) || permissions.has('Directory.ReadWrite.All'))) {
    throw denied();
  }
  call.tenant.directory.remove(member);
  return noContent;
}

function memberOf(call: Call, group: DirectoryObject): DirectoryObject {
  const id = call.param('member').toLowerCase();
  const member = group.members.has(id) ? call.tenant.directory.active.get(id) : undefined;
  if (member === undefined) throw notFound(id);
  return member;
}

export function addOwner(call: Call): GraphReply {
  const group = groupOf(call);
  const owner = resolveReference(call.tenant, referenceOf(call.request.body));
  if (owner.type !== 'user') throw badRequest("Invalid object type for the reference property 'owners'.");
  if (group.owners.has(owner.id)) throw badRequest(ALREADY('owners'));
  if (group.owners.size >= OWNER_LIMIT) throw badRequest(`A group can have at most ${OWNER_LIMIT} owners.`);
  call.tenant.directory.setOwner(group, owner, true);
  return noContent;
}

export function removeOwner(call: Call): GraphReply {
  const group = groupOf(call);
  const id = call.param('owner').toLowerCase();
  const owner = group.owners.has(id) ? call.tenant.directory.active.get(id) : undefined;
  if (owner === undefined) throw notFound(id);
  call.tenant.directory.setOwner(group, owner, false);
  return noContent;
}
