import { join } from 'node:path';
import { describeError, StackError, stateFolder } from '@adjoin/stack';
import type { Bench, BenchContext } from './bench.js';
import { BENCHES, NOT_BUILT } from './benches.js';
import { parseOptions, usageText, type BenchOptions } from './options.js';
import { writeFlameGraphs } from './profile/write-flame-graphs.js';
import { recordProfile } from './profiler.js';
import { describeMachine, type Machine } from './result/machine.js';
import { reportText } from './result/report.js';
import { median } from './result/statistics.js';
import { ResultStore, type BenchResult } from './result/store.js';

const OK = 0;
const FAILED = 1;
const USAGE_ERROR = 2;
const INTERRUPTED = 130;

async function main(args: readonly string[]): Promise<number> {
  const known = { built: BENCHES, notBuilt: NOT_BUILT };
  const options = parseOptions(args, known);
  if (options === undefined) {
    process.stdout.write(usageText(known));
    return OK;
  }
  const machine = describeMachine();
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => abort.abort());
  const folder = join(stateFolder().root, 'bench');
  const store = new ResultStore(folder);
  const results: BenchResult[] = [];
  try {
    for (const bench of options.names.flatMap((name) => BENCHES.filter((one) => one.name === name))) {
      const begun = Date.now();
      const result = await runBench(bench, contextOf(options, abort.signal, join(folder, 'profiles')), machine);
      const previous = store.previous(result.bench, result.parameters);
      (options.json ? process.stderr : process.stdout).write(reportText(result, previous));
      store.save(result);
      if (options.profile)
        for (const file of writeFlameGraphs(join(folder, 'profiles'), begun))
          process.stderr.write(`flame graph: ${file}\n`);
      results.push(result);
    }
  } catch (error) {
    if (abort.signal.aborted) return INTERRUPTED;
    throw error;
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  return OK;
}

async function runBench(bench: Bench, context: BenchContext, machine: Machine): Promise<BenchResult> {
  const { parameters, figures, notes = [] } = await bench.run(context);
  return {
    bench: bench.name,
    parameters,
    at: new Date().toISOString(),
    machine,
    figures: figures.map((figure) => ({ ...figure, median: median(figure.values) })),
    notes,
  };
}

function contextOf(options: BenchOptions, signal: AbortSignal, profileFolder: string): BenchContext {
  const started = performance.now();
  const report = (line: string): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`bench ${seconds} s | ${line}\n`);
  };
  return {
    options,
    report,
    signal,
    profileFolder: options.profile ? profileFolder : undefined,
    profiled: (name, work) => {
      if (!options.profile) return work();
      const { result, file } = recordProfile(profileFolder, name, work);
      report(`profile: ${file}`);
      return result;
    },
  };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = error instanceof StackError && error.code === 'ADJ-STK-4001' ? USAGE_ERROR : FAILED;
}
