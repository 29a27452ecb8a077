import { setTimeout as sleep } from 'node:timers/promises';
import { API } from '@adjoin/contracts';
import { isIdle, waitForFullSync, type Lab } from '@adjoin/demo';
import type { Bench, BenchContext } from '../bench.js';
import { withLab, type OpenLab } from '../lab/open-lab.js';
import { addCpu, addMemory, difference } from '../lab/process-figures.js';
import { FigureTable } from '../result/figure.js';
import { DatabaseOperations } from './database-operations.js';
import { RecordedImport } from './recorded-import.js';
import { groupBodies, memberBodies, userBody } from './recorded-objects.js';

const MEMBERS = 20_000;
const RUNS = 3;
const EDGE_USERS = 2000;
const EDGE_GROUPS = 50;
const EDGE_MEMBERS = 1000;
/** Numbers of groups, above those of users. */
const GROUP = 100_000_000;
/** The forest that is there for the certificate and the domain; its objects are not measured. */
const FOREST = { users: 60, groups: 4 } as const;
/** The tenant counts all of its objects for each answer, and says itself when it was written last. */
const POLL_MS = 400;
/** A read of the target that confirms begins at most that long after a write. */
const CONFIRMED_MS = 6000;
/** Longer than any bench of a size that somebody waits for. */
const STALL_MS = 300_000;

/** One large group by recorded messages: first synchronization, one added, one removed, half removed. */
export const largeGroupBench: Bench = {
  name: 'large-group',
  does: 'one group of recorded change messages: first, add one, remove one, remove half (--members, 20,000; 200,000 takes long)',
  run: async (context) => {
    const members = context.options.members ?? MEMBERS;
    const runs = context.options.runs ?? RUNS;
    const table = new FigureTable();
    await withRecorded(context, async (recorded) => {
      const numbers = range(members);
      await recorded.users(members + runs);
      await recorded.measure(table, 'whole group', members, () =>
        recorded.importer.send(groupBodies(GROUP, numbers, 'first', now())),
      );
      for (let run = 0; run < runs; run++) {
        const newcomer = [members + run];
        await recorded.counted(table, 'add one', 1, () =>
          recorded.importer.send(memberBodies(GROUP, { add: newcomer }, now())),
        );
        await recorded.counted(table, 'remove one', -1, () =>
          recorded.importer.send(memberBodies(GROUP, { remove: newcomer }, now())),
        );
      }
      const half = numbers.slice(0, Math.floor(members / 2));
      await recorded.measure(table, 'remove half', -half.length, () =>
        recorded.importer.send(memberBodies(GROUP, { remove: half }, now())),
      );
      addMemory(table, recorded.open.usage.peakRssMb());
    });
    return {
      parameters: { members },
      figures: table.figures(),
      notes: [
        'recorded change messages into Kafka, the real engine, MongoDB, the exporter and the simulator; no directory is read',
        'seconds are from the first message to the last write that the tenant acknowledged; "documents" and "examined" are what MongoDB',
        'wrote and looked at in the spaces, from its profiler, background work of that time included',
      ],
    };
  },
};

/** Many memberships of many groups. */
export const edgesBench: Bench = {
  name: 'edges',
  does: 'memberships of many groups (--users 2,000, --groups 50, --members 1,000 each; 2 million: --users 20000 --groups 400 --members 5000)',
  run: async (context) => {
    const { users = EDGE_USERS, groups = EDGE_GROUPS } = context.options;
    const members = Math.min(context.options.members ?? EDGE_MEMBERS, users);
    const table = new FigureTable();
    await withRecorded(context, async (recorded) => {
      await recorded.users(users);
      const bodies = range(groups).flatMap((group) => {
        const chosen = range(members).map((index) => (group * 31 + index) % users);
        return groupBodies(GROUP + group, chosen, `first-${group}`, now());
      });
      const before = recorded.open.usage.cpuMs();
      await recorded.measure(table, 'first', groups * members, () => recorded.importer.send(bodies));
      addCpu(table, difference(recorded.open.usage.cpuMs(), before), groups * members, 'ms/1000 memberships');
      const spread = range(groups).flatMap((group) =>
        memberBodies(GROUP + group, { remove: [(group * 31) % users] }, now()),
      );
      await recorded.measure(table, 'remove one of each group', -groups, () => recorded.importer.send(spread));
      addMemory(table, recorded.open.usage.peakRssMb());
    });
    return { parameters: { users, groups, members }, figures: table.figures() };
  },
};

const range = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);
const now = (): string => new Date().toISOString();

