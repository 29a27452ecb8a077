import {
  ChangeFeed,
  DirectoryWriter,
  measureNoChange,
  observe,
  readIds,
  waitForFullSync,
  waitUntilIdle,
  type DirectoryEntry,
} from '@adjoin/demo';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchContext } from '../bench.js';
import { FigureTable } from '../result/figure.js';
import { percentile } from '../result/statistics.js';
import { withLab, type OpenLab } from './open-lab.js';
import { addCpu, difference } from './process-figures.js';

const RUNS = 5;
const USERS = 500;
const DELTA_USERS = 10_000;
const DELTA_CHANGES = 100;
const DELTA_RUNS = 3;
const LATENCY_CHANGES = 200;
/** Active Directory is polled that often; a change is made at a random moment of it, or all would wait equally long. */
const POLL_MS = 1000;
const IDLE_MS = 10_000;
const DEADLINE_MS = 60_000;

/** A delta import that finds nothing, and what an idle stack costs. */
export const noChangeBench: Bench = {
  name: 'no-change',
  does: 'a cycle without changes, and the processor time of an idle stack (--users, 500)',
  run: async (context) => {
    const users = context.options.users ?? USERS;
    const table = new FigureTable();
    await withLab(context, { users }, async (open) => {
      await waitForFullSync(open.lab, open.expected);
      const connector = open.lab.stack.forests[0]?.forest.name ?? '';
      for (let run = 0; run < (context.options.runs ?? RUNS); run++)
        table.add(await measureNoChange(open.lab, connector), { name: 'cycle', unit: 's', better: 'less' });
      const before = open.usage.cpuMs();
      await sleep(IDLE_MS, undefined, { signal: context.signal });
      addCpu(table, difference(open.usage.cpuMs(), before), IDLE_MS, 'ms/s idle');
    });
    return { parameters: { users }, figures: table.figures() };
  },
};

/** Some changes among many objects: nothing may cost by the number of objects. */
export const deltaBench: Bench = {
  name: 'delta',
  does: 'changes made at once among many users until the tenant shows all (--users, 10,000; --changes, 100)',
  run: async (context) => {
    const users = context.options.users ?? DELTA_USERS;
    const changes = Math.min(context.options.changes ?? DELTA_CHANGES, users);
    const table = new FigureTable();
    await withChanger(context, users, async (changer) => {
      for (let run = 0; run < (context.options.runs ?? DELTA_RUNS); run++) await measureDelta(changer, changes, table);
    });
    return { parameters: { users, changes }, figures: table.figures() };
  },
};

/** One change at a time: how long until Graph shows it. */
export const latencyBench: Bench = {
  name: 'latency',
  does: 'milliseconds from the LDAP answer to the first read of Graph that shows the change (--users, 500; --changes, 200)',
  run: async (context) => {
    const users = context.options.users ?? USERS;
    const changes = context.options.changes ?? LATENCY_CHANGES;
    const latencies: number[] = [];
    await withChanger(context, users, async ({ open, feed, people, change, isShown }) => {
      for (let n = 0; n < changes; n++) {
        const person = people[n % people.length];
        if (person === undefined) break;
        const title = `Latency ${n}`;
        await sleep(Math.random() * POLL_MS, undefined, { signal: context.signal });
        const at = await change(person, title);
        const made = { kind: 'attribute', object: person.dn, at, isShown: () => isShown(person, title) } as const;
        latencies.push((await observe({ ...open.lab, report: () => undefined }, feed, made)).latencyMs);
      }
    });
    const figure = { unit: 'ms', better: 'less' } as const;
    return {
      parameters: { users, changes },
      figures: [
        { name: 'p50', values: [percentile(latencies, 0.5)], ...figure },
        { name: 'p95', values: [percentile(latencies, 0.95)], ...figure },
        { name: 'p99', values: [percentile(latencies, 0.99)], ...figure },
        { name: 'all', values: latencies, ...figure },
      ],
      notes: ['Active Directory is polled once a second in the local stack: half a second of the median is that'],
    };
  },
};

/** A synchronized lab with the means to change persons and to look for the change. */
interface Changer {
  readonly open: OpenLab;
  readonly feed: ChangeFeed;
  readonly people: readonly DirectoryEntry[];
  /** Gives a person a title; resolves to the time of the LDAP answer. */
  change(person: DirectoryEntry, title: string): Promise<number>;
  isShown(person: DirectoryEntry, title: string): Promise<boolean>;
}

async function withChanger(
  context: BenchContext,
  users: number,
  work: (changer: Changer) => Promise<void>,
): Promise<void> {
  await withLab(context, { users }, async (open) => {
    const { lab, entries, expected } = open;
    await waitForFullSync(lab, expected);
    const forest = lab.stack.forests[0]?.forest;
    if (forest === undefined) throw new Error('The stack has no forest.');
    const ids = await readIds(lab.graph);
    const writer = await DirectoryWriter.open(forest);
    const feed = await ChangeFeed.open(lab.simulator);
    try {
      await work({
        open,
        feed,
        people: entries.filter(({ anchor, classes }) => classes.has('user') && ids.has(anchor)),
        change: (person, title) => writer.replace(person.dn, 'title', title),
        isShown: async ({ anchor }, title) => {
          const { body } = await lab.graph.get(`/users/${ids.get(anchor) ?? ''}?$select=id,jobTitle`);
          return body['jobTitle'] === title;
        },
      });
    } finally {
      feed.stop();
      await writer.close();
    }
  });
}

async function measureDelta(
  { open, people, change, isShown }: Changer,
  changes: number,
  table: FigureTable,
): Promise<void> {
  const { lab, usage } = open;
  await waitUntilIdle(lab, 'The engine to be idle before the changes', DEADLINE_MS);
  const title = `Delta ${Date.now()}`;
  const step = Math.max(1, Math.floor(people.length / changes));
  const chosen = Array.from({ length: changes }, (_, index) => people[index * step]).filter((one) => one !== undefined);
  const before = usage.cpuMs();
  const writesBefore = (await lab.simulator.stats()).writes;
  let at = 0;
  for (const person of chosen) at = await change(person, title);
  const end = performance.now() + DEADLINE_MS;
  while ((await lab.simulator.stats()).writes < writesBefore + chosen.length) {
    lab.signal.throwIfAborted();
    if (performance.now() > end) throw new Error(`The tenant did not show all of the ${changes} changes in time.`);
    await sleep(50);
  }
  const seconds = ((await lab.simulator.lastWriteAt()) ?? Date.now()) - at;
  const shown = await Promise.all(chosen.map((person) => isShown(person, title)));
  if (shown.includes(false)) throw new Error('A change did not reach its user.');
  table.add(Math.max(0, seconds) / 1000, { name: 'last change to last write', unit: 's', better: 'less' });
  addCpu(table, difference(usage.cpuMs(), before), chosen.length, 'ms/1000 changes');
}
