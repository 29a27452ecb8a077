import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StackError } from '../stack-error.js';
import { findExecutable, runCommand, tryCommand } from '../process/run-command.js';
import type { DownloadPlan, Report } from './download.js';

/** The programs of a Samba that can be an Active Directory domain controller. */
export interface SambaProgram {
  readonly samba: string;
  readonly sambaTool: string;
  /** A Python with Samba's modules: the distribution's own, not one that comes earlier in PATH. */
  readonly python: string;
}

/** samba-ad-provision is only recommended by the others and must be named; the -ad-dc metapackage would pull in winbind. */
const PACKAGES = ['samba', 'samba-dsdb-modules', 'samba-ad-provision', 'samba-vfs-modules', 'ldb-tools'];
const PROVISION_TEMPLATES = '/usr/share/samba/setup/provision.ldif';
const POLICY_FILE = '/usr/sbin/policy-rc.d';
const HINT = `Install Samba's domain controller (Debian, Ubuntu: apt-get install --no-install-recommends ${PACKAGES.join(' ')}), set SAMBA_BIN and SAMBA_PYTHON, or use docker compose.`;

/** Finds an installed Samba: `SAMBA_BIN` (folder of samba and samba-tool) and `SAMBA_PYTHON` win. */
export async function findSamba(): Promise<SambaProgram | undefined> {
  const folder = process.env['SAMBA_BIN'];
  const samba = folder === undefined ? findExecutable('samba') : join(folder, 'samba');
  const sambaTool = folder === undefined ? findExecutable('samba-tool') : join(folder, 'samba-tool');
  const python = process.env['SAMBA_PYTHON'] ?? '/usr/bin/python3';
  if (samba === undefined || sambaTool === undefined || !existsSync(samba) || !existsSync(sambaTool)) return undefined;
  if (folder === undefined && !existsSync(PROVISION_TEMPLATES)) return undefined;
  const modules = await tryCommand(python, ['-c', 'import ldb, samba.samdb, samba.provision'], { deadlineMs: 60_000 });
  return modules.code === 0 ? { samba, sambaTool, python } : undefined;
}

/** What installing Samba would cost; undefined when it is there. */
export async function sambaPlan(): Promise<DownloadPlan | undefined> {
  if ((await findSamba()) !== undefined) return undefined;
  return { what: `Samba AD DC (apt: ${PACKAGES.join(' ')})`, downloadMb: 13, diskMb: 76, seconds: 30, system: true };
}

/** Makes Samba available, by apt when it is missing. Consent must have been asked for before. No service of the host is started. */
export async function ensureSamba(report: Report, signal?: AbortSignal): Promise<SambaProgram> {
  const found = await findSamba();
  if (found !== undefined) return found;
  if (process.env['SAMBA_BIN'] !== undefined) {
    throw new StackError(
      'ADJ-STK-1002',
      `SAMBA_BIN or SAMBA_PYTHON does not name a Samba with its Python modules. ${HINT}`,
    );
  }
  const apt = findExecutable('apt-get');
  if (apt === undefined)
    throw new StackError('ADJ-STK-1002', `Samba is not installed and there is no apt-get. ${HINT}`);
  if (process.getuid?.() !== 0)
    throw new StackError('ADJ-STK-1001', `Samba is not installed and only root may install it. ${HINT}`);
  signal?.throwIfAborted();
  await install(apt, report);
  const installed = await findSamba();
  if (installed === undefined)
    throw new StackError('ADJ-STK-1002', `The packages were installed, but Samba cannot be used. ${HINT}`);
  return installed;
}

async function install(apt: string, report: Report): Promise<void> {
  report(`installing ${PACKAGES.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const removeGuard = await guardAgainstServiceStart();
  try {
    await runCommand(apt, ['-q', 'update'], { env });
    await runCommand(apt, ['-q', 'install', '-y', '--no-install-recommends', ...PACKAGES], { env });
  } finally {
    await removeGuard();
  }
}

/** Maintainer scripts ask policy-rc.d before they start a service; 101 means "not allowed". An existing policy is left alone. */
async function guardAgainstServiceStart(): Promise<() => Promise<void>> {
  if (existsSync(POLICY_FILE)) return async () => undefined;
  await writeFile(POLICY_FILE, '#!/bin/sh\nexit 101\n');
  await chmod(POLICY_FILE, 0o755);
  return () => rm(POLICY_FILE, { force: true });
}
