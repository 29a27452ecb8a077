import { adjoinConfig } from '@adjoin/contracts';
import { describe, expect, it } from 'vitest';
import { ConfiguredConnectors } from './configured-connectors.js';

const forest = (name: string, settings: object = {}) => ({
  name,
  type: 'ad',
  id: name,
  forest: 'corp.test',
  netbios: 'CORP',
  servers: ['ldaps://dc.corp.test'],
  bindDn: 'sync',
  passwordFile: 'p',
  domains: [{ dn: 'DC=corp,DC=test', fqdn: 'corp.test', netbios: 'CORP' }],
  ...settings,
});

describe('the connectors that are configured', () => {
  const connectors = new ConfiguredConnectors(
    adjoinConfig.parse({
      connectors: [
        forest('corp', { writeBack: ['consistency-guid'] }),
        forest('res'),
        { name: 'entra', type: 'entra', id: 'e', tenantId: 't', clientId: 'c' },
      ],
      rules: { options: { sourceAnchor: 'ms-DS-ConsistencyGuid' } },
    }),
  );

  it('have exports when they are a tenant, or a forest that is written back to; only a tenant is a target', () => {
    expect(connectors.written).toEqual(['corp', 'entra']);
    expect(connectors.targets).toEqual(['entra']);
    expect(connectors.requireTarget('corp').name).toBe('corp');
    expect(() => connectors.requireTarget('res')).toThrow(/Nothing is exported to the connector res/);
  });
});
