import type { EntraConnectorConfig } from '@adjoin/contracts';
import { PUBLISHED_WRITES, WriteBudget } from '@adjoin/graph';
import type { ExportGate, Logger, MongoHandle, Runnable } from '@adjoin/shared';
import { graphOf, syncServiceOf } from '../config.js';
import { DirectoryLookup } from '../export-run/directory-lookup.js';
import { makeBatcher } from '../export-run/make-batcher.js';
import { HeldValues } from '../graph-channel/held-values.js';
import { GraphTarget } from '../graph-channel/graph-target.js';
import { RateBudgetStore } from '../state/rate-budget.store.js';
import type { ShadowStore } from '../state/shadow.store.js';
import { SyncServiceTarget } from '../sync-channel/sync-service-target.js';
import { TenantFeatures } from '../sync-channel/tenant-features.js';
import { exporterMetrics, type ExporterMetrics } from '../telemetry.js';
import { PrivilegedUsers } from '../tenant/privileged-users.js';
import { TenantInfo } from '../tenant/tenant-info.js';
import type { DirectoryTarget } from './directory-target.js';

export interface TargetParts {
  readonly connector: EntraConnectorConfig;
  readonly mongo: MongoHandle;
  readonly gate: ExportGate;
  readonly shadows: ShadowStore;
  /** Graph batches on the way at the same time. */
  readonly batches: number;
  readonly log: Logger;
}
/** A channel with the metrics of this process, which show what waits in it. */
export interface OpenTarget {
  readonly target: DirectoryTarget;
  readonly metrics: ExporterMetrics;
  /** What the channel does by itself beside exports and imports. */
  readonly chores: readonly Runnable[];
}

/** The channel that the configuration names (DESIGN section 7). @throws ADJ-CFG-0001, ADJ-CFG-0002 */
export function openTarget(parts: TargetParts): OpenTarget {
  return parts.connector.channel === 'sync-service' ? openSyncService(parts) : openGraph(parts);
}

function openSyncService({ connector, gate, log }: TargetParts): OpenTarget {
  let metrics: ExporterMetrics | undefined;
  const measure = (): ExporterMetrics =>
    (metrics ??= exporterMetrics({ backlog: () => target.backlog, budget: () => undefined }));
  const service = syncServiceOf(connector);
  const target = new SyncServiceTarget({
    service,
    windowMs: connector.consistencySeconds * 1000,
    beforeCall: () => gate.refresh(),
    batching: { trouble: (trouble, objects) => measure().trouble(trouble, objects) },
  });
  const { features: wanted } = connector.syncService;
  return { target, metrics: measure(), chores: [new TenantFeatures({ service, wanted, gate, log })] };
}

function openGraph({ connector, mongo, gate, shadows, batches, log }: TargetParts): OpenTarget {
  const api = graphOf(connector);
  const budget = new WriteBudget({ store: new RateBudgetStore(mongo.db, connector.name, PUBLISHED_WRITES) });
  let metrics: ExporterMetrics | undefined;
  const measure = (): ExporterMetrics =>
    (metrics ??= exporterMetrics({ backlog: () => batcher.backlog, budget: () => budget.level?.tokens }));
  const batcher = makeBatcher({ api, gate, metrics: measure, batches, budget });
  const tenant = new TenantInfo(api, connector.clientId, connector.directoryExtensions);
  const target = new GraphTarget({
    api,
    batcher,
    tenant,
    lookup: new DirectoryLookup(batcher),
    shadows,
    tenantId: connector.tenantId,
    matching: connector.matching,
    privileged: new PrivilegedUsers(api),
    windowMs: connector.consistencySeconds * 1000,
  });
  return { target, metrics: measure(), chores: [new HeldValues({ batcher, tenant, shadows, gate, log })] };
}
