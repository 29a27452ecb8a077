import type { Directory } from '../store/directory.js';
import type { SyncState } from '../sync-service/sync-state.js';

/** A domain of the tenant. Federated ones need an immutable id on each user. */
export interface TenantDomain {
  readonly name: string;
  readonly federated: boolean;
}

/** Counters the admin port shows. */
export interface TenantCounters {
  /** Refused writes because the value is taken, by property. */
  readonly conflicts: Map<string, number>;
  /** Group memberships that were added although present. */
  duplicateMembers: number;
}

/** The tenant that requests act on. */
export interface Tenant {
  readonly id: string;
  readonly displayName: string;
  readonly initialDomain: string;
  readonly domains: readonly TenantDomain[];
  readonly directory: Directory;
  readonly counters: TenantCounters;
  /** Base of links, for instance `https://127.0.0.1:7443/v1.0`. */
  readonly linkBase: () => string;
  /** `POST /devices` is refused to applications by the service; a laptop test may allow it. */
  readonly allowDeviceCreate: boolean;
  /** Member entries of one delta page. */
  readonly deltaPageSize: () => number;
  /** Life of a delta token in ms. */
  readonly deltaTokenMs: () => number;
  /** Identifies the content; tokens of another one are unknown. */
  readonly epoch: string;
  /** What the sync service knows of synchronized objects. */
  readonly sync: SyncState;
  /** Bit mask of the tenant's synchronization features. */
  readonly dirSyncFeatures: () => number;
  readonly setDirSyncFeatures: (features: number) => void;
  /** Number from 0 up to 1. */
  readonly random: () => number;
}

/** The domain of a name, if it is a verified one of the tenant. */
export function verifiedDomain(tenant: Tenant, name: string): TenantDomain | undefined {
  return tenant.domains.find((domain) => domain.name === name.toLowerCase());
}
