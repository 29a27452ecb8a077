import { adjoinConfig, type AdjoinConfig } from '@adjoin/contracts';

/** Two connectors, as the local stack has them. */
export const sampleConfig: AdjoinConfig = adjoinConfig.parse({
  connectors: [
    {
      name: 'corp',
      type: 'ad',
      id: '11111111-1111-1111-1111-111111111111',
      forest: 'corp.test',
      netbios: 'CORP',
      servers: ['ldaps://127.0.0.10'],
      bindDn: 'CORP\\sync',
      passwordFile: '/run/secrets/corp',
      domains: [{ dn: 'DC=corp,DC=test', fqdn: 'corp.test', netbios: 'CORP' }],
    },
    {
      name: 'entra',
      type: 'entra',
      id: '22222222-2222-2222-2222-222222222222',
      tenantId: 'tenant-1',
      clientId: 'client-1',
    },
  ],
});
