import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { StackError } from '../stack-error.js';
import { repositoryRoot } from '../state-folder.js';

/** Raise it when the way a forest is made changes outside the Python programs, whose text is part of the key anyway. */
const SNAPSHOT_VERSION = 1;
/** The controller's self-signed certificate is valid for two years. */
const MAX_AGE_MS = 300 * 24 * 3600 * 1000;
const TAR_WAS_DONE = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE']);

/** Folder of our Python programs. */
export function pythonFolder(): string {
  return join(repositoryRoot(), 'tools', 'stack', 'python');
}

/** A key that changes with the parameters and with the programs that make the snapshot. */
export function snapshotKey(parameters: unknown, programs: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([SNAPSHOT_VERSION, parameters]));
  for (const program of programs) hash.update(readFileSync(join(pythonFolder(), program)));
  return hash.digest('hex').slice(0, 16);
}

/** Whether a snapshot is there and young enough. */
export function isUsable(snapshot: string): boolean {
  return existsSync(snapshot) && Date.now() - statSync(snapshot).mtimeMs < MAX_AGE_MS;
}

/** Archives the folder of a stopped domain controller. Sockets and logs are removed from it before. */
export async function saveSnapshot(folder: string, snapshot: string): Promise<void> {
  await removeLeftovers(folder);
  await mkdir(dirname(snapshot), { recursive: true });
  const partial = `${snapshot}.${process.pid}.partial`;
  const tar = spawn('tar', ['--sparse', '-C', folder, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = ended(tar);
  await Promise.all([pipeline(tar.stdout, createZstdCompress(), createWriteStream(partial, { mode: 0o600 })), end]);
  await rename(partial, snapshot);
}

/** Replaces `folder` by what the snapshot holds. */
export async function restoreSnapshot(snapshot: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const tar = spawn('tar', ['-C', folder, '-xf', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  const feed = pipeline(createReadStream(snapshot), createZstdDecompress(), tar.stdin).catch((error: unknown) => error);
  await ended(tar);
  const failure = await feed;
  // tar stops reading at its end marker and may close the pipe before the padding behind it was written.
  if (failure instanceof Error && !TAR_WAS_DONE.has(String(Reflect.get(failure, 'code')))) throw failure;
}

function ended(tar: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((settle, fail) => {
    let stderr = '';
    tar.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    tar.once('error', fail);
    tar.once('close', (code) => {
      if (code === 0) settle();
      else fail(new StackError('ADJ-STK-3003', `tar ended with ${code ?? 'a signal'}: ${stderr.trim().slice(0, 300)}`));
    });
  });
}

/** Sockets cannot be archived and belong to a running controller only; everything else is relocatable but etc/smb.conf. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of ['log', 'run', 'ncalrpc', 'ntp_signd', 'winbindd'])
    await rm(join(folder, name), { recursive: true, force: true });
  const privateFolder = join(folder, 'private');
  for (const name of await readdir(privateFolder)) {
    if (name === 'ldapi' || name === 'ldap_priv' || name.endsWith('.ldapi'))
      await rm(join(privateFolder, name), { recursive: true, force: true });
  }
}
