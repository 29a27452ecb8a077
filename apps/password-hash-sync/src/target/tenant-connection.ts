import { readFileSync } from 'node:fs';
import { SyncError, type EntraConnectorConfig } from '@adjoin/contracts';
import { GraphApi, HttpsTransport, TokenProvider, type ClientCredential } from '@adjoin/graph';
import { readSecretFile } from '@adjoin/shared';
import { SyncServiceClient, type SyncService } from '@adjoin/sync-service';

export interface TenantConnection {
  readonly graph: GraphApi;
  readonly service: SyncService;
}

/** Graph and sync service of a tenant as the connector describes them. Secrets are read again for each token. @throws ADJ-CFG-0001, ADJ-CFG-0002 */
export function connectTenant(connector: EntraConnectorConfig): TenantConnection {
  const { authority, tenantId, clientId, graphUrl, syncService } = connector;
  const credential = credentialOf(connector);
  const tls = {
    ...(connector.tls.caFile === undefined ? {} : { ca: readCa(connector.tls.caFile) }),
    ...(connector.tls.serverName === undefined ? {} : { serverName: connector.tls.serverName }),
  };
  const tokens = new TokenProvider({
    ...{ transport: new HttpsTransport(tls), authority, tenantId, clientId, credential },
    resource: syncService.resource,
  });
  const { endpoint, applicationId, clientBuild } = syncService;
  return {
    graph: new GraphApi({ graphUrl, authority, tenantId, clientId, credential, tls }),
    service: new SyncServiceClient({ endpoint, applicationId, clientBuild, tokens, tenantId, ...tls }),
  };
}

function credentialOf({ name, clientSecretFile, clientCertificateFile }: EntraConnectorConfig): ClientCredential {
  if (clientCertificateFile !== undefined) {
    readSecretFile(clientCertificateFile);
    return { kind: 'certificate', pem: () => readSecretFile(clientCertificateFile).reveal() };
  }
  if (clientSecretFile === undefined)
    throw new SyncError('ADJ-CFG-0002', `The connector ${name} needs clientSecretFile or clientCertificateFile.`);
  readSecretFile(clientSecretFile);
  return { kind: 'secret', secret: () => readSecretFile(clientSecretFile).reveal() };
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SyncError('ADJ-CFG-0001', `The CA file ${path} cannot be read.`, { cause });
  }
}
