import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';

/** The suites in which our client talks to the simulator with everything that it can say. */
const SUITES = [
  'apps/entra-exporter/src/target/directory-target.spec.ts',
  'apps/entra-simulator/src/sync-service/sync-service.spec.ts',
] as const;

const lineSchema = z.object({ operation: z.string(), request: z.string(), reply: z.string().optional() });

/** A message of our client or of the simulator. */
export interface Message {
  /** Operation and number, for the report. */
  readonly name: string;
  readonly operation: string;
  readonly direction: 'request' | 'reply';
  readonly bytes: Uint8Array;
}

/** Runs the contract suite of the sync-service channel and gives every message that went over the wire. @throws Error when the suite fails. */
export async function recordMessages(root: string, file: string): Promise<readonly Message[]> {
  rmSync(file, { force: true });
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--reporter=dot', ...SUITES];
  const { code, said } = await run(root, args, { ...process.env, SIMULATOR_RECORD_MESSAGES: file });
  if (code !== 0 || !existsSync(file)) throw new Error(`The suites did not pass:\n${said.slice(-3000)}`);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  rmSync(file);
  return lines.flatMap((line, index) => {
    const { operation, request, reply } = lineSchema.parse(JSON.parse(line));
    const message = (direction: Message['direction'], text: string): Message => ({
      ...{ name: `${operation} ${direction} #${String(index + 1)}`, operation, direction },
      bytes: Uint8Array.from(Buffer.from(text, 'base64')),
    });
    return reply === undefined ? [message('request', request)] : [message('request', request), message('reply', reply)];
  });
}

function run(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (data: Buffer) => (said += data.toString()));
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, said }));
  });
}
