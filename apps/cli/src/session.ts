import type { Command } from 'commander';
import { toSyncError, type SyncError } from '@adjoin/contracts';
import { controlPlaneClient, type ControlPlaneClient } from './client/control-plane-client.js';
import { EXIT, exitCodeOf, type ExitCode } from './exit-code.js';
import type { Io } from './io.js';
import type { Outcome } from './outcome.js';

/** What commands work with; tests give a fake terminal and environment. */
export interface SessionOptions {
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
  readonly operator: string;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

/** One invocation of the command line: runs an action, prints its outcome and keeps the exit code. */
export class Session {
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly client: ControlPlaneClient;
  exitCode: ExitCode = EXIT.ok;

  constructor(options: SessionOptions) {
    this.io = options.io;
    this.env = options.env;
    this.signal = options.signal;
    this.client = controlPlaneClient(options);
  }

  /** Wraps a command's work for commander: prints one JSON document or text, and turns failures into coded errors. */
  action<A extends unknown[]>(work: (...args: A) => Promise<Outcome | ExitCode>): (...args: A) => Promise<void> {
    return async (...args) => {
      const json = wantsJson(args.at(-1));
      try {
        const outcome = await work(...args);
        if (typeof outcome === 'number') this.exitCode = outcome;
        else this.#print(outcome, json);
      } catch (cause) {
        this.fail(toSyncError(cause), json);
      }
    };
  }

  /** Says what went wrong and what to do; with `--json` as a document on standard output. */
  fail(error: SyncError, json: boolean): void {
    const { code, message, hint, object } = error;
    if (json)
      this.io.out(
        `${JSON.stringify({ error: { code, message, hint, ...(object === undefined ? {} : { object }) } })}\n`,
      );
    else this.io.err(`${this.io.paint('bad', `error ${code}`)} ${message}\n${hint === '' ? '' : `${hint}\n`}`);
    this.exitCode = exitCodeOf(code);
  }

  #print(outcome: Outcome, json: boolean): void {
    if (json) this.io.out(`${JSON.stringify(outcome.json)}\n`);
    else if (outcome.aside !== undefined) this.io.err(outcome.aside);
    if (!json && outcome.text !== '') this.io.out(outcome.text.endsWith('\n') ? outcome.text : `${outcome.text}\n`);
    this.exitCode = outcome.exit;
  }
}

function wantsJson(command: unknown): boolean {
  return (command as Command).optsWithGlobals<{ json?: boolean }>().json === true;
}
