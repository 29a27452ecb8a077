import { startSimulator, type SimulatorOptions } from '@adjoin/entra-simulator';
import { GraphApi, GraphBatcher, HttpsTransport, TokenProvider } from '@adjoin/graph';
import { SyncServiceClient } from '@adjoin/sync-service';
import { DirectoryLookup } from '../export-run/directory-lookup.js';
import { GraphTarget } from '../graph-channel/graph-target.js';
import { SyncServiceTarget } from '../sync-channel/sync-service-target.js';
import { PrivilegedUsers } from '../tenant/privileged-users.js';
import { TenantInfo } from '../tenant/tenant-info.js';
import type { TargetUnderTest } from './directory-target.contract.js';
import { memoryState } from './memory-state.js';
import { CheckedTransport } from './wire-log.js';

/** How long things may stay hidden, ms. */
const WINDOW_MS = 0;

export async function aGraphTarget(options: SimulatorOptions = {}): Promise<TargetUnderTest> {
  const simulator = await startSimulator(options);
  const transport = new CheckedTransport(simulator.ca);
  const api = new GraphApi({
    graphUrl: simulator.baseUrl,
    authority: simulator.authority,
    tenantId: simulator.tenantId,
    clientId: simulator.clientId,
    credential: { kind: 'secret', secret: () => simulator.clientSecret },
    transport,
  });
  const batcher = new GraphBatcher({
    send: (body) => api.call('POST', '/$batch', { body }),
    delay: (_ms, then) => void setImmediate(then),
  });
  const target = new GraphTarget({
    api,
    batcher,
    lookup: new DirectoryLookup(batcher),
    tenant: new TenantInfo(api, simulator.clientId),
    shadows: memoryState().shadows,
    tenantId: simulator.tenantId,
    matching: { hardMatch: 'allow', softMatch: 'address-and-name' },
    privileged: new PrivilegedUsers(api),
    windowMs: WINDOW_MS,
  });
  return {
    target,
    simulator,
    close: async () => {
      transport.close();
      await simulator.close();
    },
  };
}

export async function aSyncServiceTarget(options: SimulatorOptions = {}): Promise<TargetUnderTest> {
  const simulator = await startSimulator(options);
  const transport = new HttpsTransport({ ca: simulator.ca });
  const tokens = new TokenProvider({
    transport,
    authority: simulator.authority,
    tenantId: simulator.tenantId,
    clientId: simulator.clientId,
    credential: { kind: 'secret', secret: () => simulator.clientSecret },
    resource: 'https://graph.windows.net',
  });
  const service = new SyncServiceClient(
    {
      endpoint: `${simulator.baseUrl}/provisioningservice.svc`,
      tokens,
      tenantId: simulator.tenantId,
      applicationId: simulator.clientId,
      clientBuild: '2.4.21.0',
      ca: simulator.ca,
      giveUpMs: 2000,
    },
    { wait: () => Promise.resolve() },
  );
  const target = new SyncServiceTarget({ service, windowMs: WINDOW_MS });
  return {
    target,
    simulator,
    close: async () => {
      transport.close();
      await simulator.close();
    },
  };
}
