import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import {
  bringUp,
  directoryLoad,
  FORESTS,
  prepareApp,
  simulatorDefinition,
  appDefinitions,
  slotForest,
  slotPorts,
  stateFolder,
  type AppDefinition,
  type ManagedProcess,
  type Stack,
} from '@adjoin/stack';
import mongoose from 'mongoose';
import type { Bench, BenchContext } from '../bench.js';
import { FigureTable, type Figure } from '../result/figure.js';
import { median } from '../result/statistics.js';
import { PasswordScene } from './password-scene.js';
import { PassWatch } from './pass-watch.js';
import { peakMemoryMb, cpuMs } from './own-process.js';

const USERS = 10_000;
const SLOT = 60;
const CHANGES = 20;
/** What follows the first pass (answers that came last) is over. */
const SETTLED_MS = 5000;
/** Several passes at the poll interval, in which nobody changes a password. */
const EMPTY_MS = 15_000;
const PASS_ONE = 'pass with one change';
const PASS_NONE = 'pass without changes';
const PASSWORD_APP = 'password-hash-sync-corp';

/** The first pass over all users of a real domain controller, and single changes, without the rest of Adjoin: users are put into the tenant directly. */
export const passwordsBench: Bench = {
  name: 'passwords',
  does: 'password hash synchronization: first pass over all users, then single changes (--users, 10,000; --changes, 20)',
  run: async (context) => {
    const users = context.options.users ?? USERS;
    const table = new FigureTable();
    for (let run = 1; run <= (context.options.runs ?? 1); run++) await withStack(context, users, table);
    return {
      parameters: { users },
      figures: table.figures(),
      notes: [
        'first pass: from the start of the process to the last credential that the simulator accepted',
        'pass with one change: reading it, reading the user, deriving, proving the binding, sending, the answer stored; without the wait for the next poll',
        ...passNotes(table.figures()),
      ],
    };
  },
};

async function withStack({ options, report, signal }: BenchContext, users: number, table: FigureTable): Promise<void> {
  const slot = options.slot ?? SLOT;
  const common = stateFolder();
  const stack = await bringUp({
    ...{ report, signal, state: common, name: `bench-passwords-${String(slot)}`, ports: slotPorts(slot) },
    forests: [{ definition: slotForest(FORESTS.corp, slot), load: { ...directoryLoad({ users }), groups: 10 } }],
    ...{ apps: false, passwords: true },
  });
  const started: ManagedProcess[] = [];
  const start = async (name: string): Promise<ManagedProcess> => {
    const definition = definitions(stack).find((one) => one.name === name);
    if (definition === undefined) throw new Error(`no process ${name}`);
    const app = await prepareApp(definition, { cacheFolder: common.cache, runFolder: stack.runFolder, report, signal });
    started.push(app);
    await app.start();
    return app;
  };
  const mongo = new mongoose.mongo.MongoClient(stack.mongoUri);
  try {
    await start('entra-simulator');
    const scene = await PasswordScene.open(stack, mongo.db());
    report('putting the users into the tenant');
    const inScope = await scene.bring();
    const metricsUrl = `http://127.0.0.1:${String(stack.ports.passwordHashSync)}/metrics`;
    await measure({ start, scene, inScope, table, report, changes: options.changes ?? CHANGES, metricsUrl });
    await scene.close();
  } finally {
    await mongo.close();
    for (const app of started.reverse()) await app.stop();
    await stack.stop();
    await rm(stack.runFolder, { recursive: true, force: true });
  }
}

async function measure(options: {
  readonly start: (name: string) => Promise<ManagedProcess>;
  readonly scene: PasswordScene;
  readonly inScope: number;
  readonly table: FigureTable;
  readonly report: (line: string) => void;
  readonly changes: number;
  readonly metricsUrl: string;
}): Promise<void> {
  const { start, scene, inScope, table, report, changes, metricsUrl } = options;
  report(`first pass over ${String(inScope)} users`);
  const begun = performance.now();
  const app = await start(PASSWORD_APP);
  await scene.untilSent(inScope);
  const pass = (performance.now() - begun) / 1000;
  table.add(pass, { name: 'first pass', unit: 's', better: 'less', goal: 30 });
  table.add(inScope / pass, { name: 'rate of the first pass', unit: 'users/s', better: 'more' } as const);
  const pid = app.identity?.pid ?? 0;
  table.add((cpuMs(pid) * 1000) / inScope, { name: 'CPU of the process', unit: 'ms/1000 users', better: 'less' });
  report('single changes');
  await wait(SETTLED_MS);
  const watch = new PassWatch(metricsUrl);
  watch.start();
  for (let n = 0; n < changes; n++)
    table.add(await scene.change(n), { name: 'change to sign-in', unit: 'ms', better: 'less', goal: 5000 });
  report('passes without changes');
  await wait(EMPTY_MS);
  const { none, one } = await watch.stop();
  for (const ms of one) table.add(ms, { name: PASS_ONE, unit: 'ms', better: 'less', goal: 1000 });
  for (const ms of none) table.add(ms, { name: PASS_NONE, unit: 'ms', better: 'less' });
  table.add(peakMemoryMb(pid), { name: 'peak memory of the process', unit: 'MB', better: 'less', goal: 250 });
}

/** Median and range of a figure are printed anyway; of how many passes they are, and what the worst was, are not. */
function passNotes(figures: readonly Figure[]): readonly string[] {
  return figures
    .filter(({ name }) => name === PASS_ONE || name === PASS_NONE)
    .map(({ name, values }) => {
      const [middle, worst] = [median(values), Math.max(...values)].map((ms) => ms.toFixed(0));
      return `${name}: ${String(values.length)} passes, median ${String(middle)} ms, worst ${String(worst)} ms`;
    });
}

function definitions(stack: Stack): readonly AppDefinition[] {
  const environment = {
    ...{ ports: stack.ports, runFolder: stack.runFolder, connectorFile: stack.connectorFile },
    ...{ kafkaBootstrap: stack.kafka.bootstrap, mongoUri: stack.mongoUri, passwords: true },
    forests: stack.forests.map(({ forest }) => forest.name),
  };
  return [simulatorDefinition(environment), ...appDefinitions(environment)];
}
