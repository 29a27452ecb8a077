import { describe, expect, it } from 'vitest';
import { snapshotSchema } from './snapshot.js';
import {
  aGroup,
  aService,
  aUser,
  bodyOf,
  create,
  detailOf,
  reference,
  valueOf,
} from '../testing/service-under-test.js';

/** The same content in another simulator, after a way through JSON. */
function copied(from: ReturnType<typeof aService>) {
  const to = aService();
  to.tenant.load(snapshotSchema.parse(JSON.parse(JSON.stringify(from.tenant.snapshot()))));
  return to;
}

describe('a saved state', () => {
  it('brings back objects, members and managers', () => {
    const sut = aService();
    const [ann, bob] = [create(sut, 'users', aUser('ann')), create(sut, 'users', aUser('bob'))];
    const group = create(sut, 'groups', aGroup('g', { 'members@odata.bind': [reference(ann), reference(bob)] }));
    sut.send('PUT', `/users/${ann}/manager/$ref`, { '@odata.id': reference(bob) });
    const copy = copied(sut);
    expect(valueOf(copy.send('GET', `/groups/${group}/members`)).map((member) => member['id'])).toEqual([ann, bob]);
    expect(bodyOf(copy.send('GET', `/users/${ann}/manager`))['id']).toBe(bob);
    expect(copy.tenant.snapshot()).toEqual(sut.tenant.snapshot());
  });

  it('keeps the recycle bin, its anchors and what a restore brings back', () => {
    const sut = aService();
    const ann = create(sut, 'users', aUser('ann', { onPremisesImmutableId: 'AAAA' }));
    const group = create(sut, 'groups', aGroup('g', { 'members@odata.bind': [reference(ann)] }));
    sut.send('DELETE', `/users/${ann}`);
    const copy = copied(sut);
    const again = copy.send('POST', '/users', aUser('ann', { onPremisesImmutableId: 'AAAA' }));
    expect(detailOf(again)['target']).toBe('onPremisesImmutableId');
    expect(copy.send('POST', `/directory/deletedItems/${ann}/restore`).status).toBe(200);
    expect(valueOf(copy.send('GET', `/groups/${group}/members`))).toHaveLength(1);
  });

  it('keeps delta tokens of all types valid', () => {
    const sut = aService();
    create(sut, 'users', aUser('ann'));
    const link = String(bodyOf(sut.send('GET', '/users/delta'))['@odata.deltaLink']);
    create(sut, 'groups', aGroup('g'));
    const copy = copied(sut);
    const bob = create(copy, 'users', aUser('bob'));
    expect(valueOf(copy.send('GET', link)).map((user) => user['id'])).toEqual([bob]);
  });
});
