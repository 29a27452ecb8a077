import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ControlPlane, graphReader, type GraphReader } from '@adjoin/demo';
import { createKafka, createLogger } from '@adjoin/shared';
import {
  appDefinitions,
  bringUp,
  directoryLoad,
  FORESTS,
  prepareApp,
  simulatorDefinition,
  slotForest,
  slotPorts,
  stateFolder,
  type AppDefinition,
  type ForestDescription,
  type ManagedProcess,
  type ServiceHandle,
  type Stack,
  type StackPorts,
} from '@adjoin/stack';
import { TcpProxy } from '@adjoin/testing';
import mongoose from 'mongoose';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { APPS, type AppName } from '../schedule/fault.js';
import { Supervisor } from './supervisor.js';
import { Tenant } from './tenant.js';

export interface FaultLabOptions {
  readonly name: string;
  readonly slot: number;
  readonly users: number;
  readonly groups: number;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

export const CONNECTOR = 'corp';
export const TARGET = 'entra';
const SIMULATOR = 'entra-simulator';
const LDAPS = 636;
const CLOCK_MODULE = join(import.meta.dirname, 'clock-shift.js');
const connectorFile = z.looseObject({ connectors: z.array(z.looseObject({ type: z.string() })) });

/**
 * A small stack with something between everything that can break: a proxy in front of Kafka, two addresses of the domain controller, and clocks
 * that can be set. The processes are the ones that are shipped; they are told addresses, nothing else.
 */
export class FaultLab {
  readonly stack: Stack;
  readonly forest: ForestDescription;
  readonly kafkaProxy: TcpProxy;
  /** Addresses of the domain controller in the order in which the importer tries them. */
  readonly controllers: readonly TcpProxy[];
  readonly supervisor: Supervisor;
  readonly tenant: Tenant;
  readonly controlPlane: ControlPlane;
  readonly mongo: mongoose.mongo.MongoClient;
  readonly kafka: ReturnType<typeof createKafka>;
  readonly #definitions: ReadonlyMap<string, AppDefinition>;
  readonly #options: FaultLabOptions;
  #graph: GraphReader | undefined;

  private constructor(
    options: FaultLabOptions,
    stack: Stack,
    proxies: readonly [TcpProxy, ...TcpProxy[]],
    supervisor: Supervisor,
  ) {
    this.#options = options;
    this.stack = stack;
    const forest = stack.forests[0]?.forest;
    if (forest === undefined) throw new Error('The stack has no forest.');
    this.forest = forest;
    const [kafkaProxy, ...controllers] = proxies;
    this.kafkaProxy = kafkaProxy;
    this.controllers = controllers;
    this.supervisor = supervisor;
    this.tenant = new Tenant(stack.ports);
    this.controlPlane = new ControlPlane(stack.ports);
    this.mongo = new mongoose.mongo.MongoClient(`mongodb://127.0.0.1:${stack.ports.mongod}/?directConnection=true`, {
      serverSelectionTimeoutMS: 5000,
    });
    this.kafka = createKafka({
      access: { brokers: [stack.kafka.bootstrap] },
      clientId: 'faults',
      log: createLogger('faults', 'silent'),
    });
    this.#definitions = new Map(definitionsOf(stack).map((one) => [one.name, one]));
  }

