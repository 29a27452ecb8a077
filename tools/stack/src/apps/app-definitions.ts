import type { StackPorts } from '../ports.js';
import { simulatorFolder } from './connector-file.js';
import { LAB_TENANT } from './lab-tenant.js';
import type { AppDefinition } from './start-app.js';

/** What the processes of a local stack need to know of it. */
export interface AppEnvironment {
  readonly ports: StackPorts;
  readonly runFolder: string;
  readonly connectorFile: string;
  readonly kafkaBootstrap: string;
  /** MongoDB connection string with the database. */
  readonly mongoUri: string;
  /** Names of the forests' connectors, one or two. */
  readonly forests: readonly string[];
  readonly logLevel?: string | undefined;
  /** Password hash synchronization of every forest. */
  readonly passwords?: boolean | undefined;
}

/** The simulated tenant; it is started before the others and needs none of them. */
export function simulatorDefinition(environment: Pick<AppEnvironment, 'ports' | 'runFolder'>): AppDefinition {
  const { ports, runFolder } = environment;
  return {
    name: 'entra-simulator',
    entry: 'apps/entra-simulator/dist/main.js',
    env: {
      SIMULATOR_PORT: String(ports.simulator),
      SIMULATOR_ADMIN_PORT: String(ports.simulatorAdmin),
      SIMULATOR_STATE_DIR: simulatorFolder(runFolder),
      SIMULATOR_TENANT: LAB_TENANT.tenantId,
      SIMULATOR_CLIENT_ID: LAB_TENANT.clientId,
      SIMULATOR_CLIENT_SECRET: LAB_TENANT.clientSecret,
    },
    // The whole tenant is in its memory.
    oldMb: 4096,
    healthUrl: `http://127.0.0.1:${ports.simulatorAdmin}/readyz`,
  };
}

/** Fewer collections of garbage in what a first load goes through; costs 80 MB. */
const ROOMY = ['--heap-growing-percent=200', '--min-semi-space-size=8'];

/** Our processes in the order they are started: the control-plane first, because it creates topics and settings. */
export function appDefinitions(environment: AppEnvironment): readonly AppDefinition[] {
  const { ports, forests } = environment;
  const importerPorts = [ports.adImporter, ports.adImporterSecond];
  const importers = forests.map((forest, index) => ({
    ...app(environment, {
      name: `ad-importer-${forest}`,
      folder: 'ad-importer',
      port: importerPorts[index] ?? 0,
      env: { ADJOIN_CONNECTOR: forest },
    }),
    nodeArgs: ROOMY,
  }));
  const engine = {
    ...app(environment, { name: 'sync-engine', folder: 'sync-engine', port: ports.syncEngine }),
    youngMb: 32,
    // It marked its whole heap every 1.2 s of a first load; with room for three times of what lives, every 6 s. Costs 90 MB.
    nodeArgs: ['--heap-growing-percent=200', '--min-semi-space-size=16'],
  };
  const exporter = {
    ...app(environment, {
      name: 'entra-exporter',
      folder: 'entra-exporter',
      port: ports.entraExporter,
      env: { ADJOIN_TARGET: 'entra' },
    }),
    youngMb: 32,
    nodeArgs: ROOMY,
  };
  const others = [engine, exporter, ...importers, ...(environment.passwords === true ? passwordApps(environment) : [])];
  const processes = Object.fromEntries(others.map(({ name, healthUrl }) => [name, new URL(healthUrl).origin]));
  const controlPlane = app(environment, {
    name: 'control-plane',
    folder: 'control-plane',
    port: ports.controlPlane,
    env: { ADJOIN_PROCESSES: JSON.stringify(processes) },
  });
  return [controlPlane, ...others];
}

/** One process a forest, without a way to attach a debugger. */
function passwordApps(environment: AppEnvironment): readonly AppDefinition[] {
  const { ports, forests } = environment;
  const passwordPorts = [ports.passwordHashSync, ports.passwordHashSyncSecond];
  return forests.map((forest, index) => ({
    ...app(environment, {
      name: `password-hash-sync-${forest}`,
      folder: 'password-hash-sync',
      port: passwordPorts[index] ?? 0,
      env: { ADJOIN_CONNECTOR: forest },
    }),
    nodeArgs: ['--disable-sigusr1'],
    youngMb: 8,
  }));
}

function app(
  environment: AppEnvironment,
  options: {
    readonly name: string;
    readonly folder: string;
    readonly port: number;
    readonly env?: Readonly<Record<string, string>>;
  },
): AppDefinition {
  return {
    name: options.name,
    entry: `apps/${options.folder}/dist/main.js`,
    env: {
      ADJOIN_CONFIG: environment.connectorFile,
      ADJOIN_MONGO_URI: environment.mongoUri,
      ADJOIN_KAFKA_BROKERS: environment.kafkaBootstrap,
      ADJOIN_HEALTH_PORT: String(options.port),
      ADJOIN_INSTANCE: options.name,
      LOG_LEVEL: environment.logLevel ?? 'info',
      ...options.env,
    },
    healthUrl: `http://127.0.0.1:${options.port}/readyz`,
  };
}
