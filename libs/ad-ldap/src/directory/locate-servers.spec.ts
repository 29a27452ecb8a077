import { describe, expect, it } from 'vitest';
import { locateServers, type SrvRecord } from './locate-servers.js';

const records: Readonly<Record<string, readonly SrvRecord[]>> = {
  '_ldap._tcp.dc._msdcs.corp.test': [
    { name: 'far.corp.test.', port: 389, priority: 10, weight: 100 },
    { name: 'DC1.corp.test', port: 389, priority: 0, weight: 100 },
    { name: 'dc2.corp.test', port: 390, priority: 0, weight: 300 },
    { name: 'dc3.corp.test', port: 389, priority: 0, weight: 0 },
  ],
  '_ldap._tcp.Oslo._sites.dc._msdcs.corp.test': [{ name: 'oslo.corp.test', port: 389, priority: 0, weight: 1 }],
};
const locator = (random: number) => ({
  random: () => random,
  resolveSrv: (name: string): Promise<readonly SrvRecord[]> => {
    const found = records[name];
    return found === undefined
      ? Promise.reject(Object.assign(new Error('no name'), { code: 'ENOTFOUND' }))
      : Promise.resolve(found);
  },
});

describe('the domain controllers of a connector', () => {
  it('are taken as they are listed', async () => {
    const list = ['ldaps://b.corp.test', 'ldap://a.corp.test:3389'];
    expect(await locateServers(list, locator(0))).toEqual(list);
  });

  it.each([
    [0, ['dc3', 'dc1', 'dc2', 'far']],
    [0.99, ['dc2', 'dc1', 'dc3', 'far']],
  ])('come from the records of the domain by priority, then by weight (random %d)', async (random, hosts) => {
    expect(await locateServers(['ldaps+srv://corp.test'], locator(random))).toEqual(
      hosts.map((host) => `ldaps://${host}.corp.test:636`),
    );
  });

  it('of a site come first when it is named first, each once', async () => {
    const urls = await locateServers(
      ['ldap+srv://corp.test/Oslo', 'ldap://dc2.corp.test:390', 'ldap+srv://corp.test'],
      locator(0.99),
    );
    expect(urls.slice(0, 2)).toEqual(['ldap://oslo.corp.test:389', 'ldap://dc2.corp.test:390']);
    expect(urls.filter((url) => url === 'ldap://dc2.corp.test:390')).toHaveLength(1);
  });

  it('that are listed beside an unknown domain are still used', async () => {
    expect(await locateServers(['ldaps+srv://gone.test', 'ldaps://a'], locator(0))).toEqual(['ldaps://a']);
  });

  it('that cannot be found are an error with its code', async () => {
    await expect(locateServers(['ldaps+srv://gone.test'], locator(0))).rejects.toMatchObject({
      code: 'ADJ-IMP-1005',
    });
  });
});
