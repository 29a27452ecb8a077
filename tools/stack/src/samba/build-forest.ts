import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../fetch/download.js';
import type { SambaProgram } from '../fetch/samba-install.js';
import { requireFreePort } from '../process/port-check.js';
import { runCommand } from '../process/run-command.js';
import { controllerConfig } from './controller-config.js';
import { controllerProcess, LDAP_PORT } from './controller-process.js';
import {
  ADMIN_PASSWORD,
  SERVICE_ACCOUNTS,
  type DirectoryLoad,
  type ForestDefinition,
  type LoadedCounts,
} from './forest.js';
import { isUsable, pythonFolder, restoreSnapshot, saveSnapshot, snapshotKey } from './snapshot.js';

const PREPARE_PROGRAMS = ['prepare_forest.py', 'samba_database.py'];
const LOAD_PROGRAMS = [...PREPARE_PROGRAMS, 'load_directory.py', 'people.py'];
/** Written into the controller's folder by the loader's caller. */
const COUNTS_FILE = 'loaded.json';

/** What a forest is built with. */
export interface ForestBuild {
  readonly program: SambaProgram;
  readonly definition: ForestDefinition;
  readonly load: DirectoryLoad;
  readonly cacheFolder: string;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the folder of a filled domain controller that has never been used, from a cached snapshot if there is one.
 * Two snapshots are kept: the bare forest (provisioned, schema, accounts, certificate) and the filled one made from it.
 * The address is not part of them: it is in etc/smb.conf, which is written anew by every restore.
 */
export async function freshForest(build: ForestBuild, folder: string): Promise<LoadedCounts> {
  const { definition, load, report } = build;
  const { ip: _address, ...identity } = definition;
  const filled = join(
    build.cacheFolder,
    'forests',
    `${definition.name}-${snapshotKey([identity, load], LOAD_PROGRAMS)}.tar.zst`,
  );
  if (!isUsable(filled)) {
    const bare = await bareForest(build, identity);
    await inWorkFolder(build, async (work) => {
      await restoreSnapshot(bare, work);
      await writeConfig(definition, work);
      report(`${definition.name}: loading ${load.users} users and ${load.groups} groups`);
      const order = JSON.stringify({ ...load, employeePrefix: definition.employeePrefix });
      await writeFile(join(work, COUNTS_FILE), await runPython(build, 'load_directory.py', work, order));
      await saveSnapshot(work, filled);
    });
  }
  await restoreSnapshot(filled, folder);
  await writeConfig(definition, folder);
  return loadedCounts(folder);
}

/** The counts of a forest folder that was restored before; fails when it never was. */
export async function loadedCounts(folder: string): Promise<LoadedCounts> {
  // Our own file, written by freshForest; its shape is that of the loader's report.
  return JSON.parse(await readFile(join(folder, COUNTS_FILE), 'utf8')) as LoadedCounts;
}

/** Whether the folder holds a forest. */
export function isForestFolder(folder: string): boolean {
  return existsSync(join(folder, COUNTS_FILE));
}

/** Writes smb.conf for the folder and address, and the folders Samba expects. */
export async function writeConfig(definition: ForestDefinition, folder: string): Promise<void> {
  for (const name of ['etc', 'log', 'run', 'ncalrpc', 'cache']) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'etc', 'smb.conf'), controllerConfig(definition, folder));
}

async function bareForest(build: ForestBuild, identity: object): Promise<string> {
  const { definition, report } = build;
  const key = snapshotKey([identity, SERVICE_ACCOUNTS, ADMIN_PASSWORD], PREPARE_PROGRAMS);
  const snapshot = join(build.cacheFolder, 'forests', `${definition.name}-bare-${key}.tar.zst`);
  if (isUsable(snapshot)) return snapshot;
  await requireFreePort(LDAP_PORT, { host: definition.ip, service: `samba-${definition.name}` });
  await inWorkFolder(build, async (work) => {
    report(`${definition.name}: provisioning the forest ${definition.domain}`);
    await provision(build, work);
    await writeConfig(definition, work);
    await runPython(build, 'prepare_forest.py', work, JSON.stringify({ accounts: SERVICE_ACCOUNTS }));
    // The first start makes the TLS key, which takes seconds: once here instead of at every restore.
    const first = controllerProcess(build.program, definition, {
      folder: work,
      logFile: join(work, 'log', 'first-start.log'),
      signal: build.signal,
    });
    await first.start();
    await first.stop();
    await saveSnapshot(work, snapshot);
  });
  return snapshot;
}

async function provision(build: ForestBuild, folder: string): Promise<void> {
  const { definition } = build;
  await mkdir(join(folder, 'etc'), { recursive: true });
  // Without an empty configuration the shares of /etc/samba/smb.conf would be copied.
  const empty = join(folder, 'etc', 'empty.conf');
  await writeFile(empty, '[global]\n');
  await runCommand(
    build.program.sambaTool,
    [
      ...[
        'domain',
        'provision',
        `--configfile=${empty}`,
        `--targetdir=${folder}`,
        '--server-role=dc',
        '--dns-backend=NONE',
      ],
      ...[
        `--realm=${definition.domain.toUpperCase()}`,
        `--domain=${definition.netbios}`,
        `--adminpass=${ADMIN_PASSWORD}`,
      ],
      ...[`--host-name=${definition.host}`, `--host-ip=${definition.ip}`],
      ...[`--option=interfaces=${definition.ip}/8`, '--option=bind interfaces only=yes'],
    ],
    { signal: build.signal },
  );
}

async function inWorkFolder(build: ForestBuild, action: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(build.cacheFolder, { recursive: true });
  const folder = await mkdtemp(join(build.cacheFolder, 'forest-'));
  try {
    await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runPython(build: ForestBuild, script: string, folder: string, input: string): Promise<string> {
  const env = { PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' };
  return runCommand(build.program.python, [join(pythonFolder(), script), folder], { env, input, signal: build.signal });
}