  /** Starts Kafka, MongoDB, the forest and the simulator; our processes wait for {@link startApps}. */
  static async open(options: FaultLabOptions): Promise<FaultLab> {
    const { slot, report, signal } = options;
    const common = stateFolder();
    const tests = stateFolder(join(common.root, 'test'));
    const ports = slotPorts(slot);
    const supervisor = new Supervisor(report);
    const proxies = proxiesOf(ports, slot);
    await Promise.all(proxies.map((proxy) => proxy.open()));
    let stack: Stack | undefined;
    try {
      stack = await bringUp({
        state: { root: tests.root, cache: common.cache, run: tests.run },
        name: options.name,
        ports,
        forests: [
          {
            definition: slotForest(FORESTS.corp, slot),
            load: { ...directoryLoad({ users: options.users }), groups: options.groups },
          },
        ],
        apps: false,
        kafkaAdvertisedPort: kafkaProxyPort(ports),
        report,
        signal,
        onCrash: (crash) => supervisor.crashed(crash),
      });
      await useProxies(stack, slot);
      const lab = new FaultLab(options, stack, proxies, supervisor);
      for (const service of stack.services) supervisor.add(service);
      await mkdir(lab.#clockFolder, { recursive: true });
      await lab.start(SIMULATOR);
      return lab;
    } catch (error) {
      await stack?.stop();
      await Promise.all(proxies.map((proxy) => proxy.close()));
      throw error;
    }
  }

  /**
   * Starts our processes: the control-plane first, then the others at the same time. Their handles are there at once, for faults that come while
   * they start; one that is ended meanwhile is started again by whoever ended it.
   */
  async startApps(): Promise<void> {
    const [first, ...others] = await Promise.all(APPS.map((name) => this.#prepare(this.#definition(name))));
    await first?.start();
    await Promise.all(others.map((app) => app.start()));
  }

  async start(name: string): Promise<void> {
    await (await this.#prepare(this.#definition(name))).start();
  }

  /** Starts one more replica of a process and does not wait for it; `number` is 1 for the second one. */
  async startReplica(name: 'sync-engine' | 'entra-exporter', number: number): Promise<ServiceHandle> {
    const definition = this.#definition(name);
    const port = Number(new URL(definition.healthUrl).port) + number;
    const own = `${name}-${number + 1}`;
    const replica = await this.#prepare({
      ...definition,
      name: own,
      env: { ...definition.env, ADJOIN_HEALTH_PORT: String(port), ADJOIN_INSTANCE: own },
      healthUrl: `http://127.0.0.1:${port}/readyz`,
    });
    replica.start().catch(() => undefined); // it may be ended before it is ready
    return replica;
  }

  /** The tenant, as any application reads it; the simulator has to run. */
  get graph(): GraphReader {
    this.#graph ??= graphReader(this.stack);
    return this.#graph;
  }

  /** Sets the clock of a process off; 0 sets it right. */
  async setClock(name: AppName, offsetMs: number): Promise<void> {
    await writeFile(join(this.#clockFolder, name), String(offsetMs));
  }

  /** Ends everything; the data of a run that failed may be kept. */
  async close({ keep }: { readonly keep: boolean }): Promise<void> {
    this.#graph?.close();
    await this.mongo.close();
    await this.supervisor.stopAll([...APPS, SIMULATOR]);
    await this.stack.stop();
    await Promise.all([this.kafkaProxy, ...this.controllers].map((proxy) => proxy.close()));
    if (!keep) await rm(this.stack.runFolder, { recursive: true, force: true });
  }

  get #clockFolder(): string {
    return join(this.stack.runFolder, 'clock');
  }

  #definition(name: string): AppDefinition {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new Error(`The lab has no process ${name}.`);
    return definition;
  }

  async #prepare(definition: AppDefinition): Promise<ManagedProcess> {
    const { report } = this.#options;
    const { runFolder } = this.stack;
    const context = {
      cacheFolder: stateFolder().cache,
      runFolder,
      report,
      onCrash: this.supervisor.crashed.bind(this.supervisor),
    };
    const app = await prepareApp(withClock(definition, join(this.#clockFolder, definition.name)), context);
    this.supervisor.add(app);
    return app;
  }
}

function definitionsOf(stack: Stack): readonly AppDefinition[] {
  const environment = {
    ports: stack.ports,
    runFolder: stack.runFolder,
    connectorFile: stack.connectorFile,
    kafkaBootstrap: stack.kafka.bootstrap,
    mongoUri: stack.mongoUri,
    forests: stack.forests.map(({ forest }) => forest.name),
  };
  return [simulatorDefinition(environment), ...appDefinitions(environment)];
}

/** The simulator is another company's service: its clock is right. */
function withClock(definition: AppDefinition, file: string): AppDefinition {
  if (definition.name === SIMULATOR) return definition;
  const options = `${process.env['NODE_OPTIONS'] ?? ''} --import=${pathToFileURL(CLOCK_MODULE).href}`.trim();
  return { ...definition, env: { ...definition.env, NODE_OPTIONS: options, FAULT_CLOCK_FILE: file } };
}

/** Behind the two ports of Kafka in the table. */
function kafkaProxyPort(ports: StackPorts): number {
  return ports.kafkaController + 1;
}

const CONTROLLER_HOSTS = [20, 21] as const;

function proxiesOf(ports: StackPorts, slot: number): readonly [TcpProxy, ...TcpProxy[]] {
  const controller = { host: slotForest(FORESTS.corp, slot).ip, port: LDAPS };
  return [
    new TcpProxy({ host: '127.0.0.1', port: kafkaProxyPort(ports) }, { host: '127.0.0.1', port: ports.kafka }),
    ...CONTROLLER_HOSTS.map((host) => new TcpProxy({ host: `127.0.${slot}.${host}`, port: LDAPS }, controller)),
  ];
}

/** Tells the connector the two addresses of the domain controller. */
async function useProxies(stack: Stack, slot: number): Promise<void> {
  const file = connectorFile.parse(parse(await readFile(stack.connectorFile, 'utf8')));
  const servers = CONTROLLER_HOSTS.map((host) => `ldaps://127.0.${slot}.${host}:${LDAPS}`);
  const connectors = file.connectors.map((one) => (one.type === 'ad' ? { ...one, servers } : one));
  await writeFile(stack.connectorFile, stringify({ ...file, connectors }));
}
