import type { ExitCode } from '../exit-code.js';
import { run } from '../run.js';

export interface CliResult {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
}
export interface CliOptions {
  readonly url?: string;
  readonly input?: string;
  readonly token?: string;
  /** Answers to questions; makes the terminal interactive. */
  readonly answers?: readonly string[];
}

/** Runs one command line in this process with a fake terminal. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  let out = '';
  let err = '';
  const answers = [...(options.answers ?? [])];
  const exit = await run(args, {
    io: {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      interactive: options.answers !== undefined,
      columns: undefined,
      paint: (_tone, text) => text,
      readInput: () => Promise.resolve(options.input ?? ''),
      ask: (question) => {
        err += question;
        return Promise.resolve(answers.shift() ?? '');
      },
    },
    env: {
      ADJOIN_URL: options.url ?? 'http://127.0.0.1:1',
      ...(options.token === undefined ? {} : { ADJOIN_TOKEN: options.token }),
    },
    operator: 'tester',
    fetch,
    signal: new AbortController().signal,
  });
  return { exit, out, err };
}
