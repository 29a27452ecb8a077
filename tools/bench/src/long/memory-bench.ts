import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryWriter, readDirectory, waitForFullSync } from '@adjoin/demo';
import type { ForestDescription } from '@adjoin/stack';
import type { Bench } from '../bench.js';
import { withLab, type OpenLab } from '../lab/open-lab.js';
import { isOurs } from '../lab/process-figures.js';
import { FigureTable } from '../result/figure.js';
import { median } from '../result/statistics.js';

const USERS = 500;
const SECONDS = 300;
const CHANGES_PER_SECOND = 5;
const SAMPLE_MS = 2000;
const HANDLES = 'handles';

/** Memory and handles of each process under a steady load, and how they grow. */
export const memoryBench: Bench = {
  name: 'memory',
  does: 'memory and handles under a steady load of 5 changes a second: level and growth (--users, 500; --seconds, 300)',
  run: async (context) => {
    const users = context.options.users ?? USERS;
    const seconds = context.options.seconds ?? SECONDS;
    const table = new FigureTable();
    await withLab(context, { users }, async (open) => {
      await waitForFullSync(open.lab, open.expected);
      const samples = await sampleUnderLoad(open, seconds);
      for (const [name, values] of samples) {
        if (!isOurs(name.replace(` ${HANDLES}`, ''))) continue;
        const unit = name.endsWith(HANDLES) ? 'handles' : 'MB';
        table.add(levelOf(values), { name: `${name}, last third`, unit, better: 'less' });
        table.add(growthOf(values), {
          name: `${name}, last third against second`,
          unit: '%',
          better: 'less',
          goal: 10,
        });
      }
    });
    return {
      parameters: { users, seconds },
      figures: table.figures(),
      notes: ['resident memory and open files and sockets, a sample every 2 s; growth is median against median'],
    };
  },
};

/** Samples by name of the process, and by that name and "handles". */
async function sampleUnderLoad({ lab }: OpenLab, seconds: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const samples = new Map<string, number[]>();
  const end = performance.now() + seconds * 1000;
  const load = changeUntil(lab.stack.forests[0]?.forest, () => performance.now() > end || lab.signal.aborted);
  while (performance.now() < end) {
    lab.signal.throwIfAborted();
    for (const { name, pid } of lab.stack.services) {
      add(samples, name, residentMb(pid));
      add(samples, `${name} ${HANDLES}`, readdirSync(`/proc/${pid}/fd`).length);
    }
    await sleep(SAMPLE_MS);
  }
  await load;
  return samples;
}

async function changeUntil(forest: ForestDescription | undefined, over: () => boolean): Promise<void> {
  if (forest === undefined) throw new Error('The stack has no forest.');
  const people = (await readDirectory(forest)).filter(({ classes }) => classes.has('user'));
  const writer = await DirectoryWriter.open(forest);
  try {
    for (let n = 0; !over(); n++) {
      const person = people[n % people.length];
      if (person !== undefined) await writer.replace(person.dn, 'title', `Memory ${n}`);
      await sleep(1000 / CHANGES_PER_SECOND);
    }
  } finally {
    await writer.close();
  }
}

/** Median of the last third of the samples. */
export function levelOf(values: readonly number[]): number {
  return median(values.slice(Math.floor((values.length * 2) / 3)));
}

/** By how many per cent the median of the last third is above that of the second third. */
export function growthOf(values: readonly number[]): number {
  const third = Math.floor(values.length / 3);
  const second = median(values.slice(third, 2 * third));
  return ((levelOf(values) - second) / second) * 100;
}

function add(samples: Map<string, number[]>, name: string, value: number): void {
  const known = samples.get(name);
  if (known === undefined) samples.set(name, [value]);
  else known.push(value);
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
