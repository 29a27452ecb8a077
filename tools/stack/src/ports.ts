import { LOCAL_PORTS } from '@adjoin/contracts';

/** One row of docs/ports.md. */
export interface PortEntry {
  /** Name of the process; services of docker-compose.yml have the same names. */
  readonly service: string;
  readonly purpose: string;
}

export type PortName = keyof typeof LOCAL_PORTS;

/** What each port of the table is for. docs/ports.md and docker-compose.yml are checked against it by a unit test. */
export const PORT_TABLE: { readonly [K in PortName]: PortEntry } = {
  controlPlane: { service: 'control-plane', purpose: 'API, events, status page, health and metrics' },
  adImporter: { service: 'ad-importer-corp', purpose: 'health and metrics' },
  adImporterSecond: { service: 'ad-importer-res', purpose: 'health and metrics' },
  syncEngine: { service: 'sync-engine', purpose: 'health and metrics' },
  entraExporter: { service: 'entra-exporter', purpose: 'health and metrics' },
  passwordHashSync: { service: 'password-hash-sync', purpose: 'health and metrics' },
  simulator: { service: 'entra-simulator', purpose: 'Graph and token endpoint (TLS)' },
  simulatorAdmin: { service: 'entra-simulator', purpose: 'administration and health of the simulator' },
  kafka: { service: 'kafka', purpose: 'broker' },
  kafkaController: { service: 'kafka', purpose: 'KRaft controller' },
  mongod: { service: 'mongo', purpose: 'replica set rs0' },
};

/** A complete set of ports for one stack. */
export type StackPorts = { readonly [K in PortName]: number };

/** The ports of the table. */
export function defaultPorts(): StackPorts {
  return LOCAL_PORTS;
}

/** The ports of the table moved by a fixed distance, for a second stack beside the first one. */
export function shiftedPorts(distance: number): StackPorts {
  const shifted = Object.entries(LOCAL_PORTS).map(([name, port]) => [name, port + distance]);
  return Object.fromEntries(shifted) as { [K in PortName]: number };
}
