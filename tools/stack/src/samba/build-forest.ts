import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../fetch/download.js';
import type { SambaProgram } from '../fetch/samba-install.js';
import { requireFreePort } from '../process/port-check.js';
import { runCommand } from '../process/run-command.js';
import { controllerConfig } from './controller-config.js';
import { controllerProcess, LDAP_PORT } from './controller-process.js';
import { ADMIN_PASSWORD, SERVICE_ACCOUNTS, type ForestDefinition, type LoadedCounts } from './forest.js';
import type { ForestPlan } from './lab-forests.js';
import { isUsable, pythonFolder, restoreSnapshot, saveSnapshot, snapshotKey } from './snapshot.js';

const PREPARE_PROGRAMS = ['prepare_forest.py', 'samba_database.py'];
const LOAD_PROGRAMS = [...PREPARE_PROGRAMS, 'load_directory.py', 'people.py', 'resource_forest.py'];
/** Written into the controller's folder by the loader's caller. */
const COUNTS_FILE = 'loaded.json';
/** Written by the loader of a forest whose mailboxes are in another one. */
const ACCOUNTS_FILE = 'accounts.json';
/** Snapshots that this process is making, by path: both forests of a pair ask for that of the accounts. */
const inTheMaking = new Map<string, Promise<void>>();

/** What a forest is built with. */
export interface ForestBuild extends ForestPlan {
  readonly program: SambaProgram;
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
  const { definition } = build;
  const filled = await filledSnapshot(build);
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

/** The snapshot of the filled forest, made if there is none. That of a resource forest depends on the SIDs of the accounts. */
async function filledSnapshot(build: ForestBuild): Promise<string> {
  const { definition, load, accountForest, cacheFolder } = build;
  const accounts =
    accountForest === undefined
      ? undefined
      : await accountsOf({ ...build, ...accountForest, accountForest: undefined });
  const key = snapshotKey([identityOf(definition), load, accounts], LOAD_PROGRAMS);
  const filled = join(cacheFolder, 'forests', `${definition.name}-${key}.tar.zst`);
  if (isUsable(filled) && (load.mailboxesElsewhere !== true || existsSync(accountsFile(filled)))) return filled;
  const making = inTheMaking.get(filled) ?? fill(build, accounts, filled).finally(() => inTheMaking.delete(filled));
  inTheMaking.set(filled, making);
  await making;
  return filled;
}

async function fill(build: ForestBuild, accounts: string | undefined, filled: string): Promise<void> {
  const { definition, load, report } = build;
  const bare = await bareForest(build);
  await inWorkFolder(build, async (work) => {
    await restoreSnapshot(bare, work);
    await writeConfig(definition, work);
    report(`${definition.name}: loading ${load.users} users and ${load.groups} groups`);
    const order = {
      ...load,
      employeePrefix: definition.employeePrefix,
      ...(accounts === undefined ? {} : { accounts: JSON.parse(accounts) as unknown }),
    };
    const counts = await runPython(build, 'load_directory.py', work, JSON.stringify(order));
    await writeFile(join(work, COUNTS_FILE), counts);
    if (load.mailboxesElsewhere === true) await copyFile(join(work, ACCOUNTS_FILE), accountsFile(filled));
    await saveSnapshot(work, filled);
  });
}

/** What the loader of an account forest tells that of the resource forest, as JSON. */
async function accountsOf(build: ForestBuild): Promise<string> {
  return readFile(accountsFile(await filledSnapshot(build)), 'utf8');
}

function accountsFile(snapshot: string): string {
  return snapshot.replace(/\.tar\.zst$/, `.${ACCOUNTS_FILE}`);
}

/** What a snapshot depends on: everything but the address. */
function identityOf({ ip: _address, ...identity }: ForestDefinition): object {
  return identity;
}

async function bareForest(build: ForestBuild): Promise<string> {
  const { definition, report } = build;
  const identity = identityOf(definition);
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
