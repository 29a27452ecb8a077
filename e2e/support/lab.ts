import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  expectationOf,
  graphReader,
  readDirectory,
  readDomains,
  type Expectation,
  type GraphReader,
} from '@adjoin/demo';
import {
  appDefinitions,
  bringUp,
  directoryLoad,
  FORESTS,
  labForests,
  prepareApp,
  reserveSlot,
  simulatorDefinition,
  slotForest,
  slotPorts,
  stateFolder,
  type AppDefinition,
  type ForestDescription,
  type ForestPlan,
  type ManagedProcess,
  type ServiceHandle,
  type SlotReservation,
  type Stack,
} from '@adjoin/stack';
import mongoose from 'mongoose';
import { ControlPlane } from './control-plane.js';
import { Directory } from './directory.js';
import { recordFile, wrongRequests } from './sent-requests.js';
import { Simulator } from './simulator.js';

/** What a lab of one test file consists of. */
export interface LabOptions {
  /** Part of the name of the stack. */
  readonly name: string;
  readonly users?: number;
  readonly groups?: number;
  /** With two, four in ten accounts of the first have their mailbox in the second; people are recognized by SID. Default 1. */
  readonly forests?: 1 | 2;
  readonly overlays?: readonly string[];
  /** Password hash synchronization of the forest, over the sync service. Default false. */
  readonly passwords?: boolean;
  /** More environment of our processes. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The names of our processes in the order they are started; the simulator comes before them. */
export const APPS = ['control-plane', 'sync-engine', 'entra-exporter', 'ad-importer-corp'] as const;
/** Runs as well in a lab with two forests. */
const SECOND_IMPORTER = 'ad-importer-res';
/** Runs as well in a lab with passwords. */
const PASSWORDS = 'password-hash-sync-corp';
export type AppName = (typeof APPS)[number] | typeof SECOND_IMPORTER | typeof PASSWORDS;

/** Below the ports that the kernel gives to clients, and away from the slots of people and of the integration tests. */
const SLOTS = { first: 30, last: 54 } as const;
const SIMULATOR = 'entra-simulator';

/**
 * One forest or two, Kafka, MongoDB, the simulated tenant and our processes, started one by one as a test wants it. Nothing is shared between two
 * labs but downloads and snapshots of forests.
 */
export class Lab {
  readonly stack: Stack;
  /** The forest with the accounts. */
  readonly forest: ForestDescription;
  readonly simulator: Simulator;
  readonly controlPlane: ControlPlane;
  readonly #definitions: ReadonlyMap<string, AppDefinition>;
  readonly #apps = new Map<string, ManagedProcess>();
  readonly #cacheFolder: string;
  readonly #passwords: boolean;
  readonly #slot: SlotReservation;
  readonly #directories = new Map<string, Directory>();
  #graph: GraphReader | undefined;
  #mongo: mongoose.mongo.MongoClient | undefined;

  private constructor(stack: Stack, slot: SlotReservation, options: LabOptions, cacheFolder: string) {
    this.stack = stack;
    this.#slot = slot;
    const [forest] = stack.forests;
    if (forest === undefined) throw new Error('The stack has no forest.');
    this.forest = forest.forest;
    this.#cacheFolder = cacheFolder;
    this.#passwords = options.passwords === true;
    this.simulator = new Simulator(stack.ports);
    this.controlPlane = new ControlPlane(stack.ports);
    const environment = {
      ports: stack.ports,
      runFolder: stack.runFolder,
      connectorFile: stack.connectorFile,
      kafkaBootstrap: stack.kafka.bootstrap,
      mongoUri: stack.mongoUri,
      forests: stack.forests.map(({ forest: one }) => one.name),
      passwords: this.#passwords,
    };
    const ours = appDefinitions(environment).map((one) => ({ ...one, env: { ...one.env, ...options.env } }));
    const simulator = simulatorDefinition(environment);
    const recorded = { ...simulator.env, SIMULATOR_RECORD_WRITES: recordFile(stack.runFolder) };
    this.#definitions = new Map([{ ...simulator, env: recorded }, ...ours].map((one) => [one.name, one]));
  }

