import { parseArgs } from 'node:util';
import { progressReporter } from './stack/progress.js';
import { describeError } from './stack-error.js';
import { DEFAULT_PHASES, PHASES, runPhase, type PhaseName } from './tests/phases.js';
import type { Counts } from './tests/vitest-report.js';

/** Runs the phases named by `--only`, or all, and returns the sum of their counts. */
async function runPhases(phases: readonly PhaseName[], signal: AbortSignal): Promise<Counts> {
  const report = progressReporter();
  const total = { passed: 0, failed: 0 };
  for (const phase of phases) {
    if (signal.aborted) break;
    report(`phase ${phase}`);
    const counts = await runPhase(phase, { report, signal }).catch((error: unknown): Counts => {
      report(describeError(error));
      return { passed: 0, failed: 1 };
    });
    total.passed += counts.passed;
    total.failed += counts.failed;
    report(`phase ${phase}: ${counts.passed} passed, ${counts.failed} failed`);
  }
  return signal.aborted ? { ...total, failed: total.failed + 1 } : total;
}

function chosenPhases(args: readonly string[]): readonly PhaseName[] | undefined {
  try {
    const { values } = parseArgs({ args: [...args], options: { only: { type: 'string' } } });
    if (values.only === undefined) return DEFAULT_PHASES;
    const wanted = new Set(values.only.split(','));
    const phases = PHASES.filter((phase) => wanted.has(phase));
    return phases.length === wanted.size ? phases : undefined;
  } catch {
    return undefined; // an unknown option: usage is shown
  }
}

const phases = chosenPhases(process.argv.slice(2));
if (phases === undefined) {
  process.stderr.write(`usage: npm test [-- --only ${PHASES.join('|')}] (several separated by commas)\n`);
  process.exitCode = 2;
} else {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => abort.abort());
  const { passed, failed } = await runPhases(phases, abort.signal);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
