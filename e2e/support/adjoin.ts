import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinary, repositoryRoot } from '@adjoin/stack';
import type { Lab } from './lab.js';

/** What a command line ended with. */
export interface CommandResult {
  readonly exit: number;
  /** The JSON document of standard output. */
  readonly json: unknown;
  readonly stderr: string;
}

/** Runs `adjoin <args> --json` against the control-plane of the lab. */
export function adjoin(lab: Lab, ...args: readonly string[]): Promise<CommandResult> {
  return new Promise((settle, fail) => {
    const program = join(repositoryRoot(), 'apps/cli/bin/adjoin.js');
    const child = spawn(nodeBinary(), [program, ...args, '--json'], {
      env: { ...process.env, ADJOIN_URL: lab.controlPlane.url, ADJOIN_OPERATOR: 'e2e' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 180_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
    child.once('error', fail);
    child.once('close', (code) => {
      try {
        settle({ exit: code ?? -1, json: JSON.parse(stdout), stderr });
      } catch {
        fail(
          new Error(
            `adjoin ${args.join(' ')} ended with ${code ?? 'a signal'} and printed no JSON: ${stdout}\n${stderr}`,
          ),
        );
      }
    });
  });
}