  /** Starts Kafka, MongoDB, the forest and the simulator; our processes wait for {@link startApps}. */
  static async open(options: LabOptions): Promise<Lab> {
    const common = stateFolder();
    const tests = stateFolder(join(common.root, 'test'));
    const reservation = await reserveSlot(SLOTS.first, SLOTS.last);
    const { slot, release } = reservation;
    const stack = await bringUp({
      state: { root: tests.root, cache: common.cache, run: tests.run },
      name: `e2e-${options.name}-${slot}`,
      ports: slotPorts(slot),
      forests: forestsOf(options, slot),
      apps: false,
      overlays: options.overlays,
      passwords: options.passwords,
      report: () => undefined,
    }).catch(async (error: unknown) => {
      await release();
      throw error;
    });
    const lab = new Lab(stack, reservation, options, common.cache);
    try {
      await lab.start(SIMULATOR);
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  /** A lab whose processes all run and are ready. */
  static async openReady(options: LabOptions): Promise<Lab> {
    const lab = await Lab.open(options);
    try {
      await lab.startApps();
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  /** Starts our processes: the control-plane first, then the others at the same time. */
  async startApps(): Promise<void> {
    const [first, ...others] = this.appNames;
    await this.start(first ?? '');
    await Promise.all(others.map((name) => this.start(name)));
  }

  /** Our processes in the order they are started. */
  get appNames(): readonly AppName[] {
    const names: readonly AppName[] = this.stack.forests.length > 1 ? [...APPS, SECOND_IMPORTER] : APPS;
    return this.#passwords ? [...names, PASSWORDS] : names;
  }

  /** Starts one of our processes and waits until it is ready. */
  async start(name: string): Promise<void> {
    await (await this.prepare(name)).start();
  }

  /** The handle of a process that the test starts itself. */
  async prepare(name: string): Promise<ManagedProcess> {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new Error(`The lab has no process ${name}.`);
    const { runFolder } = this.stack;
    const app = await prepareApp(definition, { cacheFolder: this.#cacheFolder, runFolder, report: () => undefined });
    this.#apps.set(name, app);
    return app;
  }

  /** A running process: one of ours, `kafka`, `mongo` or `samba-corp`. */
  service(name: string): ServiceHandle {
    return this.#apps.get(name) ?? this.stack.service(name);
  }

  /** Where `/livez`, `/readyz` and `/metrics` of one of our processes are. */
  address(name: AppName): string {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new Error(`The lab has no process ${name}.`);
    return new URL(definition.healthUrl).origin;
  }

  get apps(): readonly ServiceHandle[] {
    return [...this.#apps.values()];
  }

  /** A forest, as its administrator changes it; without a name that with the accounts. */
  async directory(name = this.forest.name): Promise<Directory> {
    const known = this.#directories.get(name);
    if (known !== undefined) return known;
    const forest = this.stack.forests.find((one) => one.forest.name === name)?.forest;
    if (forest === undefined) throw new Error(`The lab has no forest ${name}.`);
    const opened = await Directory.open(forest);
    this.#directories.set(name, opened);
    return opened;
  }

  /** The tenant, as any application reads it. */
  get graph(): GraphReader {
    this.#graph ??= graphReader(this.stack);
    return this.#graph;
  }

  /** The database of our processes. */
  get database(): mongoose.mongo.Db {
    this.#mongo ??= new mongoose.mongo.MongoClient(this.stack.mongoUri, { serverSelectionTimeoutMS: 5000 });
    return this.#mongo.db();
  }

  /** What the tenant must hold now, computed from LDAP alone. */
  async expectation(): Promise<Expectation> {
    const forests = await Promise.all(this.stack.forests.map(({ forest }) => readDirectory(forest)));
    return expectationOf(forests.flat(), await readDomains(this.graph), forests.length > 1 ? 'sid' : 'once');
  }

  /** Writes a secret file of the connectors, e.g. `corp-password`. */
  async writeSecret(name: string, value: string): Promise<void> {
    await writeFile(join(this.stack.runFolder, 'secrets', name), value, { mode: 0o600 });
  }

  /** A connection to the forest that is opened again, for example after its controller was killed. */
  async forgetDirectory(): Promise<void> {
    for (const directory of this.#directories.values()) await directory.close().catch(() => undefined); // the controller may be gone
    this.#directories.clear();
  }

  /** Stops everything and removes its data. `ADJOIN_E2E_KEEP=1` keeps the data, for a look at logs. */
  async close(): Promise<void> {
    const { name, runFolder } = this.stack;
    const wrong = await wrongRequests(this.simulator, { name, runFolder, overGraph: !this.#passwords });
    await this.forgetDirectory();
    this.#graph?.close();
    await this.#mongo?.close();
    await Promise.all([...this.#apps.values()].map((app) => app.stop()));
    await this.stack.stop();
    await this.#slot.release();
    if (process.env['ADJOIN_E2E_KEEP'] !== '1') await rm(this.stack.runFolder, { recursive: true, force: true });
    if (wrong.length > 0) throw new Error(`Requests that Graph does not know: ${wrong.slice(0, 20).join('; ')}`);
  }
}

function forestsOf({ users = 60, groups = 6, forests = 1 }: LabOptions, slot: number): readonly ForestPlan[] {
  if (forests === 2) return labForests(2, { users }, slot);
  return [{ definition: slotForest(FORESTS.corp, slot), load: { ...directoryLoad({ users }), groups } }];
}
