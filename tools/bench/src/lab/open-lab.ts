import {
  ControlPlane,
  expectationOf,
  graphReader,
  readDomains,
  SimulatorAdmin,
  startStack,
  type DirectoryEntry,
  type Expectation,
  type Lab,
  type ProcessUsage,
} from '@adjoin/demo';
import type { BenchContext } from '../bench.js';

/** What the forest of a lab is filled with. */
export interface LabSize {
  readonly users: number;
  /** Undefined: as many as the demo takes for that number of users. */
  readonly groups?: number | undefined;
}

/** A stack of one forest with what has to arrive in the tenant. */
export interface OpenLab {
  readonly lab: Lab;
  readonly usage: ProcessUsage;
  readonly entries: readonly DirectoryEntry[];
  readonly expected: Expectation;
}

/** Starts a stack from nothing, works with it and stops it. With `--profile` every process of ours writes a CPU profile when it ends. */
export async function withLab<T>(
  { options, report, signal, profileFolder }: BenchContext,
  size: LabSize,
  work: (open: OpenLab) => Promise<T>,
): Promise<T> {
  if (profileFolder !== undefined) profileChildren(profileFolder);
  const groups = size.groups;
  const started = await startStack(
    { users: size.users, groups, forests: 1, exit: true, json: false, keep: false, yes: true, slot: options.slot },
    { report, signal },
  );
  const { stack, usage, startedAt, before } = started;
  const graph = graphReader(stack);
  try {
    const lab: Lab = {
      stack,
      graph,
      simulator: new SimulatorAdmin(stack.ports),
      controlPlane: new ControlPlane(stack.ports),
      startedAt,
      report,
      signal,
    };
    const entries = before.flat();
    const expected = expectationOf(entries, await readDomains(graph), 'once');
    return await work({ lab, usage, entries, expected });
  } finally {
    usage.stop();
    graph.close();
    report('stopping the stack');
    await stack.stop();
  }
}

function profileChildren(folder: string): void {
  const present = process.env['NODE_OPTIONS'] ?? '';
  if (present.includes('--cpu-prof')) return;
  process.env['NODE_OPTIONS'] = `${present} --cpu-prof --cpu-prof-dir=${folder}`.trim();
}
