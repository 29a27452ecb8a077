import { describe, expect, it } from 'vitest';
import {
  aGroup,
  aService,
  aUser,
  bodyOf,
  create,
  detailOf,
  reference,
  valueOf,
} from '../../testing/service-under-test.js';

const BIN = '/directory/deletedItems';

describe('deleted items (graph-export section 8)', () => {
  it('keeps a deleted user with its id before the user principal name', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('ann'));
    sut.send('DELETE', `/users/${id}`);
    const [item] = valueOf(sut.send('GET', `${BIN}/microsoft.graph.user`));
    expect(item).toMatchObject({ id, userPrincipalName: `${id.replaceAll('-', '')}ann@corp.test` });
  });

  it('frees the user principal name but not the immutable id', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('ann', { onPremisesImmutableId: 'AAAA' }));
    sut.send('DELETE', `/users/${id}`);
    const again = sut.send('POST', '/users', aUser('ann', { onPremisesImmutableId: 'AAAA' }));
    expect(detailOf(again)).toEqual({ code: 'ObjectConflict', target: 'onPremisesImmutableId' });
    expect(sut.send('POST', '/users', aUser('ann')).status).toBe(201);
  });

  it('restores a user with its name, groups and manager', () => {
    const sut = aService();
    const [ann, bob] = [create(sut, 'users', aUser('ann')), create(sut, 'users', aUser('bob'))];
    const group = create(sut, 'groups', aGroup('g', { 'members@odata.bind': [reference(ann)] }));
    sut.send('PUT', `/users/${ann}/manager/$ref`, { '@odata.id': reference(bob) });
    sut.send('DELETE', `/users/${ann}`);
    expect(valueOf(sut.send('GET', `/groups/${group}/members`))).toEqual([]);
    expect(sut.send('POST', `${BIN}/${ann}/restore`).status).toBe(200);
    expect(bodyOf(sut.send('GET', `/users/${ann}`))['userPrincipalName']).toBe('ann@corp.test');
    expect(valueOf(sut.send('GET', `/groups/${group}/members`))).toHaveLength(1);
    expect(bodyOf(sut.send('GET', `/users/${ann}/manager`))['id']).toBe(bob);
  });

  it('refuses a restore whose name is taken by now', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('ann'));
    sut.send('DELETE', `/users/${id}`);
    create(sut, 'users', aUser('ann'));
    expect(detailOf(sut.send('POST', `${BIN}/${id}/restore`))['target']).toBe('userPrincipalName');
  });

  it('purges for good and then frees the immutable id', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('ann', { onPremisesImmutableId: 'AAAA' }));
    sut.send('DELETE', `/users/${id}`);
    expect(sut.send('DELETE', `${BIN}/${id}`).status).toBe(204);
    expect(sut.send('POST', '/users', aUser('ann', { onPremisesImmutableId: 'AAAA' })).status).toBe(201);
  });

  it('keeps deleted M365 groups', () => {
    const sut = aService();
    const team = create(sut, 'groups', aGroup('t', { mailEnabled: true, groupTypes: ['Unified'] }));
    sut.send('DELETE', `/groups/${team}`);
    expect(valueOf(sut.send('GET', `${BIN}/microsoft.graph.group`))).toHaveLength(1);
  });
});
