import { describe, expect, it } from 'vitest';
import type { ServiceUnderTest } from '../../testing/service-under-test.js';
import {
  aGroup,
  aService,
  aUser,
  bodyOf,
  create,
  detailOf,
  errorOf,
  reference,
  valueOf,
} from '../../testing/service-under-test.js';

const users = (sut: ServiceUnderTest, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => create(sut, 'users', aUser(`u${index}`)));
const bind = (ids: readonly string[]) => ({ 'members@odata.bind': ids.map(reference) });
const membersOf = (sut: ServiceUnderTest, id: string): readonly unknown[] =>
  valueOf(sut.send('GET', `/groups/${id}/members?$select=id&$top=999`)).map((member) => member['id']);

describe('groups (graph-export section 2)', () => {
  it('creates a security group with members', () => {
    const sut = aService();
    const ids = users(sut, 2);
    const group = create(sut, 'groups', aGroup('g', bind(ids)));
    expect(membersOf(sut, group)).toEqual(ids);
  });

  it('refuses a mail-enabled security group', () => {
    expect(detailOf(aService().send('POST', '/groups', aGroup('g', { mailEnabled: true })))['target']).toBe(
      'mailEnabled',
    );
  });

  it('gives an M365 group an address of the initial domain', () => {
    const sut = aService();
    const body = aGroup('team', { mailEnabled: true, groupTypes: ['Unified'], securityEnabled: false });
    const reply = sut.send('POST', '/groups', body);
    expect(bodyOf(reply)).toMatchObject({ mail: 'team@adjoinlab.onmicrosoft.com' });
  });

  it('has no onPremisesImmutableId on groups', () => {
    const reply = aService().send('POST', '/groups', aGroup('g', { onPremisesImmutableId: 'AAAA' }));
    expect(errorOf(reply)['message']).toBe("Invalid property 'onPremisesImmutableId'.");
  });

  it('refuses a nickname with a blank', () => {
    expect(aService().send('POST', '/groups', aGroup('g', { mailNickname: 'a b' })).status).toBe(400);
  });

  it('lets two groups have the same mailNickname', () => {
    const sut = aService();
    create(sut, 'groups', aGroup('g'));
    expect(sut.send('POST', '/groups', aGroup('g')).status).toBe(201);
  });

  it('takes at most 20 references in one PATCH', () => {
    const sut = aService();
    const ids = users(sut, 21);
    const group = create(sut, 'groups', aGroup('g'));
    expect(sut.send('PATCH', `/groups/${group}`, bind(ids)).status).toBe(400);
    expect(sut.send('PATCH', `/groups/${group}`, bind(ids.slice(0, 20))).status).toBe(204);
    expect(membersOf(sut, group)).toHaveLength(20);
  });

  it('adds all members of a PATCH or none', () => {
    const sut = aService();
    const [first = ''] = users(sut, 1);
    const group = create(sut, 'groups', aGroup('g'));
    const missing = '00000000-0000-0000-0000-000000000000';
    expect(sut.send('PATCH', `/groups/${group}`, bind([first, missing])).status).toBe(404);
    expect(membersOf(sut, group)).toEqual([]);
  });

  it('refuses a member that is already there and counts the attempt', () => {
    const sut = aService();
    const [first = ''] = users(sut, 1);
    const group = create(sut, 'groups', aGroup('g', bind([first])));
    const reply = sut.send('POST', `/groups/${group}/members/$ref`, { '@odata.id': reference(first) });
    expect(reply.status).toBe(400);
    expect(errorOf(reply)['message']).toContain("already exist for the following modified properties: 'members'");
    expect(sut.tenant.parts.tenant.counters.duplicateMembers).toBe(1);
    expect([...sut.tenant.parts.stats.badRequests]).toEqual([]);
  });

  it('notes requests that are wrong whatever the tenant holds', () => {
    const sut = aService();
    expect(sut.send('POST', '/groups', aGroup('g', { colour: 'blue' })).status).toBe(400);
    expect([...sut.tenant.parts.stats.badRequests]).toEqual([expect.stringContaining('colour')]);
  });

  it('removes a member with $ref and answers 404 the second time', () => {
    const sut = aService();
    const [first = ''] = users(sut, 1);
    const group = create(sut, 'groups', aGroup('g', bind([first])));
    expect(sut.send('DELETE', `/groups/${group}/members/${first}/$ref`).status).toBe(204);
    expect(sut.send('DELETE', `/groups/${group}/members/${first}/$ref`).status).toBe(404);
    expect(sut.send('GET', `/users/${first}`).status).toBe(200);
  });

  it('deletes the member object itself without $ref', () => {
    const sut = aService();
    const [first = ''] = users(sut, 1);
    const group = create(sut, 'groups', aGroup('g', bind([first])));
    expect(sut.send('DELETE', `/groups/${group}/members/${first}`).status).toBe(204);
    expect(sut.send('GET', `/users/${first}`).status).toBe(404);
  });

  it('refuses member changes of dynamic groups', () => {
    const sut = aService();
    const [first = ''] = users(sut, 1);
    const rule = { groupTypes: ['DynamicMembership'], membershipRule: 'user.city -eq "Bonn"' };
    const group = create(sut, 'groups', aGroup('g', rule));
    expect(sut.send('PATCH', `/groups/${group}`, bind([first])).status).toBe(403);
  });

  it('pages the members of a group', () => {
    const sut = aService();
    const ids = users(sut, 5);
    const group = create(sut, 'groups', aGroup('g', bind(ids)));
    const seen: unknown[] = [];
    let url: unknown = `/groups/${group}/members?$select=id&$top=2`;
    while (typeof url === 'string') {
      const reply = sut.send('GET', url);
      seen.push(...valueOf(reply).map((member) => member['id']));
      url = bodyOf(reply)['@odata.nextLink'];
    }
    expect(seen).toEqual(ids);
  });

  it('deletes a security group for good', () => {
    const sut = aService();
    const group = create(sut, 'groups', aGroup('g'));
    expect(sut.send('DELETE', `/groups/${group}`).status).toBe(204);
    expect(sut.send('GET', `/directory/deletedItems/${group}`).status).toBe(404);
  });

  it('lets GroupMember.ReadWrite.All change members only', () => {
    const sut = aService();
    const [first = ''] = users(sut, 1);
    const group = create(sut, 'groups', aGroup('g'));
    const limited = sut.as('GroupMember.ReadWrite.All');
    expect(limited.send('PATCH', `/groups/${group}`, { displayName: 'x' }).status).toBe(403);
    expect(limited.send('PATCH', `/groups/${group}`, bind([first])).status).toBe(204);
  });

  it('nests groups', () => {
    const sut = aService();
    const inner = create(sut, 'groups', aGroup('inner'));
    const outer = create(sut, 'groups', aGroup('outer', bind([inner])));
    expect(valueOf(sut.send('GET', `/groups/${inner}/memberOf`)).map((group) => group['id'])).toEqual([outer]);
    expect(sut.send('PATCH', `/groups/${outer}`, bind([outer])).status).toBe(400);
  });
});
