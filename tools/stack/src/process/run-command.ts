import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StackError } from '../stack-error.js';

/** The first executable of that name in PATH and the usual system folders. */
export function findExecutable(name: string): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/bin',
    '/bin',
  ];
  for (const folder of folders) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue; // not here
    }
  }
  return undefined;
}

/** How a command is run. */
export interface CommandOptions {
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly input?: string | undefined;
  readonly deadlineMs?: number | undefined;
  /** Aborting kills the command. */
  readonly signal?: AbortSignal | undefined;
}

/** The end of a command. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end without judging the result; a command that cannot be started has code null. */
export function tryCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((settle) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.deadlineMs ?? 600_000,
      killSignal: 'SIGKILL',
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined); // the command may end before it has read its input
    child.stdin.end(options.input ?? '');
    child.once('error', (error) => settle({ code: null, stdout, stderr: error.message }));
    child.once('close', (code) => settle({ code, stdout, stderr }));
  });
}

/** Runs a command and fails with its last output lines when it does not end well. Returns its standard output. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await tryCommand(command, args, options);
  if (result.code === 0) return result.stdout;
  const output = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15);
  const lines = output.map((line) => `  | ${line}`).join('\n');
  throw new StackError(
    'ADJ-STK-3003',
    `${command} ${args[0] ?? ''} ended with ${result.code ?? 'a signal or not started'}.\n${lines}`,
  );
}
