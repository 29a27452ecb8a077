import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adjoinConfig, type AdjoinConfig, type RuleOptions } from '@adjoin/contracts';
import { stringify } from 'yaml';
import type { StackPorts } from '../ports.js';
import { domainDn, type ForestDescription } from '../samba/forest.js';
import { LAB_TENANT } from './lab-tenant.js';

/** What the connector file of a local stack is made of. */
export interface ConnectorFileInput {
  readonly runFolder: string;
  readonly forests: readonly ForestDescription[];
  readonly ports: StackPorts;
  readonly mode?: 'continuous' | 'interval' | undefined;
  /** Folders with rules that are laid over the default rules. */
  readonly overlays?: readonly string[] | undefined;
  /** How objects of several forests are recognized as one person. By default by SID when there are several, else not at all. */
  readonly identifyUsersBy?: RuleOptions['identifyUsersBy'] | undefined;
  /** Delay after which the simulated tenant is trusted to show a change, in seconds. */
  readonly consistencySeconds?: number | undefined;
  /** Password hash synchronization of every forest; it needs the sync service as channel. */
  readonly passwords?: boolean | undefined;
}

/** Identifiers of the connectors: constant, because rules and stored objects refer to them. */
const CONNECTOR_IDS: Readonly<Record<string, string>> = {
  corp: '1f0e6f3c-0a5d-4a4e-8d62-1c0a5a0d0001',
  res: '1f0e6f3c-0a5d-4a4e-8d62-1c0a5a0d0002',
  entra: '1f0e6f3c-0a5d-4a4e-8d62-1c0a5a0d00ee',
};

/** Writes `<runFolder>/adjoin.yaml` and the secret files it names (mode 0600); returns the path of the connector file. */
export async function writeConnectorFile(input: ConnectorFileInput): Promise<string> {
  const secrets = secretsFolder(input.runFolder);
  await mkdir(secrets, { recursive: true, mode: 0o700 });
  for (const forest of input.forests)
    await writeSecret(passwordFile(input.runFolder, forest.name), forest.sync.password);
  if (input.passwords === true)
    for (const forest of input.forests)
      await writeSecret(hashPasswordFile(input.runFolder, forest.name), forest.hash.password);
  await writeSecret(clientSecretFile(input.runFolder), LAB_TENANT.clientSecret);
  const file = join(input.runFolder, 'adjoin.yaml');
  await writeFile(file, stringify(connectorConfig(input)));
  return file;
}

/** The folder of the simulator's state, among it its certificate authority. */
export function simulatorFolder(runFolder: string): string {
  return join(runFolder, 'entra-simulator');
}

/** The content of the connector file; throws a ZodError when it does not fit the contract. */
export function connectorConfig(input: ConnectorFileInput): AdjoinConfig {
  const { forests } = input;
  const identifyUsersBy = input.identifyUsersBy ?? (forests.length > 1 ? 'sid' : 'once');
  const base = `https://127.0.0.1:${input.ports.simulator}`;
  return adjoinConfig.parse({
    connectors: [
      ...forests.map((forest) => adConnector(forest, input)),
      {
        name: 'entra',
        type: 'entra',
        id: CONNECTOR_IDS['entra'],
        tenantId: LAB_TENANT.tenantId,
        clientId: LAB_TENANT.clientId,
        clientSecretFile: clientSecretFile(input.runFolder),
        ...(input.passwords === true ? syncServiceChannel(base) : {}),
        graphUrl: base,
        authority: base,
        tls: { caFile: join(simulatorFolder(input.runFolder), 'ca.pem') },
        consistencySeconds: input.consistencySeconds ?? 2,
      },
    ],
    rules: { options: { identifyUsersBy }, overlays: [...(input.overlays ?? [])] },
    mode: input.mode ?? 'continuous',
  });
}

const syncServiceChannel = (base: string): object => ({
  channel: 'sync-service',
  syncService: { endpoint: `${base}/provisioningservice.svc` },
});

function adConnector(forest: ForestDescription, { runFolder, forests, passwords }: ConnectorFileInput): unknown {
  const hasOthers = forests.length > 1;
  return {
    name: forest.name,
    type: 'ad',
    id: CONNECTOR_IDS[forest.name] ?? CONNECTOR_IDS['corp'],
    forest: forest.domain,
    netbios: forest.netbios,
    servers: [forest.ldapsUrl],
    tls: { caFile: forest.caFile, serverName: forest.serverName },
    bindDn: forest.sync.dn,
    passwordFile: passwordFile(runFolder, forest.name),
    domains: [{ dn: domainDn(forest.domain), fqdn: forest.domain, netbios: forest.netbios }],
    scope: { include: hasOthers ? [forest.adjoinOu, forest.foreignPrincipals] : [forest.adjoinOu] },
    ...(passwords === true
      ? {
          passwordHashSync: {
            account: `${forest.netbios}\\${forest.hash.name}`,
            passwordFile: hashPasswordFile(runFolder, forest.name),
          },
        }
      : {}),
  };
}

function secretsFolder(runFolder: string): string {
  return join(runFolder, 'secrets');
}

function passwordFile(runFolder: string, forest: string): string {
  return join(secretsFolder(runFolder), `${forest}-password`);
}

function hashPasswordFile(runFolder: string, forest: string): string {
  return join(secretsFolder(runFolder), `${forest}-hash-password`);
}

function clientSecretFile(runFolder: string): string {
  return join(secretsFolder(runFolder), 'entra-client-secret');
}

async function writeSecret(file: string, value: string): Promise<void> {
  await writeFile(file, value, { mode: 0o600 });
  await chmod(file, 0o600); // an older file keeps its mode otherwise
}
