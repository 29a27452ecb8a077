import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeFeed, DirectoryWriter, observe, readIds, waitForFullSync, waitUntilIdle, type Lab } from '@adjoin/demo';
import {
  appDefinitions,
  prepareApp,
  stateFolder,
  type AppDefinition,
  type ServiceHandle,
  type Stack,
} from '@adjoin/stack';
import type { Bench, BenchContext } from '../bench.js';
import { withLab, type OpenLab } from '../lab/open-lab.js';
import { FigureTable } from '../result/figure.js';

const USERS = 200;
const COUNTS = [1, 2, 4];
const RUNS = 3;
const IDLE_MS = 10_000;
const DEADLINE_MS = 60_000;
const ENGINE = 'sync-engine';

/**
 * One replica of the engine is active, the others stand by (ADR 0005): more replicas make nothing faster. What they are for is measured: how long
 * nothing moves when the active one is killed, and what standing by costs.
 */
export const replicasBench: Bench = {
  name: 'replicas',
  does: 'take-over when the active engine is killed, with 1 (it is started again), 2 and 4 replicas; cost of standing by (--users, 200)',
  run: async (context) => {
    const users = context.options.users ?? USERS;
    const table = new FigureTable();
    await withLab(context, { users }, async (open) => {
      await waitForFullSync(open.lab, open.expected);
      for (const count of context.options.sizes ?? COUNTS) await measureReplicas(context, open, count, table);
    });
    return {
      parameters: { users },
      figures: table.figures(),
      notes: [
        'take-over: from SIGKILL of the active engine to the first read of Graph that shows a change made at that moment; the lease lives 6 s.',
        'With one replica it is started again at once, as an orchestrator does. One engine is active whatever the number: the rate is that of one',
      ],
    };
  },
};

async function measureReplicas(context: BenchContext, open: OpenLab, count: number, table: FigureTable): Promise<void> {
  const { lab } = open;
  const standbys = await startStandbys(lab.stack, count - 1);
  const engines = [{ handle: lab.stack.service(ENGINE), url: engineDefinition(lab.stack).healthUrl }, ...standbys];
  try {
    for (let run = 0; run < (context.options.runs ?? RUNS); run++) {
      await waitUntilIdle(lab, 'The engine to be idle', DEADLINE_MS);
      const seconds = await takeOver(open, engines);
      lab.report(`${count} replicas: nothing moved for ${seconds.toFixed(1)} s`);
      table.add(seconds, {
        name: `take-over, ${count} ${count === 1 ? 'replica' : 'replicas'}`,
        unit: 's',
        better: 'less',
      });
      for (const { handle } of engines) if (!handle.running) await handle.restart();
    }
    if (count > 1) {
      const figure = { name: `standing by, ${count} replicas`, unit: 'CPU ms/s each', better: 'less' } as const;
      table.add(await costOfStandby(lab, engines), figure);
    }
  } finally {
    await Promise.all(standbys.map(({ handle }) => handle.stop()));
    if (!lab.stack.service(ENGINE).running) await lab.stack.restart(ENGINE);
  }
}

interface Replica {
  readonly handle: ServiceHandle;
  /** `/readyz`, which tells the role. */
  readonly url: string;
}

/** Kills the active engine and changes a user at the same moment; seconds until Graph shows it. */
async function takeOver({ lab, entries }: OpenLab, engines: readonly Replica[]): Promise<number> {
  const forest = lab.stack.forests[0]?.forest;
  const ids = await readIds(lab.graph);
  const person = entries.find(({ anchor, classes }) => classes.has('user') && ids.has(anchor));
  const active = await activeOf(engines);
  if (forest === undefined || person === undefined || active === undefined)
    throw new Error('There is nothing to take over.');
  const title = `Take-over ${randomBytes(4).toString('hex')}`;
  const writer = await DirectoryWriter.open(forest);
  const feed = await ChangeFeed.open(lab.simulator);
  const path = `/users/${ids.get(person.anchor) ?? ''}?$select=id,jobTitle`;
  try {
    const at = Date.now();
    await active.handle.kill9();
    const restarted = engines.length === 1 ? active.handle.restart() : Promise.resolve();
    await writer.replace(person.dn, 'title', title);
    const isShown = async (): Promise<boolean> => (await lab.graph.get(path)).body['jobTitle'] === title;
    const quiet = { ...lab, report: () => undefined };
    const { latencyMs } = await observe(quiet, feed, { kind: 'attribute', object: person.dn, at, isShown });
    await restarted;
    return latencyMs / 1000;
  } finally {
    feed.stop();
    await writer.close();
  }
}

/** Processor time of a replica that stands by, averaged over all of them. */
async function costOfStandby(lab: Lab, engines: readonly Replica[]): Promise<number> {
  const active = await activeOf(engines);
  const passive = engines.filter((engine) => engine !== active);
  const used = (): number => passive.reduce((sum, { handle }) => sum + cpuMsOf(handle.pid), 0);
  const before = used();
  await sleep(IDLE_MS, undefined, { signal: lab.signal });
  return (used() - before) / passive.length / (IDLE_MS / 1000);
}

async function activeOf(engines: readonly Replica[]): Promise<Replica | undefined> {
  for (const until = performance.now() + DEADLINE_MS; performance.now() < until; await sleep(200)) {
    for (const engine of engines) {
      const answer = await fetch(engine.url).then(
        (response) => response.text(),
        () => '', // it does not run
      );
      if (answer.includes('"active"')) return engine;
    }
  }
  return undefined;
}

function engineDefinition(stack: Stack): AppDefinition {
  const environment = {
    ports: stack.ports,
    runFolder: stack.runFolder,
    connectorFile: stack.connectorFile,
    kafkaBootstrap: stack.kafka.bootstrap,
    mongoUri: stack.mongoUri,
    forests: stack.forests.map(({ forest }) => forest.name),
  };
  const engine = appDefinitions(environment).find(({ name }) => name === ENGINE);
  if (engine === undefined) throw new Error(`The stack has no ${ENGINE}.`);
  return engine;
}

async function startStandbys(stack: Stack, count: number): Promise<readonly Replica[]> {
  const engine = engineDefinition(stack);
  const port = Number(new URL(engine.healthUrl).port);
  const context = { cacheFolder: stateFolder().cache, runFolder: stack.runFolder, report: () => undefined };
  const replicas: Replica[] = [];
  for (let n = 1; n <= count; n++) {
    const url = `http://127.0.0.1:${port + n}/readyz`;
    const name = `${ENGINE}-${n + 1}`;
    const env = { ...engine.env, ADJOIN_HEALTH_PORT: String(port + n), ADJOIN_INSTANCE: name };
    const handle = await prepareApp({ ...engine, name, env, healthUrl: url }, context);
    await handle.start();
    replicas.push({ handle, url });
  }
  return replicas;
}

/** Processor time of a process since its start: utime and stime in hundredths of a second, proc(5). */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
