import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

export type Tone = 'good' | 'warn' | 'bad' | 'dim' | 'bold' | 'plain';

/** Everything a command says and hears. Data goes to standard output, everything else to standard error. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Whether a person sits at the other end and can be asked. */
  readonly interactive: boolean;
  /** Columns of the terminal; undefined when the output goes to a file or a program. */
  readonly columns: number | undefined;
  paint(tone: Tone, text: string): string;
  /** All of standard input. */
  readInput(): Promise<string>;
  /** One line from the person; `secret` is not shown while it is typed. */
  ask(question: string, options?: { readonly secret?: boolean }): Promise<string>;
}

const STYLE = { good: 'green', warn: 'yellow', bad: 'red', dim: 'dim', bold: 'bold' } as const;

/** The terminal of this process. */
export function processIo(env: NodeJS.ProcessEnv): Io {
  const colours = process.stdout.isTTY && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb';
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    paint: (tone, text) =>
      colours && tone !== 'plain' ? styleText(STYLE[tone], text, { validateStream: false }) : text,
    readInput,
    ask,
  };
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

async function ask(question: string, options: { readonly secret?: boolean } = {}): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
  process.stderr.write(question);
  // readline echoes by writing to its output; a secret is kept off the screen by dropping that echo.
  if (options.secret === true) Object.assign(reader, { _writeToOutput: () => undefined });
  try {
    return (await reader.question('')).trim();
  } finally {
    reader.close();
    if (options.secret === true) process.stderr.write('\n');
  }
}
