import { waitForFullSync } from '@adjoin/demo';
import type { Bench } from '../bench.js';
import { withLab } from '../lab/open-lab.js';
import { FigureTable } from '../result/figure.js';

const USERS = 700;
/** Published limit of one application: writes in 2 min 30 s, all of them at once or refilled evenly. */
const PUBLISHED = { writes: 3000, seconds: 150 } as const;
/** The limit is divided by this, so that a small forest meets it: 600 writes at once, then 4 a second. */
const SCALE = 5;
const RUNS = 1;

/** A first synchronization against a service that limits writes: how much of what it allows is used, and how often it has to refuse. */
export const throttledBench: Bench = {
  name: 'throttled',
  does: `first synchronization against the published limits of the service, divided by --scale (${SCALE}) (--users, 700)`,
  run: async (context) => {
    const { options, report } = context;
    const users = options.users ?? USERS;
    const scale = options.scale ?? SCALE;
    const writes = Math.round(PUBLISHED.writes / scale);
    const table = new FigureTable();
    process.env['SIMULATOR_THROTTLE'] = 'true';
    try {
      for (let run = 0; run < (options.runs ?? RUNS); run++) {
        await withLab(context, { users }, async ({ lab, expected }) => {
          await setLimit(lab.stack.ports.simulatorAdmin, writes);
          const { seconds, objects } = await waitForFullSync(lab, expected);
          const { writes: done, throttled } = await throttleStats(lab.stack.ports.simulatorAdmin);
          const least = leastSeconds(done, writes);
          report(`${done} writes in ${seconds} s, ${throttled} refused; the limit alone takes ${least.toFixed(1)} s`);
          table.add(seconds, { name: 'first synchronization', unit: 's', better: 'less' });
          table.add(objects / seconds, { name: 'rate', unit: 'objects/s', better: 'more' });
          table.add((least / seconds) * 100, { name: 'use of what the service allows', unit: '%', better: 'more' });
          table.add((throttled / Math.max(1, done)) * 1000, {
            name: 'refused',
            unit: 'of 1000 writes',
            better: 'less',
          });
        });
      }
    } finally {
      delete process.env['SIMULATOR_THROTTLE']; // benches that follow are not limited
    }
    return {
      parameters: { users, scale },
      figures: table.figures(),
      notes: [
        `limit: ${writes} writes in ${PUBLISHED.seconds} s (published: ${PUBLISHED.writes}), refilled evenly, all of them there at the start`,
      ],
    };
  },
};

/** Seconds that so many writes take at least when `limit` of them are allowed at once and in every 150 s. */
export function leastSeconds(writes: number, limit: number): number {
  return (Math.max(0, writes - limit) * PUBLISHED.seconds) / limit;
}

async function setLimit(adminPort: number, writes: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ throttle: { enabled: true, writes } }),
  });
  if (!response.ok) throw new Error(`The simulator answered ${response.status} to the limit.`);
}

async function throttleStats(adminPort: number): Promise<{ readonly writes: number; readonly throttled: number }> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/stats`);
  const { writes, throttled } = (await response.json()) as { readonly writes: number; readonly throttled: number };
  return { writes, throttled };
}
