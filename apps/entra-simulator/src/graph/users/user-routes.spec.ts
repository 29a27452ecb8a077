import { describe, expect, it } from 'vitest';
import {
  aService,
  aUser,
  bodyOf,
  create,
  detailOf,
  errorOf,
  reference,
  valueOf,
} from '../../testing/service-under-test.js';

const IMMUTABLE = 'MyIRAFVEd2aImaq7zN3u/w==';

describe('users (graph-export section 1)', () => {
  it('answers 201 with the new object', () => {
    const reply = aService().send('POST', '/users', aUser('ann'));
    expect(reply.status).toBe(201);
    expect(bodyOf(reply)).toMatchObject({ displayName: 'User ann', userPrincipalName: 'ann@corp.test' });
  });

  it.each(['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName', 'passwordProfile'])(
    'requires %s in a create',
    (name) => {
      const { [name]: _left, ...rest } = aUser('ann');
      const reply = aService().send('POST', '/users', rest);
      expect(reply.status).toBe(400);
      expect(detailOf(reply)['target']).toBe(name);
    },
  );

  it('refuses a property the metadata does not have and names it', () => {
    const reply = aService().send('POST', '/users', aUser('ann', { dispalyName: 'x' }));
    expect(errorOf(reply)).toMatchObject({ code: 'Request_BadRequest', message: "Invalid property 'dispalyName'." });
  });

  it.each([
    ['proxyAddresses', ['SMTP:a@corp.test']],
    ['onPremisesSyncEnabled', true],
    ['onPremisesSamAccountName', 'ann'],
    ['onPremisesSecurityIdentifier', 'S-1-5-21-1'],
    ['onPremisesDistinguishedName', 'CN=x'],
    ['id', 'x'],
  ])('never lets a client write %s', (name, value) => {
    const reply = aService().send('POST', '/users', aUser('ann', { [name]: value }));
    expect(reply.status).toBe(400);
    expect(detailOf(reply)['target']).toBe(name);
  });

  it('refuses SharePoint backed properties to applications', () => {
    expect(aService().send('POST', '/users', aUser('ann', { aboutMe: 'x' })).status).toBe(403);
  });

  it.each([
    ['accountEnabled', 'yes'],
    ['displayName', 7],
    ['businessPhones', '1'],
    ['employeeHireDate', 'soon'],
    ['city', ''],
    ['usageLocation', 'Germany'],
    ['businessPhones', ['1', '2']],
    ['onPremisesImmutableId', 'a_b'],
    ['onPremisesImmutableId', 'a$b'],
    ['mail', 'änn@corp.test'],
    ['passwordPolicies', 'Whatever'],
    ['passwordProfile', { password: 'short' }],
    ['userPrincipalName', 'an n@corp.test'],
    ['userPrincipalName', 'ä@corp.test'],
    ['userPrincipalName', 'ann@elsewhere.test'],
  ])('refuses %s = %j', (name, value) => {
    expect(aService().send('POST', '/users', aUser('ann', { [name]: value })).status).toBe(400);
  });

  it('tells an unverified domain by its detail', () => {
    const reply = aService().send('POST', '/users', aUser('ann', { userPrincipalName: 'ann@elsewhere.test' }));
    expect(detailOf(reply)).toEqual({ code: 'NotVerifiedDomain', target: 'userPrincipalName' });
  });

  it.each([
    ['displayName', 256],
    ['givenName', 64],
    ['jobTitle', 128],
    ['department', 64],
    ['postalCode', 40],
    ['streetAddress', 1024],
    ['employeeId', 16],
  ])('takes %s up to %i characters', (name, length) => {
    const sut = aService();
    expect(sut.send('POST', '/users', aUser('fits', { [name]: 'x'.repeat(length) })).status).toBe(201);
    const reply = sut.send('POST', '/users', aUser('long', { [name]: 'x'.repeat(length + 1) }));
    expect(detailOf(reply)).toEqual({ code: 'InvalidLength', target: name });
  });

  it.each(['displayName', 'usageLocation', 'accountEnabled'])('cannot clear %s', (name) => {
    const sut = aService();
    const id = create(sut, 'users', aUser('ann', { usageLocation: 'DE' }));
    expect(sut.send('PATCH', `/users/${id}`, { [name]: null }).status).toBe(400);
  });

  it('clears other properties with null and answers 204', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('ann', { city: 'Bonn' }));
    expect(sut.send('PATCH', `/users/${id}`, { city: null }).status).toBe(204);
    expect(bodyOf(sut.send('GET', `/users/${id}?$select=city`))['city']).toBeNull();
  });

  it.each([
    ['userPrincipalName', { userPrincipalName: 'ANN@corp.test' }],
    ['onPremisesImmutableId', { onPremisesImmutableId: IMMUTABLE }],
    ['proxyAddresses', { mail: 'ann@corp.test' }],
  ])('answers a taken %s with ObjectConflict (section 6)', (target, second) => {
    const sut = aService();
    create(sut, 'users', aUser('ann', { onPremisesImmutableId: IMMUTABLE, mail: 'ann@corp.test' }));
    const reply = sut.send('POST', '/users', aUser('bob', second));
    expect(reply.status).toBe(400);
    expect(detailOf(reply)).toEqual({ code: 'ObjectConflict', target });
  });

  it('compares immutable ids exactly (entra-service section 1)', () => {
    const sut = aService();
    create(sut, 'users', aUser('ann', { onPremisesImmutableId: 'AAAA' }));
    expect(sut.send('POST', '/users', aUser('bob', { onPremisesImmutableId: 'aaaa' })).status).toBe(201);
    expect(valueOf(sut.send('GET', "/users?$filter=onPremisesImmutableId eq 'aaaa'"))).toHaveLength(1);
  });

  it('adds mail to proxyAddresses as the primary one', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('ann', { mail: 'one@corp.test' }));
    sut.send('PATCH', `/users/${id}`, { mail: 'two@corp.test' });
    expect(bodyOf(sut.send('GET', `/users/${id}?$select=proxyAddresses`))['proxyAddresses']).toEqual([
      'SMTP:two@corp.test',
      'smtp:one@corp.test',
    ]);
  });

  it('requires an immutable id for a federated domain', () => {
    const sut = aService({ domains: [{ name: 'corp.test', federated: true }] });
    expect(detailOf(sut.send('POST', '/users', aUser('ann')))['target']).toBe('onPremisesImmutableId');
    expect(sut.send('POST', '/users', aUser('ann', { onPremisesImmutableId: IMMUTABLE })).status).toBe(201);
  });

  it('shows a small default set and the rest on $select only', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('ann', { city: 'Bonn' }));
    expect(bodyOf(sut.send('GET', `/users/${id}`))).not.toHaveProperty('city');
    expect(bodyOf(sut.send('GET', `/users/ann@corp.test?$select=city`))['city']).toBe('Bonn');
  });

  it('sets and clears the manager with $ref only', () => {
    const sut = aService();
    const [ann, bob] = [create(sut, 'users', aUser('ann')), create(sut, 'users', aUser('bob'))];
    expect(sut.send('PATCH', `/users/${ann}`, { manager: bob }).status).toBe(400);
    expect(sut.send('PUT', `/users/${ann}/manager/$ref`, { '@odata.id': reference(bob) }).status).toBe(204);
    expect(bodyOf(sut.send('GET', `/users/${ann}/manager`))['id']).toBe(bob);
    expect(sut.send('DELETE', `/users/${ann}/manager/$ref`).status).toBe(204);
    expect(sut.send('GET', `/users/${ann}/manager`).status).toBe(404);
  });

  it('answers 404 for a manager that is not there', () => {
    const sut = aService();
    const ann = create(sut, 'users', aUser('ann'));
    const missing = reference('00000000-0000-0000-0000-000000000000');
    expect(sut.send('PUT', `/users/${ann}/manager/$ref`, { '@odata.id': missing }).status).toBe(404);
  });

  it('needs a permission of its own to change a password', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('ann'));
    const body = { passwordProfile: { password: 'Other!2345678' } };
    expect(sut.as('User.ReadWrite.All').send('PATCH', `/users/${id}`, body).status).toBe(403);
    expect(sut.send('PATCH', `/users/${id}`, body).status).toBe(204);
  });

  it('answers 403 Authorization_RequestDenied without the permission', () => {
    const reply = aService().as('User.Read.All').send('POST', '/users', aUser('ann'));
    expect(reply.status).toBe(403);
    expect(errorOf(reply)['code']).toBe('Authorization_RequestDenied');
  });

  it('hides a created user while the directory is catching up (section 6)', () => {
    const sut = aService({ eventualMs: 5000 });
    const id = create(sut, 'users', aUser('ann', { onPremisesImmutableId: IMMUTABLE }));
    const filter = `/users?$filter=onPremisesImmutableId eq '${IMMUTABLE}'`;
    expect(sut.send('GET', `/users/${id}`).status).toBe(404);
    expect(valueOf(sut.send('GET', filter))).toEqual([]);
    expect(sut.send('POST', '/users', aUser('ann')).status).toBe(400);
    sut.clock.now += 5000;
    expect(sut.send('GET', `/users/${id}`).status).toBe(200);
    expect(valueOf(sut.send('GET', filter))).toHaveLength(1);
  });
});
