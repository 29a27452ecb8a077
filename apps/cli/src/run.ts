import { CommanderError } from 'commander';
import { SyncError, toSyncError } from '@adjoin/contracts';
import { EXIT, type ExitCode } from './exit-code.js';
import { buildProgram } from './program.js';
import { Session, type SessionOptions } from './session.js';

const SHOWN = new Set(['commander.helpDisplayed', 'commander.version']);

/** Runs one command line and gives its exit code; `args` are those after the program name. */
export async function run(args: readonly string[], options: SessionOptions): Promise<ExitCode> {
  const session = new Session(options);
  const json = args.includes('--json');
  try {
    await buildProgram(session).parseAsync([...args], { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) session.fail(toSyncError(cause), json);
    else if (!SHOWN.has(cause.code)) {
      // commander has already written the message to standard error
      if (json) session.fail(new SyncError('ADJ-CLI-6001', cause.message.replace(/^error: /, '')), true);
      session.exitCode = EXIT.usage;
    }
  }
  return session.exitCode;
}
