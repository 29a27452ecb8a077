import { SyncServiceClient, type SyncObject, type SyncServiceOptions, type SyncValue } from '@adjoin/sync-service';
import { HttpsTransport, TokenProvider } from '@adjoin/graph';
import type { RunningSimulator } from '../simulator.js';

/** A client of the simulator's provisioning web service, with a token of its application. */
export function syncClient(simulator: RunningSimulator, more: Partial<SyncServiceOptions> = {}): SyncServiceClient {
  const tokens = new TokenProvider({
    transport: new HttpsTransport({ ca: simulator.ca }),
    authority: simulator.authority,
    tenantId: simulator.tenantId,
    clientId: simulator.clientId,
    credential: { kind: 'secret', secret: () => simulator.clientSecret },
    resource: 'https://graph.windows.net',
  });
  const options: SyncServiceOptions = {
    endpoint: `${simulator.baseUrl}/provisioningservice.svc`,
    tokens,
    tenantId: simulator.tenantId,
    applicationId: simulator.clientId,
    clientBuild: '2.4.21.0',
    ca: simulator.ca,
    giveUpMs: 5000,
    ...more,
  };
  // Tests do not wait for anybody.
  return new SyncServiceClient(options, { wait: () => Promise.resolve() });
}

/** A wire value of a plain one. */
export function wire(value: string | boolean | readonly string[] | Uint8Array | SyncValue | null): SyncValue {
  if (value === null) return { type: 'nil' };
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (value instanceof Uint8Array) return { type: 'binary', value };
  return 'type' in value ? value : { type: 'strings', values: value };
}

/** An object for an export. */
export function syncObject(
  type: SyncObject['type'],
  sourceAnchor: string,
  values: Readonly<Record<string, Parameters<typeof wire>[0]>>,
  operation: SyncObject['operation'] = 'Set',
): SyncObject {
  const properties = Object.entries({ SourceAnchor: sourceAnchor, ...values });
  return { type, operation, properties: new Map(properties.map(([name, value]) => [name, wire(value)])) };
}
