import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { labForests } from '../samba/lab-forests.js';
import { logTail } from '../process/log-tail.js';
import { waitUntil } from '../process/wait.js';
import { slotPorts } from '../ports.js';
import { StackError } from '../stack-error.js';
import { nodeBinary, type StateFolder } from '../state-folder.js';
import { bringUp, type Stack } from './bring-up.js';
import { announceDownloads, pendingDownloads } from './consent.js';
import { crashReporter, progressReporter } from './progress.js';
import { readStackRecord } from './stack-file.js';

/** Options of `stack up`. */
export interface UpOptions {
  readonly state: StateFolder;
  /** The command line, repeated for the background process. */
  readonly args: readonly string[];
  readonly name: string;
  readonly users: number | undefined;
  readonly groups: number | undefined;
  readonly forests: number;
  readonly slot: number;
  readonly apps: boolean;
  readonly passwords: boolean;
  readonly keep: boolean;
  readonly detach: boolean;
  readonly yes: boolean;
}

const INTERRUPTED = 130;
/** Everything has to be gone 10 s after Ctrl-C; children end with this process (PR_SET_PDEATHSIG). */
const LAST_MOMENT_MS = 9500;

/** Starts a stack and stays until it is stopped; with `detach` a background process does that. */
export async function upCommand(options: UpOptions): Promise<number> {
  if (options.forests !== 1 && options.forests !== 2) throw new StackError('ADJ-STK-4001', '--forests takes 1 or 2.');
  const report = progressReporter();
  const downloads = await pendingDownloads(options.state.cache, { forests: true });
  await announceDownloads(downloads, { yes: options.yes, report });
  return options.detach ? upInBackground(options) : upInForeground(options, report);
}

async function upInForeground(options: UpOptions, report: (line: string) => void): Promise<number> {
  const abort = new AbortController();
  const interrupted = new Promise<void>((settle) => {
    const stop = (): void => {
      if (abort.signal.aborted) return;
      report('stopping');
      abort.abort();
      setTimeout(() => process.exit(INTERRUPTED), LAST_MOMENT_MS).unref();
      settle();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
  const stack = await start(options, { report, signal: abort.signal });
  if (stack === undefined) return INTERRUPTED;
  report(`ready: ${stack.services.map((service) => service.name).join(', ')}`);
  report(`connector file ${stack.connectorFile}; Ctrl-C stops everything`);
  const keepAlive = setInterval(() => undefined, 60_000);
  await interrupted;
  clearInterval(keepAlive);
  await stack.stop();
  report('stopped');
  return 0;
}

async function start(
  options: UpOptions,
  running: { readonly report: (line: string) => void; readonly signal: AbortSignal },
): Promise<Stack | undefined> {
  try {
    return await bringUp({
      ...running,
      state: options.state,
      name: options.name,
      ports: slotPorts(options.slot),
      forests: labForests(options.forests === 2 ? 2 : 1, options, options.slot),
      apps: options.apps,
      passwords: options.passwords,
      keep: options.keep,
      onCrash: crashReporter(running.report),
    });
  } catch (error) {
    if (running.signal.aborted) return undefined;
    throw error;
  }
}

async function upInBackground(options: UpOptions): Promise<number> {
  const { state, name } = options;
  const runFolder = state.run(name);
  const logFolder = join(runFolder, 'launcher');
  mkdirSync(logFolder, { recursive: true });
  const logFile = join(logFolder, 'launcher.log');
  const log = openSync(logFile, 'w', 0o600);
  const args = [...options.args.filter((arg) => arg !== '--detach'), '--yes'];
  const child = spawn(nodeBinary(), [join(import.meta.dirname, '..', 'main.js'), ...args], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const isReady = (): boolean =>
    readStackRecord(runFolder)?.owner.pid === child.pid && readStackRecord(runFolder)?.ready === true;
  let interrupted = false;
  process.once('SIGINT', () => (interrupted = child.kill('SIGTERM')));
  await waitUntil(() => child.exitCode !== null || isReady(), { deadlineMs: 900_000, everyMs: 100 });
  if (isReady()) {
    process.stdout.write(
      `the stack "${name}" runs in the background (process ${child.pid ?? 0}); stop it with: npm run stack:down\n`,
    );
    return 0;
  }
  if (interrupted) return INTERRUPTED;
  throw new StackError('ADJ-STK-3001', `The stack did not start.\n${logTail(logFile, 15).join('\n')}`);
}
