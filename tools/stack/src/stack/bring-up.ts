import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleOptions } from '@adjoin/contracts';
import { appDefinitions, simulatorDefinition, type AppEnvironment } from '../apps/app-definitions.js';
import { writeConnectorFile } from '../apps/connector-file.js';
import { startApp, type AppDefinition } from '../apps/start-app.js';
import type { Report } from '../fetch/download.js';
import type { CrashReport, ServiceHandle } from '../process/managed-process.js';
import { identityOf, isAlive } from '../process/process-identity.js';
import { defaultPorts, type StackPorts } from '../ports.js';
import { labForests, type ForestPlan } from '../samba/lab-forests.js';
import { startSamba, type SambaService } from '../samba/start-samba.js';
import { startKafka, type KafkaService } from '../services/kafka.js';
import type { ServiceContext } from '../services/service-context.js';
import { startMongo, type MongoService } from '../services/mongo.js';
import { StackError } from '../stack-error.js';
import type { StateFolder } from '../state-folder.js';
import { serveRequests } from './request.js';
import { endLeftovers, readStackRecord, removeStackRecord, writeStackRecord, type StackRecord } from './stack-file.js';

/** What a stack consists of. */
export interface StackOptions {
  readonly state: StateFolder;
  /** Name of the instance; its data is in `run/<name>` of the state folder. Default `local`. */
  readonly name?: string | undefined;
  readonly ports?: StackPorts | undefined;
  /** Default: one forest of 500 users. */
  readonly forests?: readonly ForestPlan[] | undefined;
  /** False: no simulator and none of our processes. */
  readonly apps?: boolean | undefined;
  /** Keep Kafka's, MongoDB's and the forests' data of the last run instead of starting from nothing. */
  readonly keep?: boolean | undefined;
  readonly mode?: 'continuous' | 'interval' | undefined;
  readonly overlays?: readonly string[] | undefined;
  /** How objects of several forests are recognized as one person; by SID when there are several forests. */
  readonly identifyUsersBy?: RuleOptions['identifyUsersBy'] | undefined;
  readonly logLevel?: string | undefined;
  /** Password hash synchronization of every forest, over the sync service. */
  readonly passwords?: boolean | undefined;
  readonly mongoCacheGb?: number | undefined;
  /** The port at which clients reach Kafka, when a proxy of the caller stands in front of it. */
  readonly kafkaAdvertisedPort?: number | undefined;
  /** Called when the forests answer, before our processes start: what reads a forest here does not take processor time from them. */
  readonly beforeApps?: ((forests: readonly SambaService[]) => Promise<void>) | undefined;
  readonly report: Report;
  readonly onCrash?: ((crash: CrashReport) => void) | undefined;
  /** Aborting stops the start between two processes. */
  readonly signal?: AbortSignal | undefined;
}

/** A running stack. */
export interface Stack {
  readonly name: string;
  readonly runFolder: string;
  readonly ports: StackPorts;
  readonly kafka: KafkaService;
  readonly mongo: MongoService;
  /** MongoDB connection string with the database of our processes. */
  readonly mongoUri: string;
  readonly forests: readonly SambaService[];
  /** Connector file of our processes. */
  readonly connectorFile: string;
  /** All processes in the order they were started. */
  readonly services: readonly ServiceHandle[];
  /** Fails with ADJ-STK-2004 for an unknown name. */
  service(name: string): ServiceHandle;
  restart(name: string): Promise<void>;
  /** Stops everything in reverse order; safe to call twice. */
  stop(): Promise<void>;
}

const DATABASE = 'adjoin';

/** Starts a whole stack; what was started is stopped again when a part of it fails. */
export async function bringUp(options: StackOptions): Promise<Stack> {
  const name = options.name ?? 'local';
  const runFolder = options.state.run(name);
  await takeOver(runFolder, name);
  const builder = new StackBuilder(options, name, runFolder);
  try {
    return await builder.build();
  } catch (error) {
    await builder.stop();
    throw builder.failure ?? error;
  }
}

