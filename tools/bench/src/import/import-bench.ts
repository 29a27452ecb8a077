import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryWriter } from '@adjoin/demo';
import {
  appDefinitions,
  bringUp,
  directoryLoad,
  FORESTS,
  prepareApp,
  slotForest,
  slotPorts,
  stateFolder,
  type ManagedProcess,
  type Stack,
} from '@adjoin/stack';
import { Attribute } from 'ldapts';
import type { Bench, BenchContext } from '../bench.js';
import { peakMemoryMb } from '../passwords/own-process.js';
import { FigureTable } from '../result/figure.js';
import { median } from '../result/statistics.js';
import { PublishedChanges } from './published-changes.js';

const USERS = 47_000;
const GROUPS = 2_500;
const CHANGES = 100;
const RUNS = 3;
/** 100 changes one after the other take some seconds, as when somebody works in the directory. */
const PAUSE_MS = 50;
const GOAL_SECONDS = 2;
const GOAL_MB = 300;

/** The importer alone: nothing is synchronized. */
export const importBench: Bench = {
  name: 'import',
  does: 'full import of a large forest and its memory; changes until they are published, before and after a first deletion (--users, 47,000; --changes, 100)',
  run: async (context) => {
    const users = context.options.users ?? USERS;
    const groups = context.options.groups ?? GROUPS;
    const changes = context.options.changes ?? CHANGES;
    const table = new FigureTable();
    await withStack(context, { users, groups }, (stack, start) => measure({ context, stack, start, changes, table }));
    return {
      parameters: { users, groups, changes },
      figures: table.figures(),
      notes: [
        'from the LDAP answer to the message in Kafka, read by a consumer',
        'until something is deleted the importer cannot know whether it sees deletions, and compares all objects now and then',
      ],
    };
  },
};

type Start = () => Promise<ManagedProcess>;

async function withStack(
  { options, report, signal }: BenchContext,
  load: { readonly users: number; readonly groups: number },
  work: (stack: Stack, start: Start) => Promise<void>,
): Promise<void> {
  const { slot } = options;
  const common = stateFolder();
  const stack = await bringUp({
    ...{ report, signal, state: common, name: `bench-import-${String(slot)}`, ports: slotPorts(slot), apps: false },
    forests: [{ definition: slotForest(FORESTS.corp, slot), load: directoryLoad(load) }],
  });
  const started: ManagedProcess[] = [];
  const start = async (): Promise<ManagedProcess> => {
    const { ports, runFolder, connectorFile, mongoUri, kafka } = stack;
    const environment = {
      ports,
      runFolder,
      connectorFile,
      mongoUri,
      kafkaBootstrap: kafka.bootstrap,
      forests: ['corp'],
    };
    const definition = appDefinitions(environment).find(({ name }) => name === 'ad-importer-corp');
    if (definition === undefined) throw new Error('There is no importer.');
    const app = await prepareApp(definition, { cacheFolder: common.cache, runFolder, report, signal });
    started.push(app);
    await app.start();
    return app;
  };
  try {
    await work(stack, start);
  } finally {
    report('stopping the stack');
    for (const app of started) await app.stop();
    await stack.stop();
    await rm(stack.runFolder, { recursive: true, force: true });
  }
}

interface Measurement {
  readonly context: BenchContext;
  readonly stack: Stack;
  readonly start: Start;
  readonly changes: number;
  readonly table: FigureTable;
}

async function measure({ context, stack, start, changes, table }: Measurement): Promise<void> {
  const { report, signal, options } = context;
  const forest = stack.forests[0]?.forest;
  if (forest === undefined) throw new Error('The stack has no forest.');
  const published = await PublishedChanges.open(stack, forest.name);
  const writer = await DirectoryWriter.open(forest);
  try {
    report('full import');
    const begun = performance.now();
    const importer = await start();
    await published.fullImport(signal);
    table.add((performance.now() - begun) / 1000, { name: 'full import', unit: 's', better: 'less' });
    const peak = peakMemoryMb(importer.pid);
    table.add(peak, { name: 'peak memory during it', unit: 'MB', better: 'less', goal: GOAL_MB });
    const runs = options.runs ?? RUNS;
    const users = (run: number): readonly string[] => published.users.slice(run * changes, (run + 1) * changes);
    const measured = { context, writer, published, table };
    for (let run = 0; run < runs; run += 1) await changeAll(measured, users(run), 'nothing deleted yet');
    await deleteSomething(writer, forest.adjoinOu);
    for (let run = runs; run < 2 * runs; run += 1) await changeAll(measured, users(run), 'after a deletion');
    table.add(peakMemoryMb(importer.pid), { name: 'peak memory at the end', unit: 'MB', better: 'less' });
  } finally {
    await writer.close();
    await published.close();
  }
}

interface Measured {
  readonly context: BenchContext;
  readonly writer: DirectoryWriter;
  readonly published: PublishedChanges;
  readonly table: FigureTable;
}

/** One attribute of each user, one after the other; `when` names the situation. */
async function changeAll(
  { context: { report, signal }, writer, published, table }: Measured,
  dns: readonly string[],
  when: string,
): Promise<void> {
  report(`${String(dns.length)} changes, ${when}`);
  const id = randomUUID();
  const titles = dns.map((_dn, index) => `Import ${id} ${String(index)}`);
  const answered: number[] = [];
  for (const [index, dn] of dns.entries()) {
    answered.push(await writer.replace(dn, 'title', titles[index] ?? ''));
    await sleep(PAUSE_MS, undefined, { signal });
  }
  const seen = await published.titles(titles, signal);
  const seconds = answered.map((at, index) => ((seen[index] ?? 0) - at) / 1000);
  const figure = { unit: 's', better: 'less' } as const;
  table.add(seconds.at(-1) ?? 0, { name: `last change to its message, ${when}`, ...figure, goal: GOAL_SECONDS });
  table.add(Math.max(...seconds), { name: `slowest change, ${when}`, ...figure, goal: GOAL_SECONDS });
  table.add(median(seconds), { name: `median change, ${when}`, ...figure });
}

async function deleteSomething(writer: DirectoryWriter, ou: string): Promise<void> {
  const dn = `CN=Deleted,${ou}`;
  const attribute = (type: string, value: string): Attribute => new Attribute({ type, values: [value] });
  await writer.create(dn, [attribute('objectClass', 'user'), attribute('sAMAccountName', 'deleted')]);
  await writer.delete(dn);
}
