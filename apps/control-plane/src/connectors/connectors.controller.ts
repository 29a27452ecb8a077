import { Controller, Get, Inject } from '@nestjs/common';
import type { ConnectorConfig, ConnectorItem } from '@adjoin/contracts';
import { ConfiguredConnectors } from './configured-connectors.js';

@Controller('api/v1/connectors')
export class ConnectorsController {
  constructor(@Inject(ConfiguredConnectors) private readonly connectors: ConfiguredConnectors) {}

  @Get()
  list(): { items: ConnectorItem[] } {
    return { items: this.connectors.all.map((connector) => this.#item(connector)) };
  }

  #item(connector: ConnectorConfig): ConnectorItem {
    const { name, type, id, enabled } = connector;
    const profiles = [...this.connectors.profiles(connector)];
    return connector.type === 'ad'
      ? {
          name,
          type,
          id,
          enabled,
          directory: connector.forest,
          partitions: connector.domains.map((domain) => domain.dn),
          profiles,
        }
      : { name, type, id, enabled, directory: connector.tenantId, partitions: ['tenant'], profiles };
  }
}