/** Fails when a stack of this name runs; ends what one left behind whose owner was killed. */
async function takeOver(runFolder: string, name: string): Promise<void> {
  const record = readStackRecord(runFolder);
  if (record === undefined) return;
  if (isAlive(record.owner) && record.owner.pid !== process.pid) {
    throw new StackError(
      'ADJ-STK-2002',
      `The stack "${name}" already runs (process ${record.owner.pid}, state in ${runFolder}). Stop it with: npm run stack:down`,
    );
  }
  await endLeftovers(record, 8000);
  removeStackRecord(runFolder);
}

/** Like Promise.all, but waits for every start to end before it fails, so that all that was started can be stopped. */
async function allEnded<T extends readonly unknown[]>(
  starts: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  await Promise.allSettled(starts);
  return (await Promise.all(starts)) as unknown as T;
}

class StackBuilder {
  readonly #options: StackOptions;
  readonly #name: string;
  readonly #runFolder: string;
  readonly #ports: StackPorts;
  readonly #services: { readonly handle: ServiceHandle; startedAt: string }[] = [];
  readonly #startedAt = new Date().toISOString();
  /** Names of our own processes without the simulator. */
  readonly #ours = new Set<string>();
  readonly #giveUp = new AbortController();
  readonly #signal: AbortSignal;
  /** Why the start failed: the first error, not one that follows from it. */
  failure: unknown;
  #stopping: Promise<void> | undefined;
  #closeRequests: () => void = () => undefined;
  #ready = false;

  constructor(options: StackOptions, name: string, runFolder: string) {
    this.#options = options;
    this.#name = name;
    this.#runFolder = runFolder;
    this.#ports = options.ports ?? defaultPorts();
    this.#signal =
      options.signal === undefined ? this.#giveUp.signal : AbortSignal.any([options.signal, this.#giveUp.signal]);
  }

  async build(): Promise<Stack> {
    if (this.#options.keep !== true) await this.#clear();
    this.#record();
    const ports = this.#ports;
    const { keep, mongoCacheGb: cacheGb } = this.#options;
    const [kafka, mongo, forests] = await allEnded([
      this.#start('kafka', (context) =>
        startKafka({
          ...context,
          port: ports.kafka,
          controllerPort: ports.kafkaController,
          advertisedPort: this.#options.kafkaAdvertisedPort,
        }),
      ),
      this.#start('mongo', (context) => startMongo({ ...context, port: ports.mongod, cacheGb })),
      allEnded(
        this.#forests().map((forest) =>
          this.#start(`samba-${forest.definition.name}`, (context) => startSamba({ ...context, ...forest, keep })),
        ),
      ),
    ]);
    await this.#options.beforeApps?.(forests);
    const connectorFile = await this.#writeConnectors(forests);
    const mongoUri = mongo.uri.replace('/?', `/${DATABASE}?`);
    if (this.#options.apps !== false)
      await this.#startApps({ connectorFile, kafkaBootstrap: kafka.bootstrap, mongoUri, forests });
    this.#ready = true;
    this.#record();
    this.#closeRequests = serveRequests(this.#runFolder, (service) => this.restart(service));
    return {
      name: this.#name,
      runFolder: this.#runFolder,
      ports,
      kafka,
      mongo,
      mongoUri,
      forests,
      connectorFile,
      services: this.#services.map(({ handle }) => handle),
      service: (service) => this.#find(service).handle,
      restart: (service) => this.restart(service),
      stop: () => this.stop(),
    };
  }

  async restart(service: string): Promise<void> {
    const entry = this.#find(service);
    await entry.handle.restart();
    entry.startedAt = new Date().toISOString();
    this.#record();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  #forests(): readonly ForestPlan[] {
    return this.#options.forests ?? labForests(1, {});
  }

