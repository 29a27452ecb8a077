import { LOCAL_PORTS } from '@adjoin/contracts';
import type { ForestDefinition } from './samba/forest.js';
import { StackError } from './stack-error.js';

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
  passwordHashSync: { service: 'password-hash-sync-corp', purpose: 'health and metrics' },
  passwordHashSyncSecond: { service: 'password-hash-sync-res', purpose: 'health and metrics' },
  simulator: { service: 'entra-simulator', purpose: 'Graph, token endpoint, provisioning web service (TLS)' },
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

const PORTS_PER_SLOT = 100;
const LAST_SLOT = 200;

/**
 * Stacks can run side by side in slots: slot 0 is the table, slot K has every port moved by K * 100
 * and its forests on 127.0.K.x. Fails with ADJ-STK-4001 outside 0 to 200.
 */
export function slotPorts(slot: number): StackPorts {
  requireSlot(slot);
  const shifted = Object.entries(LOCAL_PORTS).map(([name, port]) => [name, port + slot * PORTS_PER_SLOT]);
  return Object.fromEntries(shifted) as { [K in PortName]: number };
}

/** The forest on the address it has in that slot. */
export function slotForest(definition: ForestDefinition, slot: number): ForestDefinition {
  requireSlot(slot);
  return { ...definition, ip: definition.ip.replace(/^127\.0\.0\./, `127.0.${slot}.`) };
}

function requireSlot(slot: number): void {
  if (!Number.isInteger(slot) || slot < 0 || slot > LAST_SLOT) {
    throw new StackError('ADJ-STK-4001', `A slot is a number from 0 to ${LAST_SLOT}, not ${slot}.`);
  }
}
