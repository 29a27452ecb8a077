import { describe, expect, it } from 'vitest';
import { aService, bodyOf, create, valueOf } from '../../testing/service-under-test.js';

const aDevice = (deviceId: string) => ({
  accountEnabled: true,
  alternativeSecurityIds: [{ type: 2, key: 'AAAA' }],
  deviceId,
  displayName: 'PC1',
  operatingSystem: 'Windows',
  operatingSystemVersion: '10.0',
});
const ID = '4c299165-6e8f-4b45-a5ba-c5d250a707ff';

describe('devices (graph-export section 3)', () => {
  it('cannot be created by an application', () => {
    expect(aService().send('POST', '/devices', aDevice(ID)).status).toBe(403);
  });

  it('can be created once a test allows it, with a unique deviceId', () => {
    const sut = aService({ allowDeviceCreate: true });
    create(sut, 'devices', aDevice(ID));
    expect(sut.send('POST', '/devices', aDevice(ID)).status).toBe(400);
    expect(valueOf(sut.send('GET', `/devices?$filter=deviceId eq '${ID}'`))).toHaveLength(1);
  });

  it('take few changes; compliance comes from device management only', () => {
    const sut = aService({ allowDeviceCreate: true });
    const id = create(sut, 'devices', aDevice(ID));
    expect(sut.send('PATCH', `/devices/${id}`, { accountEnabled: false }).status).toBe(204);
    expect(sut.send('PATCH', `/devices/${id}`, { isCompliant: true }).status).toBe(403);
    expect(sut.send('PATCH', `/devices/${id}`, { deviceId: ID }).status).toBe(400);
    expect(bodyOf(sut.send('GET', `/devices/${id}`))['accountEnabled']).toBe(false);
  });
});

describe('contacts (graph-export section 3)', () => {
  it('are read-only', () => {
    const sut = aService();
    expect(sut.send('GET', '/contacts').status).toBe(200);
    expect(sut.send('POST', '/contacts', { displayName: 'x' }).status).toBe(405);
  });
});

describe('the tenant', () => {
  it('tells its organization and domains', () => {
    const sut = aService();
    expect(valueOf(sut.send('GET', '/domains')).map((domain) => [domain['id'], domain['isInitial']])).toEqual([
      ['adjoinlab.onmicrosoft.com', true],
      ['corp.test', false],
    ]);
    expect(valueOf(sut.send('GET', '/organization'))[0]).toMatchObject({ onPremisesSyncEnabled: null });
  });

  it('refuses paths and methods it does not know', () => {
    expect(aService().send('GET', '/planets').status).toBe(400);
    expect(aService().send('PUT', '/users', {}).status).toBe(405);
  });
});
