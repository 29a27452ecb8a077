import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, StackError } from '../stack-error.js';
import { waitUntil } from '../process/wait.js';

/**
 * Another program asks the owner of a stack to restart a process by a file in `<runFolder>/requests`:
 * `<id>.restart` holds the process name; the owner answers with `<id>.done`, empty or with the error.
 * Files need no port and carry the permissions of the folder.
 */
const POLL_MS = 200;

/** Serves requests until the returned function is called. One request is served at a time. */
export function serveRequests(runFolder: string, restart: (name: string) => Promise<void>): () => void {
  const folder = join(runFolder, 'requests');
  mkdirSync(folder, { recursive: true });
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void serveAll(folder, restart).finally(() => (busy = false));
  }, POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function serveAll(folder: string, restart: (name: string) => Promise<void>): Promise<void> {
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.restart')) continue;
    const request = join(folder, file);
    const name = readFileSync(request, 'utf8');
    rmSync(request);
    const answer = await restart(name).then(() => '', describeError);
    write(join(folder, file.replace(/\.restart$/, '.done')), answer);
  }
}

/** Asks the owner to restart a process and waits for the answer. */
export async function requestRestart(runFolder: string, name: string, deadlineMs = 120_000): Promise<void> {
  const folder = join(runFolder, 'requests');
  mkdirSync(folder, { recursive: true });
  const id = `${process.pid}-${process.hrtime.bigint()}`;
  write(join(folder, `${id}.restart`), name);
  let answer: string | undefined;
  const done = join(folder, `${id}.done`);
  await waitUntil(() => (answer = readIfThere(done)) !== undefined, { deadlineMs });
  rmSync(done, { force: true });
  if (answer === undefined)
    throw new StackError('ADJ-STK-3001', `The restart of ${name} was not confirmed after ${deadlineMs / 1000} s.`);
  if (answer !== '') throw new StackError('ADJ-STK-3003', `${name} was not restarted: ${answer}`);
}

function write(file: string, text: string): void {
  writeFileSync(`${file}.partial`, text);
  renameSync(`${file}.partial`, file);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // not answered yet
  }
}
