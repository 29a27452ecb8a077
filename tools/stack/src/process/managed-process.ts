import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StackError } from '../stack-error.js';
import { logTail } from './log-tail.js';
import { identityOf, type ProcessIdentity } from './process-identity.js';
import { waitUntil } from './wait.js';

/** What a managed process is made of. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** Standard output and standard error are appended here. */
  readonly logFile: string;
  /** More files whose last lines help to understand a failure. */
  readonly extraLogFiles?: readonly string[] | undefined;
  /** True when the service can be used. `logOffset` is the size of the log file at the start. */
  readonly ready: (context: { readonly logOffset: number }) => boolean | Promise<boolean>;
  readonly readyDeadlineMs: number;
  /** How long SIGTERM is given before SIGKILL. */
  readonly stopGraceMs?: number | undefined;
  /** Called once when the process ends without having been asked to. */
  readonly onCrash?: ((report: CrashReport) => void) | undefined;
  /** Aborting it ends a start that waits for readiness. */
  readonly signal?: AbortSignal | undefined;
}

/** What is known about a process that ended by itself. */
export interface CrashReport {
  readonly name: string;
  readonly exit: string;
  readonly lastLines: readonly string[];
}

/** A service of the stack as others see it. */
export interface ServiceHandle {
  readonly name: string;
  /** The current process id; it changes by a restart. */
  readonly pid: number;
  readonly identity: ProcessIdentity | undefined;
  readonly logFile: string;
  readonly running: boolean;
  /** SIGTERM, then SIGKILL after the grace time. Does nothing when the process has ended. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash of the machine would end it; data stays. */
  kill9(): Promise<void>;
  /** Stops the process if it runs and starts it again on the same data; resolves when it is ready. */
  restart(): Promise<void>;
  logTail(lines?: number): string[];
}

/** With the processes before it, everything has to be gone in 10 s. */
const DEFAULT_GRACE_MS = 4500;
const SETPRIV = '/usr/bin/setpriv';

/**
 * A child process with a log file, a readiness test and an orderly end.
 * It has its own process group, so that Ctrl-C in a terminal reaches the launcher only, which then stops all in order;
 * should the launcher be killed, the kernel ends the child (prctl PR_SET_PDEATHSIG by setpriv).
 */
export class ManagedProcess implements ServiceHandle {
  readonly #spec: ProcessSpec;
  #child: ChildProcess | undefined;
  #identity: ProcessIdentity | undefined;
  #expectedEnd = false;
  #logOffset = 0;

  constructor(spec: ProcessSpec) {
    this.#spec = spec;
  }

  get name(): string {
    return this.#spec.name;
  }

  get logFile(): string {
    return this.#spec.logFile;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get identity(): ProcessIdentity | undefined {
    return this.running ? this.#identity : undefined;
  }

  get running(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Starts the process and resolves when it is ready; a process that does not get ready is ended. */
  async start(): Promise<void> {
    if (this.running) return;
    const spec = this.#spec;
    spec.signal?.throwIfAborted();
    this.#spawn();
    let isReady = false;
    const settled = async (): Promise<boolean> => {
      if (!this.running) return true;
      isReady = await spec.ready({ logOffset: this.#logOffset });
      return isReady;
    };
    const inTime = await waitUntil(settled, { deadlineMs: spec.readyDeadlineMs, signal: spec.signal }).catch(
      async (error: unknown) => {
        await this.kill9();
        throw error;
      },
    );
    if (isReady && this.running) {
      this.#expectedEnd = false;
      return;
    }
    const exit = this.#exit();
    await this.kill9();
    spec.signal?.throwIfAborted();
    if (inTime)
      throw new StackError('ADJ-STK-3002', `${spec.name} ended while starting (${exit}).\n${this.#failureLines()}`);
    throw new StackError(
      'ADJ-STK-3001',
      `${spec.name} was not ready after ${spec.readyDeadlineMs / 1000} s.\n${this.#failureLines()}`,
    );
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  logTail(lines = 20): string[] {
    return logTail(this.#spec.logFile, lines, this.#logOffset);
  }

  #spawn(): void {
    const { command, args, env, cwd, logFile } = this.#spec;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a', 0o600);
    this.#logOffset = statSync(logFile).size;
    this.#expectedEnd = true; // until it is ready, start() itself reports an end
    const guarded = existsSync(SETPRIV);
    try {
      this.#child = spawn(
        guarded ? SETPRIV : command,
        guarded ? ['--pdeathsig', 'KILL', '--', command, ...args] : [...args],
        {
          cwd,
          env: { ...process.env, ...env },
          detached: true,
          stdio: ['ignore', log, log],
        },
      );
    } finally {
      closeSync(log);
    }
    const child = this.#child;
    this.#identity = child.pid === undefined ? undefined : identityOf(child.pid);
    child.once('exit', () => this.#onExit());
    child.once('error', () => this.#onExit());
  }

  #onExit(): void {
    if (this.#expectedEnd) return;
    this.#expectedEnd = true;
    this.#spec.onCrash?.({ name: this.name, exit: this.#exit(), lastLines: this.logTail(20) });
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running) return;
    this.#expectedEnd = true;
    child.kill(signal);
    const ended = await waitUntil(() => !this.running, {
      deadlineMs: this.#spec.stopGraceMs ?? DEFAULT_GRACE_MS,
      everyMs: 20,
    });
    if (ended) return;
    child.kill('SIGKILL');
    await waitUntil(() => !this.running, { deadlineMs: 5000, everyMs: 20 });
  }

  #exit(): string {
    const child = this.#child;
    if (child?.pid === undefined) return 'could not be started';
    if (child.signalCode !== null) return `signal ${child.signalCode}`;
    return child.exitCode === null ? 'still running' : `exit code ${child.exitCode}`;
  }

  #failureLines(): string {
    const prefixed = (lines: readonly string[]): string[] => lines.map((line) => `  ${this.name} | ${line}`);
    const extra = (this.#spec.extraLogFiles ?? []).flatMap((file) => prefixed(logTail(file, 10)));
    return [...prefixed(this.logTail(20)), ...extra, `  (full log: ${this.#spec.logFile})`].join('\n');
  }
}
