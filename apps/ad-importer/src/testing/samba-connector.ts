import type { AdConnectorConfig } from '@adjoin/contracts';

/** What a test knows of its forest. */
export interface ForestAddress {
  readonly baseDn: string;
  readonly domain: string;
  readonly netbios: string;
  readonly ldapsUrl: string;
  readonly caFile: string;
  readonly serverName: string;
}

/** The connector file's entry for the one domain of a test's forest, users and groups, polled every second. */
export function sambaConnector(
  forest: ForestAddress,
  own: Pick<AdConnectorConfig, 'bindDn' | 'passwordFile' | 'scope'> & Partial<AdConnectorConfig>,
): AdConnectorConfig {
  return {
    name: 'corp',
    type: 'ad',
    id: '11111111-1111-1111-1111-111111111111',
    enabled: true,
    forest: forest.domain,
    netbios: forest.netbios,
    servers: [forest.ldapsUrl],
    startTls: false,
    tls: { caFile: forest.caFile, serverName: forest.serverName },
    domains: [{ dn: forest.baseDn, fqdn: forest.domain, netbios: forest.netbios }],
    objectTypes: ['user', 'group'],
    readMode: 'dirsync',
    pollSeconds: 1,
    ...own,
  };
}
