import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adjoinConfig, type EntraConnectorConfig } from '@adjoin/contracts';
import { startSimulator, type RunningSimulator } from '@adjoin/entra-simulator';
import type { SyncValue } from '@adjoin/sync-service';
import { SyncServiceSender } from '../send/sync-service-sender.js';
import { connectTenant, type TenantConnection } from '../target/tenant-connection.js';
import { TenantDirectory } from '../target/tenant-directory.js';
import type { LabUser } from './lab-directory.js';

const BATCH = 200;

/** The simulator of Entra ID inside this process, reached as the product reaches a tenant. */
export class SimulatedTarget {
  readonly directory: TenantDirectory;
  readonly sender: SyncServiceSender;
  readonly #simulator: RunningSimulator;
  readonly #connection: TenantConnection;
  readonly #folder: string;

  private constructor(simulator: RunningSimulator, folder: string) {
    this.#simulator = simulator;
    this.#folder = folder;
    this.#connection = connectTenant(connectorOf(simulator, folder));
    this.directory = new TenantDirectory(this.#connection.graph, this.#connection.service);
    this.sender = new SyncServiceSender(this.#connection.service);
  }

  static async open(): Promise<SimulatedTarget> {
    const folder = mkdtempSync(join(tmpdir(), 'adjoin-target-'));
    return new SimulatedTarget(await startSimulator({ domains: [{ name: 'corp.test' }] }), folder);
  }

  async close(): Promise<void> {
    this.sender.close();
    this.directory.close();
    await this.#simulator.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Creates the users; their ids in the same order. */
  async create(users: readonly LabUser[]): Promise<readonly string[]> {
    const ids: string[] = [];
    const text = (value: string): SyncValue => ({ type: 'string', value });
    for (let at = 0; at < users.length; at += BATCH) {
      const results = await this.#connection.service.provision(
        users.slice(at, at + BATCH).map(({ name, anchor }) => ({
          ...{ type: 'User', operation: 'Set' },
          properties: new Map<string, SyncValue>([
            ['SourceAnchor', text(anchor)],
            ['accountEnabled', { type: 'boolean', value: true }],
            ['displayName', text(name)],
            ['userPrincipalName', text(`${name}@corp.test`)],
          ]),
        })),
      );
      ids.push(...results.map(({ cloudAnchor }) => String(cloudAnchor).replace(/^User_/, '')));
    }
    return ids;
  }

  async assignRole(role: string, ids: readonly string[]): Promise<void> {
    const body = JSON.stringify({ [role]: ids });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${this.#simulator.adminUrl}/roles`, { method: 'PUT', body, headers });
  }

  signsIn({ name }: LabUser, password: string): Promise<boolean> {
    const { authority, tenantId, clientId, clientSecret, ca } = this.#simulator;
    const form = new URLSearchParams({
      ...{ grant_type: 'password', client_id: clientId, client_secret: clientSecret },
      ...{ username: `${name}@corp.test`, password, scope: 'openid profile' },
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(form) };
    return new Promise((resolve, reject) => {
      const url = `${authority}/${tenantId}/oauth2/v2.0/token`;
      const outgoing = request(url, { method: 'POST', headers, ca }, (incoming) => {
        incoming.resume();
        incoming.on('end', () => resolve(incoming.statusCode === 200));
      });
      outgoing.on('error', reject);
      outgoing.end(form);
    });
  }
}

function connectorOf(simulator: RunningSimulator, folder: string): EntraConnectorConfig {
  const clientSecretFile = join(folder, 'secret');
  writeFileSync(clientSecretFile, simulator.clientSecret, { mode: 0o600 });
  const { baseUrl, authority, tenantId, clientId, caFile } = simulator;
  const { connectors } = adjoinConfig.parse({
    connectors: [
      {
        ...{ name: 'entra', type: 'entra', id: 'entra', channel: 'sync-service', tenantId, clientId, clientSecretFile },
        ...{ graphUrl: baseUrl, authority, tls: { caFile } },
        syncService: { endpoint: `${baseUrl}/provisioningservice.svc` },
      },
    ],
  });
  const [connector] = connectors;
  if (connector?.type !== 'entra') throw new Error('not an Entra connector');
  return connector;
}
