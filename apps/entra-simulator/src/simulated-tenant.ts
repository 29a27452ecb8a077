import { randomUUID } from 'node:crypto';
import { FaultInjector } from './faults/fault-injector.js';
import type { ServiceParts } from './graph/graph-service.js';
import { GraphStats } from './graph/graph-stats.js';
import type { Tenant } from './graph/tenant.js';
import type { Behaviour, ResolvedOptions } from './options.js';
import { Directory } from './store/directory.js';
import type { DirectoryOptions } from './store/directory.js';
import type { Snapshot } from './store/snapshot.js';
import { loadSnapshot, takeSnapshot } from './store/snapshot.js';
import { loadSyncState, saveSyncState } from './sync-service/saved-sync-state.js';
import { SyncState } from './sync-service/sync-state.js';
import { Throttle } from './throttle/throttle.js';
import type { ClientApp } from './token/client-app.js';

/** Who the tenant is; does not change while the simulator runs. */
export interface TenantIdentity {
  readonly tenantId: string;
  readonly apps: readonly ClientApp[];
  readonly clock: () => number;
  readonly random: () => number;
  readonly baseUrl: () => string;
}

/** The tenant with its content and behaviour, both replaceable while the simulator runs. */
export class SimulatedTenant {
  readonly #options: ResolvedOptions;
  readonly #identity: TenantIdentity;
  #behaviour: Behaviour;
  #parts: ServiceParts;

  constructor(options: ResolvedOptions, identity: TenantIdentity) {
    this.#options = options;
    this.#identity = identity;
    this.#behaviour = options;
    const faults = new FaultInjector(identity.random);
    this.#parts = this.#build(this.#empty(0), randomUUID(), faults);
  }

  get parts(): ServiceParts {
    return this.#parts;
  }

  get behaviour(): Behaviour {
    const { eventualMs, tokenLifetimeSeconds, deltaPageSize, deltaTokenMs, allowDeviceCreate, throttle, syncService } =
      this.#behaviour;
    return { eventualMs, tokenLifetimeSeconds, deltaPageSize, deltaTokenMs, allowDeviceCreate, throttle, syncService };
  }

  set behaviour(behaviour: Behaviour) {
    this.#behaviour = behaviour;
    const { tenant, faults, stats } = this.#parts;
    this.#parts = {
      tenant: { ...tenant, allowDeviceCreate: behaviour.allowDeviceCreate },
      faults,
      stats,
      throttle: this.#throttle(),
    };
  }

  /** Empties the tenant, faults and counters; the applications and domains stay. */
  reset(): void {
    this.#parts.faults.set([]);
    const seq = this.#parts.tenant.directory.log.seq;
    this.#parts = this.#build(this.#empty(seq), randomUUID(), this.#parts.faults);
  }

  load(snapshot: Snapshot): void {
    const directory = loadSnapshot(snapshot, this.#directoryOptions(), this.#parts.tenant.directory.log.seq);
    this.#addApplications(directory);
    this.#parts = this.#build(
      directory,
      snapshot.epoch ?? randomUUID(),
      this.#parts.faults,
      loadSyncState(snapshot.sync),
    );
  }

  snapshot(): Snapshot {
    const { directory, epoch, sync } = this.#parts.tenant;
    const saved = takeSnapshot(directory, epoch);
    return sync.seq === 0 ? saved : { ...saved, sync: saveSyncState(sync) };
  }

  #build(directory: Directory, epoch: string, faults: FaultInjector, sync = new SyncState()): ServiceParts {
    const options = this.#options;
    const tenant: Tenant = {
      id: this.#identity.tenantId,
      displayName: options.tenantName,
      initialDomain: options.initialDomain,
      domains: [{ name: options.initialDomain, federated: false }, ...options.domains],
      directory,
      counters: { conflicts: new Map(), duplicateMembers: 0 },
      linkBase: () => `${this.#identity.baseUrl()}/v1.0`,
      allowDeviceCreate: this.#behaviour.allowDeviceCreate,
      deltaPageSize: () => this.#behaviour.deltaPageSize,
      deltaTokenMs: () => this.#behaviour.deltaTokenMs,
      epoch,
      sync,
      dirSyncFeatures: () => this.#behaviour.syncService.features,
      setDirSyncFeatures: (features) => {
        this.#behaviour = { ...this.#behaviour, syncService: { ...this.#behaviour.syncService, features } };
      },
      random: this.#identity.random,
    };
    return { tenant, faults, stats: new GraphStats(), throttle: this.#throttle() };
  }

  #empty(seq: number): Directory {
    const directory = new Directory(this.#directoryOptions(), { seq });
    this.#addApplications(directory);
    return directory;
  }

  #addApplications(directory: Directory): void {
    for (const { clientId, displayName } of this.#identity.apps) {
      if (directory.index.find('application', 'appId', clientId).size > 0) continue;
      directory.load({
        type: 'application',
        properties: { appId: clientId, displayName, signInAudience: 'AzureADMyOrg' },
      });
    }
  }

  #throttle(): Throttle {
    return new Throttle(this.#behaviour.throttle, this.#identity.tenantId, this.#identity.clock);
  }

  #directoryOptions(): DirectoryOptions {
    return {
      clock: this.#identity.clock,
      newId: randomUUID,
      eventualMs: () => this.#behaviour.eventualMs,
      changeCapacity: this.#options.changeCapacity,
      journalCapacity: this.#options.journalCapacity,
    };
  }
}
