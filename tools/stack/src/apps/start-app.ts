import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '../stack-error.js';
import { ManagedProcess, type ServiceHandle } from '../process/managed-process.js';
import { requireFreePort } from '../process/port-check.js';
import type { ServiceContext } from '../services/service-context.js';
import { nodeBinary, repositoryRoot, stateFolder } from '../state-folder.js';

/** One of our processes. */
export interface AppDefinition {
  readonly name: string;
  /** Built entry file, relative to the repository. */
  readonly entry: string;
  readonly args?: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Further arguments of Node.js. */
  readonly nodeArgs?: readonly string[] | undefined;
  /** Megabytes of half of the young generation: more for a process whose objects live through a whole transaction, else it is only memory. */
  readonly youngMb?: number | undefined;
  /** Most megabytes of the old generation. */
  readonly oldMb?: number | undefined;
  /** Answers 200 to GET when the process can work. */
  readonly healthUrl: string;
}

const YOUNG_MB = 16;
const OLD_MB = 384;
const PROBE_MS = 2000;
/** Ours drain in under 25 s in production; on the local stack the whole of it has 10 s to end. */
const STOP_GRACE_MS = 4500;

/** Starts one process and waits until it is ready. */
export async function startApp(definition: AppDefinition, context: ServiceContext): Promise<ServiceHandle> {
  const app = await prepareApp(definition, context);
  await app.start();
  return app;
}

/** One process that is not started yet, for callers that watch or disturb its start. Fails when its port is taken or it is not built. */
export async function prepareApp(definition: AppDefinition, context: ServiceContext): Promise<ManagedProcess> {
  const root = repositoryRoot();
  const entry = join(root, definition.entry);
  if (!existsSync(entry)) {
    throw new StackError(
      'ADJ-STK-1002',
      `${definition.name} is not built: ${definition.entry} does not exist. Run npm run build.`,
    );
  }
  const health = new URL(definition.healthUrl);
  await requireFreePort(Number(health.port), { host: health.hostname, service: definition.name });
  return new ManagedProcess({
    name: definition.name,
    command: nodeBinary(),
    // A machine with much memory would let the heap grow without need; a container limits it by itself.
    args: [
      `--max-old-space-size=${definition.oldMb ?? OLD_MB}`,
      `--max-semi-space-size=${definition.youngMb ?? YOUNG_MB}`,
      // Eight processes share the machine: four helper threads in each for collecting garbage only get into each other's way.
      '--v8-pool-size=1',
      ...(definition.nodeArgs ?? []),
      entry,
      ...(definition.args ?? []),
    ],
    env: { NODE_COMPILE_CACHE: join(stateFolder().cache, 'node-compile'), ...definition.env },
    cwd: root,
    logFile: join(context.runFolder, 'logs', `${definition.name}.log`),
    ready: () => answersOk(definition.healthUrl),
    readyDeadlineMs: 120_000,
    stopGraceMs: STOP_GRACE_MS,
    onCrash: context.onCrash,
    signal: context.signal,
  });
}

/** Starts processes one after the other, those that others need first. What was started is ended when one of them fails. */
export async function startApps(
  definitions: readonly AppDefinition[],
  context: ServiceContext,
): Promise<readonly ServiceHandle[]> {
  const started: ServiceHandle[] = [];
  try {
    for (const definition of definitions) {
      context.report(`starting ${definition.name}`);
      started.push(await startApp(definition, context));
    }
  } catch (error) {
    for (const app of started.reverse()) await app.stop();
    throw error;
  }
  return started;
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false; // not listening yet
  }
}
