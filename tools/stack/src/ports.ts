/** One entry of the port table (docs/ports.md). */
export interface PortEntry {
  /** Name of the process, the same in docker-compose.yml. */
  readonly service: string;
  readonly purpose: string;
  readonly port: number;
}

/**
 * The one table of ports. The local stack, docker-compose.yml and docs/ports.md agree with it; a unit test checks both files.
 * All of them are bound to loopback unless configured otherwise.
 */
export const PORT_TABLE = {
  controlPlane: { service: 'control-plane', purpose: 'REST, events, health and metrics', port: 7400 },
  adImporterCorp: { service: 'ad-importer-corp', purpose: 'health and metrics', port: 7411 },
  adImporterRes: { service: 'ad-importer-res', purpose: 'health and metrics', port: 7412 },
  syncEngine: { service: 'sync-engine', purpose: 'health and metrics', port: 7420 },
  entraExporter: { service: 'entra-exporter', purpose: 'health and metrics', port: 7430 },
  simulator: { service: 'entra-simulator', purpose: 'Graph and token endpoint (TLS)', port: 7443 },
  simulatorAdmin: { service: 'entra-simulator', purpose: 'administration of the simulator (HTTP), health', port: 7444 },
  kafka: { service: 'kafka', purpose: 'broker', port: 19092 },
  kafkaController: { service: 'kafka', purpose: 'KRaft controller', port: 19093 },
  mongo: { service: 'mongo', purpose: 'replica set rs0', port: 27117 },
} as const satisfies Record<string, PortEntry>;

export type PortName = keyof typeof PORT_TABLE;

/** A complete set of ports for one stack. */
export type StackPorts = { readonly [K in PortName]: number };

/** The ports of the table. */
export function defaultPorts(): StackPorts {
  return shiftedPorts(0);
}

/** The ports of the table moved by a fixed distance, for a second stack beside the first one. */
export function shiftedPorts(distance: number): StackPorts {
  const names = Object.keys(PORT_TABLE) as PortName[];
  return Object.fromEntries(names.map((name) => [name, PORT_TABLE[name].port + distance])) as { [K in PortName]: number };
}
