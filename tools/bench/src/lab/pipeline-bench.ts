import type { Bench, BenchContext, BenchOutcome } from '../bench.js';
import { FigureTable } from '../result/figure.js';
import { measureFirstSync, type FirstSync } from './first-sync.js';
import { withLab, type LabSize, type OpenLab } from './open-lab.js';
import { addCpu, addMemory } from './process-figures.js';

const USERS = 2000;
const RUNS = 3;
const SIZES = [1000, 10_000];

/** A first synchronization on the real stack. Three rates from the first LDAP read, processor time and peak memory by process. */
export const pipelineBench: Bench = {
  name: 'pipeline',
  does: 'first synchronization on the real stack: rates to pending, acknowledged, confirmed; CPU and memory (--users, 2,000; --groups)',
  run: async (context) => {
    const { options, report } = context;
    const size: LabSize = { users: options.users ?? USERS, groups: options.groups };
    const table = new FigureTable();
    const runs = options.runs ?? RUNS;
    for (let run = 1; run <= runs; run++) {
      report(`run ${run} of ${runs}`);
      await withLab(context, size, (open) => measurePipeline(open, table, ''));
    }
    return outcome(size, table);
  },
};

/** The same at several sizes, to see what grows with the number of objects. */
export const scaleBench: Bench = {
  name: 'scale',
  does: 'the pipeline at several sizes, once each unless --runs says more (--sizes 1000,10000)',
  run: async (context) => {
    const sizes = context.options.sizes ?? SIZES;
    const table = new FigureTable();
    for (const users of sizes) await repeated(context, { users }, table);
    return { parameters: { from: Math.min(...sizes), to: Math.max(...sizes) }, figures: table.figures() };
  },
};

async function repeated(context: BenchContext, size: LabSize, table: FigureTable): Promise<void> {
  for (let run = 1; run <= (context.options.runs ?? 1); run++)
    await withLab(context, size, (open) => measurePipeline(open, table, `${size.users} users: `));
}

async function measurePipeline(open: OpenLab, table: FigureTable, prefix: string): Promise<void> {
  const sync = await measureFirstSync(open);
  const own = new FigureTable();
  addRates(own, sync);
  addCpu(own, open.usage.cpuMs(), sync.objects, 'ms/1000 objects');
  addMemory(own, open.usage.peakRssMb());
  for (const { values, ...figure } of own.figures())
    for (const value of values) table.add(value, { ...figure, name: prefix + figure.name });
}

function addRates(table: FigureTable, sync: FirstSync): void {
  const figure = { unit: 'objects/s', better: 'more' } as const;
  table.add(sync.objects / sync.decidedSeconds, { name: 'AD read to pending export', ...figure });
  table.add(sync.objects / sync.acknowledgedSeconds, { name: 'AD read to acknowledged', ...figure });
  table.add(sync.objects / sync.confirmedSeconds, { name: 'AD read to confirmed', ...figure });
}

function outcome({ users, groups }: LabSize, table: FigureTable): BenchOutcome {
  return {
    parameters: groups === undefined ? { users } : { users, groups },
    figures: table.figures(),
    notes: [
      'objects are users and groups; memberships come with them and are not counted. "Pending" and "confirmed" are as exact as the engine',
      'reports its state; processor time is from the moment each process is ready to the last confirmation',
    ],
  };
}
