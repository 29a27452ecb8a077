import { describeError, StackError, type Stack } from '@adjoin/stack';
import { parseOptions, USAGE, type DemoOptions } from './options.js';
import { progressReporter } from './progress.js';
import { runDemo, startStack, type DemoResult } from './run-demo.js';
import { reportTable, whatToTry } from './table.js';

const OK = 0;
const FAILED = 1;
const USAGE_ERROR = 2;
const INTERRUPTED = 130;
/** Everything has to be gone 10 s after Ctrl-C; the children end with this process. */
const LAST_MOMENT_MS = 9500;

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    process.stdout.write(USAGE);
    return OK;
  }
  const report = progressReporter();
  const abort = new AbortController();
  const { signal } = abort;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (signal.aborted) return;
      report('stopping');
      abort.abort();
      setTimeout(() => process.exit(INTERRUPTED), LAST_MOMENT_MS).unref();
    });
  }
  let stack: Stack | undefined;
  try {
    const started = await startStack(options, { report, signal });
    stack = started.stack;
    const result = await runDemo(started, { report, signal });
    started.usage.stop();
    return await conclude(options, result, { stack, signal, report });
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    process.stderr.write(`${describeError(error)}\n`);
    return error instanceof StackError && error.code === 'ADJ-STK-4001' ? USAGE_ERROR : FAILED;
  } finally {
    await stack?.stop();
  }
}

/** Shows the result; without `--exit` the stack stays up until Ctrl-C. The JSON is the last line of standard output. */
async function conclude(
  options: DemoOptions,
  result: DemoResult,
  running: { readonly stack: Stack; readonly signal: AbortSignal; readonly report: (line: string) => void },
): Promise<number> {
  const person = options.json ? process.stderr : process.stdout;
  person.write(`${reportTable(result.report)}\n`);
  for (const line of problemLines(result.problems)) person.write(`${line}\n`);
  const code = result.problems.length === 0 ? OK : FAILED;
  if (!options.exit) person.write(whatToTry(result.controlPlane, result.sampleUser));
  if (options.json && !options.exit) process.stdout.write(`${JSON.stringify(result.report)}\n`);
  if (!options.exit) await untilAborted(running.signal);
  running.report('stopping the stack');
  await running.stack.stop();
  if (options.json && options.exit) process.stdout.write(`${JSON.stringify(result.report)}\n`);
  return code;
}

/** Every problem with its first line; the state of the processes, which follows it, once. */
function problemLines(problems: readonly string[]): readonly string[] {
  const details =
    problems
      .find((problem) => problem.includes('\n'))
      ?.split('\n')
      .slice(1) ?? [];
  const lines = problems.map((problem) => `  PROBLEM ${problem.split('\n')[0] ?? ''}`);
  return details.length === 0 ? lines : [...lines, '  processes when the first of them was noticed:', ...details];
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const keepAlive = setInterval(() => undefined, 60_000);
  return new Promise((settle) => {
    const end = (): void => {
      clearInterval(keepAlive);
      settle();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = error instanceof StackError && error.code === 'ADJ-STK-4001' ? USAGE_ERROR : FAILED;
}
