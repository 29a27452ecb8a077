import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { SyncError } from '@adjoin/contracts';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import { wholeNumber } from './page-options.js';

/** Repository root, seen from the built file. */
const root = join(import.meta.dirname, '../../../..');

/** `adjoin simulator` */
export function addSimulator(program: Command, session: Session): void {
  program
    .command('simulator')
    .description('run an Entra ID tenant on this machine; prints base URL, CA file, tenant id, client id and secret')
    .option('--port <n>', 'port of Graph and the token endpoint', wholeNumber(0, 65_535))
    .option('--data <file>', 'JSON file with the content of the tenant')
    .option('--admin-port <n>', 'port for tests: read, fill and disturb the tenant', wholeNumber(0, 65_535))
    .action(
      session.action(async (options: { port?: number; data?: string; adminPort?: number }, command: Command) => {
        const flags = [
          ...(options.port === undefined ? [] : ['--port', String(options.port)]),
          ...(options.data === undefined ? [] : ['--data', options.data]),
          ...(options.adminPort === undefined ? [] : ['--admin-port', String(options.adminPort)]),
        ];
        return runPart(session, 'apps/entra-simulator/dist/main.js', [...flags, ...jsonFlag(command)]);
      }),
    );
}

const STACK_COMMANDS = ['up', 'down', 'status', 'logs', 'restart', 'clean'];

/** `adjoin stack` */
export function addStack(program: Command, session: Session): void {
  program
    .command('stack')
    .description('the local stack: forest, Kafka, MongoDB, simulator and all processes on this machine')
    .addArgument(new Argument('<command>', 'same as the npm scripts stack:*').choices(STACK_COMMANDS))
    .argument('[args...]', 'name of a part for logs and restart; further options of the launcher')
    .allowUnknownOption()
    .action(
      session.action(async (name: string, args: string[], _options: object, command: Command) =>
        runPart(session, 'tools/stack/dist/main.js', [name, ...args, ...jsonFlag(command)]),
      ),
    );
}

const jsonFlag = (command: Command): string[] =>
  command.optsWithGlobals<{ json?: boolean }>().json === true ? ['--json'] : [];

/** Runs a program of the repository with this terminal until it ends. */
async function runPart(session: Session, entry: string, args: readonly string[]): Promise<ExitCode> {
  const path = join(root, entry);
  if (!existsSync(path)) throw new SyncError('ADJ-CLI-6003', `${entry} does not exist.`);
  const child = spawn(process.execPath, [path, ...args], { stdio: 'inherit', env: session.env });
  // Ctrl-C reaches the child by the terminal; another stop has to be passed on.
  const stop = (): void => void child.kill('SIGTERM');
  process.once('SIGTERM', stop);
  try {
    return await new Promise<ExitCode>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(childExit(code, signal)));
    });
  } finally {
    process.off('SIGTERM', stop);
  }
}

function childExit(code: number | null, signal: NodeJS.Signals | null): ExitCode {
  if (signal === 'SIGINT' || signal === 'SIGTERM') return EXIT.ok;
  const known = Object.values(EXIT).find((exit) => exit === code);
  return known ?? EXIT.failed;
}
