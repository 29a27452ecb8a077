import { join } from 'node:path';
import { ensureSamba } from '../fetch/samba-install.js';
import { StackError } from '../stack-error.js';
import { requireFreePort } from '../process/port-check.js';
import type { ServiceHandle } from '../process/managed-process.js';
import type { ServiceContext } from '../services/service-context.js';
import { freshForest, isForestFolder, loadedCounts, writeConfig } from './build-forest.js';
import { controllerProcess, LDAP_PORT } from './controller-process.js';
import { describeForest, type ForestDescription } from './forest.js';
import type { ForestPlan } from './lab-forests.js';

/** A running forest. */
export interface SambaService extends ServiceHandle {
  readonly forest: ForestDescription;
}

/** Options of {@link startSamba}. */
export interface SambaOptions extends ServiceContext, ForestPlan {
  /** Keep the data of an earlier start in the same run folder instead of restoring the snapshot. */
  readonly keep?: boolean | undefined;
}

/**
 * Starts a forest on its loopback address; data in `<runFolder>/<forest name>`.
 * The first time it is provisioned and filled (10 s and more), later it is restored from the cached snapshot (1.5 s).
 */
export async function startSamba(options: SambaOptions): Promise<SambaService> {
  const { definition } = options;
  if (process.getuid?.() !== 0) {
    throw new StackError(
      'ADJ-STK-1001',
      `samba-${definition.name} opens ports below 1024 on ${definition.ip}, which only root may. Run as root, or use docker compose.`,
    );
  }
  const program = await ensureSamba(options.report, options.signal);
  const service = `samba-${definition.name}`;
  await requireFreePort(LDAP_PORT, { host: definition.ip, service });
  const folder = join(options.runFolder, definition.name);
  const kept = options.keep === true && isForestFolder(folder);
  if (kept) await writeConfig(definition, folder);
  const loaded = kept ? await loadedCounts(folder) : await freshForest({ ...options, program }, folder);
  const logFile = join(options.runFolder, 'logs', `${service}.log`);
  const controller = controllerProcess(program, definition, {
    folder,
    logFile,
    onCrash: options.onCrash,
    signal: options.signal,
  });
  await controller.start();
  return Object.assign(controller, { forest: describeForest(definition, folder, loaded) });
}
