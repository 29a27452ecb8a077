import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../fetch/download.js';
import { slotForest, slotPorts } from '../ports.js';
import { directoryLoad, FORESTS } from '../samba/forest.js';
import { bringUp } from '../stack/bring-up.js';
import { announceDownloads, pendingDownloads } from '../stack/consent.js';
import { reserveSlot } from '../stack/free-slot.js';
import { crashReporter } from '../stack/progress.js';
import { describeError } from '../stack-error.js';
import { repositoryRoot, stateFolder, type StateFolder } from '../state-folder.js';
import { runStep } from './run-step.js';
import { readCounts, type Counts } from './vitest-report.js';

/** What a phase runs with. */
export interface PhaseContext {
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** All phases in the order they are run; `format` only when it is named. */
export const PHASES = ['format', 'lint', 'types', 'unit', 'int', 'e2e'] as const;
export type PhaseName = (typeof PHASES)[number];
export const DEFAULT_PHASES: readonly PhaseName[] = ['lint', 'types', 'unit', 'int', 'e2e'];

const MINUTE = 60_000;
/** Slots of the integration tests' services: far from stacks that people start. */
const INT_SLOTS = { first: 90, last: 120 } as const;
const INT_USERS = 60;

/** Runs one phase. Format, lint and types count as one test each. */
export function runPhase(name: PhaseName, context: PhaseContext): Promise<Counts> {
  switch (name) {
    case 'format':
      return single(['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'], context);
    case 'lint':
      return single(['node_modules/eslint/bin/eslint.js', '.'], context);
    case 'types':
      return single(['node_modules/ts7/bin/tsc', '-p', 'tools/stack/tsconfig.specs.json'], context);
    case 'unit':
      return vitest('unit', context, { deadlineMs: 10 * MINUTE });
    case 'int':
      return integration(context);
    case 'e2e':
      return hasProject('e2e')
        ? vitest('e2e', context, { deadlineMs: 45 * MINUTE })
        : Promise.resolve({ passed: 0, failed: 0 });
  }
}

async function single(args: readonly string[], context: PhaseContext): Promise<Counts> {
  const { code, timedOut } = await runStep({ args, deadlineMs: 5 * MINUTE, signal: context.signal });
  if (timedOut) context.report('the deadline has passed');
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function vitest(
  project: string,
  context: PhaseContext,
  options: { readonly deadlineMs: number; readonly env?: Readonly<Record<string, string>> },
): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'adjoin-test-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, '--passWithNoTests', ...reporters];
  try {
    const { code, timedOut } = await runStep({
      args,
      deadlineMs: options.deadlineMs,
      env: options.env,
      signal: context.signal,
    });
    const counts = readCounts(file, code);
    if (!timedOut) return counts;
    context.report(`the deadline of ${options.deadlineMs / MINUTE} minutes has passed`);
    return { ...counts, failed: Math.max(1, counts.failed) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts Kafka, MongoDB and a small forest for the tests and gives them their addresses by environment. */
async function integration(context: PhaseContext): Promise<Counts> {
  const specs = globSync(['{libs,apps,tools}/*/src/**/*.int.spec.ts', 'e2e/**/*.int.spec.ts'], {
    cwd: repositoryRoot(),
  });
  if (specs.length === 0) return { passed: 0, failed: 0 };
  const state = testState();
  await announceDownloads(await pendingDownloads(state.cache, { forests: true }), {
    yes: true,
    report: context.report,
  });
  const { slot, release } = await reserveSlot(INT_SLOTS.first, INT_SLOTS.last);
  let stack;
  try {
    stack = await bringUp({
      ...context,
      state,
      name: `int-${slot}`,
      ports: slotPorts(slot),
      forests: [{ definition: slotForest(FORESTS.corp, slot), load: directoryLoad({ users: INT_USERS }) }],
      apps: false,
      onCrash: crashReporter(context.report),
    });
  } catch (error) {
    await release();
    context.report(describeError(error));
    return { passed: 0, failed: 1 };
  }
  try {
    const forestFile = join(stack.runFolder, 'forest.json');
    await writeFile(forestFile, JSON.stringify(stack.forests[0]?.forest), { mode: 0o600 });
    const env = {
      ADJOIN_TEST_KAFKA: stack.kafka.bootstrap,
      ADJOIN_TEST_MONGO: stack.mongo.uri,
      ADJOIN_TEST_FOREST: forestFile,
    };
    return await vitest('int', context, { deadlineMs: 20 * MINUTE, env });
  } finally {
    await stack.stop();
    await release();
    await rm(stack.runFolder, { recursive: true, force: true });
  }
}

/** Run folders of tests are beside those of people, downloads and snapshots are shared with them. */
function testState(): StateFolder {
  const state = stateFolder();
  const tests = stateFolder(join(state.root, 'test'));
  return { root: tests.root, cache: state.cache, run: tests.run };
}

function hasProject(name: string): boolean {
  return readFileSync(join(repositoryRoot(), 'vitest.config.ts'), 'utf8').includes(`name: '${name}'`);
}
