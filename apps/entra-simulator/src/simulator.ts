import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminApi } from './admin/admin-api.js';
import { createAdminServer } from './admin/admin-server.js';
import { GraphService } from './graph/graph-service.js';
import { GraphFront } from './http/graph-front.js';
import { Recorder } from './record/recorder.js';
import type { ResolvedOptions, SimulatorOptions } from './options.js';
import { optionsSchema } from './options.js';
import { signIn } from './sign-in/password-grant.js';
import { SimulatedTenant } from './simulated-tenant.js';
import { SyncServiceEndpoint } from './sync-service/endpoint.js';
import { snapshotSchema } from './store/snapshot.js';
import type { SavedIdentity } from './tls/state-folder.js';
import { loadIdentity } from './tls/state-folder.js';
import type { ClientApp } from './token/client-app.js';
import { TokenService } from './token/token-service.js';

/**
 * A running simulator. Graph is at `${baseUrl}/v1.0`, tokens at `${authority}/{tenantId}/oauth2/v2.0/token`, the provisioning web service at
 * `${baseUrl}/provisioningservice.svc`.
 */
export interface RunningSimulator {
  readonly baseUrl: string;
  readonly authority: string;
  readonly adminUrl: string;
  /** Path of the CA certificate, and the certificate itself, in PEM. */
  readonly caFile: string;
  readonly ca: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly initialDomain: string;
  /** Stops both servers; writes the content back if asked to. */
  readonly close: () => Promise<void>;
}

interface Names {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Starts a simulator inside this process. @throws if a port is taken or an option is wrong. */
export async function startSimulator(given: SimulatorOptions = {}): Promise<RunningSimulator> {
  const { clock = Date.now, random = Math.random, ...rest } = given;
  const options = optionsSchema.parse(rest);
  const temporary = options.stateDir === undefined;
  const folder = options.stateDir ?? mkdtempSync(join(tmpdir(), 'adjoin-entra-'));
  const saved = loadIdentity(folder, hostsOf(options), new Date());
  const names: Names = {
    tenantId: options.tenantId ?? saved.tenantId,
    clientId: options.clientId ?? saved.clientId,
    clientSecret: options.clientSecret ?? saved.clientSecret,
  };
  const address = { baseUrl: '' };
  const apps = appsOf(options, names);
  const tenant = new SimulatedTenant(options, {
    tenantId: names.tenantId,
    apps,
    clock,
    random,
    baseUrl: () => address.baseUrl,
  });
  loadData(tenant, options);
  const tokens = new TokenService({
    tenantId: names.tenantId,
    tenantNames: [options.initialDomain, ...options.domains.map(({ name }) => name)],
    apps: () => apps,
    lifetimeSeconds: () => tenant.behaviour.tokenLifetimeSeconds,
    clock,
    authority: () => address.baseUrl,
    signIn: (userName, password) => signIn(tenant.parts.tenant, userName, password).id,
  });
  const stop = new AbortController();
  const recorder = recorderOf(options);
  const front = new GraphFront(
    new GraphService(() => tenant.parts),
    () => tokens,
    () => tenant.parts,
    new SyncServiceEndpoint(
      () => tenant.parts,
      () => tokens,
      () => tenant.behaviour.syncService,
      recorder,
    ),
    recorder,
  );
  const graphServer = graphServerOf(saved, front);
  const adminServer = createAdminServer(new AdminApi(tenant, tokens), stop.signal);
  const port = await listen(graphServer, options.host, options.port);
  const adminPort = await listen(adminServer, '127.0.0.1', options.adminPort).catch(async (error: unknown) => {
    await shut(graphServer);
    throw error;
  });
  address.baseUrl = `https://${options.host === '0.0.0.0' ? '127.0.0.1' : options.host}:${port}`;
  return {
    baseUrl: address.baseUrl,
    authority: address.baseUrl,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    caFile: saved.caFile,
    ca: saved.ca,
    ...names,
    initialDomain: options.initialDomain,
    close: async () => {
      stop.abort();
      await Promise.all([shut(graphServer), shut(adminServer)]);
      saveData(tenant, options);
      if (temporary) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The environment counts as well for a simulator inside a test: the test need not know that it is recorded. */
const recorderOf = ({ recordWrites, recordMessages }: ResolvedOptions): Recorder =>
  new Recorder({
    writes: recordWrites ?? process.env['SIMULATOR_RECORD_WRITES'],
    messages: recordMessages ?? process.env['SIMULATOR_RECORD_MESSAGES'],
  });

const hostsOf = ({ host }: ResolvedOptions): readonly string[] => [
  ...new Set(['127.0.0.1', 'localhost', '::1', ...(host === '0.0.0.0' ? [] : [host])]),
];

function appsOf(options: ResolvedOptions, names: Names): readonly ClientApp[] {
  const own: ClientApp = {
    clientId: names.clientId,
    displayName: 'Adjoin',
    secrets: [names.clientSecret],
    certificates: options.certificates,
    permissions: options.permissions,
  };
  return [own, ...options.apps];
}

function graphServerOf(saved: SavedIdentity, front: GraphFront): Server {
  return createServer(
    { cert: saved.serverCertificate, key: saved.serverKey, keepAliveTimeout: 65_000 },
    (request, response) => {
      void front.handle(request, response);
    },
  );
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

function loadData(tenant: SimulatedTenant, { dataFile }: ResolvedOptions): void {
  if (dataFile === undefined || !existsSync(dataFile)) return;
  tenant.load(snapshotSchema.parse(JSON.parse(readFileSync(dataFile, 'utf8'))));
}

function saveData(tenant: SimulatedTenant, { dataFile, save }: ResolvedOptions): void {
  if (dataFile === undefined || !save) return;
  // A crash in the middle must not leave half a file.
  const fresh = `${dataFile}.${randomUUID()}`;
  writeFileSync(fresh, JSON.stringify(tenant.snapshot()));
  renameSync(fresh, dataFile);
}
