import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SyncError, type EntraConnectorConfig } from '@adjoin/contracts';
import { GraphApi, HttpsTransport, TokenProvider, type ClientCredential } from '@adjoin/graph';
import { SyncServiceClient } from '@adjoin/sync-service';
import { commonEnv, readSecretFile } from '@adjoin/shared';

/** Environment of the exporter. */
export const exporterEnv = commonEnv.extend({
  ADJOIN_TARGET: z.string().default('entra').describe('name of the Entra connector in the connector file'),
  ADJOIN_KAFKA_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(6)
    .describe('partitions of topics that have to be created'),
  ADJOIN_GRAPH_BATCHES: z.coerce
    .number()
    .int()
    .min(1)
    .max(32)
    .default(4)
    .describe('batches of 20 calls on the way at the same time'),
});
export type ExporterEnv = z.infer<typeof exporterEnv>;

/** Microsoft Graph as the connector describes it. Secrets are read again for each new token. @throws ADJ-CFG-0001, ADJ-CFG-0002 */
export function graphOf(connector: EntraConnectorConfig): GraphApi {
  return new GraphApi({
    graphUrl: connector.graphUrl,
    authority: connector.authority,
    tenantId: connector.tenantId,
    clientId: connector.clientId,
    credential: credentialOf(connector),
    tls: tlsOf(connector),
  });
}

/**
 * The provisioning web service as the connector describes it: an application of the administrator with its own rights, no signed-in user.
 * @throws ADJ-CFG-0001, ADJ-CFG-0002
 */
export function syncServiceOf(connector: EntraConnectorConfig): SyncServiceClient {
  const { authority, tenantId, clientId, syncService } = connector;
  const tls = tlsOf(connector);
  const tokens = new TokenProvider({
    transport: new HttpsTransport(tls),
    authority,
    tenantId,
    clientId,
    credential: credentialOf(connector),
    resource: syncService.resource,
  });
  const { endpoint, applicationId, clientBuild } = syncService;
  return new SyncServiceClient({ endpoint, applicationId, clientBuild, tokens, tenantId, ...tls });
}

function tlsOf({ tls }: EntraConnectorConfig): { readonly ca?: string; readonly serverName?: string } {
  return {
    ...(tls.caFile === undefined ? {} : { ca: readCa(tls.caFile) }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
  };
}

function credentialOf(connector: EntraConnectorConfig): ClientCredential {
  const { clientSecretFile, clientCertificateFile } = connector;
  if (clientCertificateFile !== undefined) {
    readSecretFile(clientCertificateFile);
    return { kind: 'certificate', pem: () => readSecretFile(clientCertificateFile).reveal() };
  }
  if (clientSecretFile === undefined)
    throw new SyncError(
      'ADJ-CFG-0002',
      `The connector ${connector.name} needs clientSecretFile or clientCertificateFile.`,
    );
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