async function withRecorded(context: BenchContext, work: (recorded: Recorded) => Promise<void>): Promise<void> {
  await withLab(context, FOREST, async (open) => {
    await waitForFullSync(open.lab, open.expected);
    const importer = await RecordedImport.takeOver(open.lab.stack);
    const operations = new DatabaseOperations(open.lab.stack.mongoUri);
    try {
      const recorded = new Recorded(open, importer, operations);
      await recorded.allowLosses();
      await work(recorded);
    } finally {
      await operations.close();
      await importer.close();
    }
  });
}

/** A synchronized stack into which recorded changes are fed. */
class Recorded {
  readonly open: OpenLab;
  readonly importer: RecordedImport;
  readonly #operations: DatabaseOperations;

  constructor(open: OpenLab, importer: RecordedImport, operations: DatabaseOperations) {
    this.open = open;
    this.importer = importer;
    this.#operations = operations;
  }

  get #lab(): Lab {
    return this.open.lab;
  }

  /** Large removals are what is measured: they must not wait for a person. */
  async allowLosses(): Promise<void> {
    for (const key of ['membershipLoss.group', 'membershipLoss.total']) {
      const url = `${this.#lab.controlPlane.url}${API.putSetting.path.replace(':key', key)}`;
      const body = JSON.stringify({ value: 100_000_000 });
      const response = await fetch(url, { method: 'PUT', body, headers: { 'content-type': 'application/json' } });
      if (!response.ok)
        throw new Error(`The control-plane answered ${response.status} to ${key}: ${await response.text()}`);
    }
  }

  /** Synchronizes users with the numbers below `count`. */
  async users(count: number): Promise<void> {
    const { users } = (await this.#lab.simulator.stats()).objects;
    const readStartedAt = now();
    const started = performance.now();
    await this.importer.send(range(count).map((n) => userBody(n, readStartedAt)));
    await this.#until(
      async () => (await this.#lab.simulator.stats()).objects.users === users + count,
      `${count} users`,
    );
    await this.#untilIdle();
    this.#lab.report(`${count} recorded users in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }

  /** Makes a change of memberships and waits until the tenant has it. */
  async measure(table: FigureTable, name: string, difference: number, change: () => Promise<void>): Promise<void> {
    const seconds = await this.#seconds(name, difference, change);
    table.add(seconds, { name: `${name}: seconds`, unit: 's', better: 'less' });
    table.add(Math.abs(difference) / seconds, { name: `${name}: rate`, unit: 'memberships/s', better: 'more' });
  }

  /** Like {@link measure}, with what the database and the tenant had to do. */
  async counted(table: FigureTable, name: string, difference: number, change: () => Promise<void>): Promise<void> {
    // Confirmations of what came before are late on purpose; they are not what is counted.
    await sleep(CONFIRMED_MS, undefined, { signal: this.#lab.signal });
    await this.#untilIdle();
    const writes = (await this.#lab.simulator.stats()).writes;
    let seconds = 0;
    const operations = await this.#operations.of(async () => {
      seconds = await this.#seconds(name, difference, change);
    });
    const less = { better: 'less' } as const;
    table.add(seconds, { name: `${name}: seconds`, unit: 's', goal: 2, ...less });
    table.add(operations.documents, { name: `${name}: documents written`, unit: 'documents', ...less });
    table.add(operations.examined, { name: `${name}: documents examined`, unit: 'documents', ...less });
    table.add((await this.#lab.simulator.stats()).writes - writes, {
      name: `${name}: Graph writes`,
      unit: 'writes',
      goal: 1,
      ...less,
    });
  }

  async #seconds(name: string, difference: number, change: () => Promise<void>): Promise<number> {
    const wanted = (await this.#lab.simulator.stats()).objects.memberships + difference;
    const started = Date.now();
    await change();
    await this.#until(
      async () => (await this.#lab.simulator.stats()).objects.memberships === wanted,
      `${name}: ${wanted} memberships in the tenant`,
    );
    const seconds = Math.max(1, ((await this.#lab.simulator.lastWriteAt()) ?? Date.now()) - started) / 1000;
    this.#lab.report(`${name}: ${seconds} s`);
    await this.#untilIdle();
    return seconds;
  }

  #untilIdle(): Promise<void> {
    return this.#until(async () => isIdle(await this.#lab.controlPlane.status()), 'the engine to be idle');
  }

  /** Fails when nothing has changed in the tenant for a long time. */
  async #until(condition: () => Promise<boolean>, what: string): Promise<void> {
    let last = -1;
    let changedAt = performance.now();
    while (!(await condition())) {
      this.#lab.signal.throwIfAborted();
      const { lastChange } = await this.#lab.simulator.stats();
      if (lastChange !== last) changedAt = performance.now();
      last = lastChange;
      if (performance.now() - changedAt > STALL_MS) throw new Error(`Waited for ${what} in vain.`);
      await sleep(POLL_MS);
    }
  }
}