  async #start<T extends ServiceHandle>(name: string, start: (context: ServiceContext) => Promise<T>): Promise<T> {
    const { state, report, onCrash } = this.#options;
    const signal = this.#signal;
    signal.throwIfAborted();
    const before = performance.now();
    const context = { cacheFolder: state.cache, runFolder: this.#runFolder, report, onCrash, signal };
    const handle = await start(context).catch((error: unknown) => {
      this.failure ??= error;
      this.#giveUp.abort(error); // the others need not get ready any more
      throw error;
    });
    this.#services.push({ handle, startedAt: new Date().toISOString() });
    this.#record();
    report(`${name} is ready (${((performance.now() - before) / 1000).toFixed(1)} s)`);
    return handle;
  }

  async #startApps(input: {
    readonly connectorFile: string;
    readonly kafkaBootstrap: string;
    readonly mongoUri: string;
    readonly forests: readonly SambaService[];
  }): Promise<void> {
    const environment: AppEnvironment = {
      ...input,
      ports: this.#ports,
      runFolder: this.#runFolder,
      forests: input.forests.map(({ forest }) => forest.name),
      logLevel: this.#options.logLevel,
      passwords: this.#options.passwords,
    };
    const start = (definition: AppDefinition): Promise<ServiceHandle> =>
      this.#start(definition.name, (context) => startApp(definition, context));
    const definitions = appDefinitions(environment);
    for (const { name } of definitions) this.#ours.add(name);
    const [first, ...others] = definitions;
    await allEnded([simulatorDefinition(environment), ...(first === undefined ? [] : [first])].map(start));
    await allEnded(others.map(start));
  }

  #writeConnectors(forests: readonly SambaService[]): Promise<string> {
    const { mode, overlays, identifyUsersBy, passwords } = this.#options;
    return writeConnectorFile({
      runFolder: this.#runFolder,
      forests: forests.map(({ forest }) => forest),
      ports: this.#ports,
      mode,
      overlays,
      identifyUsersBy,
      passwords,
    });
  }

  async #clear(): Promise<void> {
    for (const folder of ['kafka', 'mongo', 'logs', 'secrets', 'requests', 'entra-simulator']) {
      await rm(join(this.#runFolder, folder), { recursive: true, force: true });
    }
  }

  #find(service: string): { readonly handle: ServiceHandle; startedAt: string } {
    const entry = this.#services.find(({ handle }) => handle.name === service);
    if (entry !== undefined) return entry;
    const names = this.#services.map(({ handle }) => handle.name).join(', ');
    throw new StackError('ADJ-STK-2004', `The stack has no process "${service}". It has: ${names}.`);
  }

  async #stopAll(): Promise<void> {
    this.#closeRequests();
    // Ours first, while Kafka and MongoDB still answer them; each layer at once, because the whole has 10 s.
    const isOurs = ({ handle }: { readonly handle: ServiceHandle }): boolean => this.#ours.has(handle.name);
    await Promise.all(this.#services.filter(isOurs).map(({ handle }) => handle.stop()));
    await Promise.all(this.#services.filter((entry) => !isOurs(entry)).map(({ handle }) => handle.stop()));
    removeStackRecord(this.#runFolder);
  }

  #record(): void {
    const owner = identityOf(process.pid);
    if (owner === undefined) return; // cannot happen for the process that runs this
    const record: StackRecord = {
      name: this.#name,
      owner,
      startedAt: this.#startedAt,
      ports: this.#ports,
      forests: this.#forests().map(({ definition }) => definition.name),
      ready: this.#ready,
      processes: this.#services.flatMap(({ handle, startedAt }) =>
        handle.identity === undefined
          ? []
          : [{ name: handle.name, identity: handle.identity, startedAt, logFile: handle.logFile }],
      ),
    };
    writeStackRecord(this.#runFolder, record);
  }
}
