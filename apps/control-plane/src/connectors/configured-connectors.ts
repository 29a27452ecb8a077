import { Inject, Injectable } from '@nestjs/common';
import { isWritten, SyncError, type AdjoinConfig, type ConnectorConfig, type RunProfile } from '@adjoin/contracts';
import { CONFIG } from '../ports.js';

const PROFILES: Record<ConnectorConfig['type'], readonly RunProfile[]> = {
  ad: ['full-import', 'delta-import', 'full-sync', 'delta-sync'],
  entra: ['full-import', 'delta-import', 'full-sync', 'delta-sync', 'export'],
};

/** The connectors of the connector file. */
@Injectable()
export class ConfiguredConnectors {
  readonly all: readonly ConnectorConfig[];
  constructor(@Inject(CONFIG) readonly config: AdjoinConfig) {
    this.all = config.connectors;
  }

  get names(): readonly string[] {
    return this.all.map((connector) => connector.name);
  }

  /** The tenants: connectors whose objects come from the others. */
  get targets(): readonly string[] {
    return this.all.filter((connector) => connector.type === 'entra').map((connector) => connector.name);
  }

  /** Connectors to which is exported: the tenants, and forests that are written back to. */
  get written(): readonly string[] {
    return this.all.filter(isWritten).map((connector) => connector.name);
  }

  /** The connector of this name; ADJ-API-4004 when there is none. */
  require(name: string): ConnectorConfig {
    const found = this.all.find((connector) => connector.name === name);
    if (found !== undefined) return found;
    throw new SyncError('ADJ-API-4004', `There is no connector named ${name}.`, {
      hint: `Connectors: ${this.names.join(', ')}.`,
    });
  }

  /** The connector of this name, to which is exported; ADJ-API-4004 when there is none. */
  requireTarget(name: string): ConnectorConfig {
    const found = this.require(name);
    if (isWritten(found)) return found;
    throw new SyncError('ADJ-API-4004', `Nothing is exported to the connector ${name}.`, {
      hint: `Targets: ${this.written.join(', ')}.`,
    });
  }

  profiles(connector: ConnectorConfig): readonly RunProfile[] {
    return PROFILES[connector.type];
  }
}
