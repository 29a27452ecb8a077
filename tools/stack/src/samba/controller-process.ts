import { join } from 'node:path';
import type { SambaProgram } from '../fetch/samba-install.js';
import { ManagedProcess, type CrashReport } from '../process/managed-process.js';
import { accepts } from '../process/port-check.js';
import type { ForestDefinition } from './forest.js';

/** LDAP, LDAPS, the RPC endpoint mapper and Kerberos: all of them open means that the controller can be used. */
const PORTS = [389, 636, 135, 88];
/** The port that is looked at to see whether another controller has the address. */
export const LDAP_PORT = 389;

/** The samba process of one domain controller. */
export function controllerProcess(
  program: SambaProgram,
  definition: ForestDefinition,
  options: {
    readonly folder: string;
    readonly logFile: string;
    readonly onCrash?: ((report: CrashReport) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): ManagedProcess {
  const { folder, logFile, onCrash, signal } = options;
  return new ManagedProcess({
    name: `samba-${definition.name}`,
    command: program.samba,
    args: ['-F', '--no-process-group', '-M', 'single', `--configfile=${join(folder, 'etc', 'smb.conf')}`],
    logFile,
    extraLogFiles: [join(folder, 'log', 'samba.log')],
    ready: async () => {
      for (const port of PORTS) if (!(await accepts(port, definition.ip))) return false;
      return true;
    },
    readyDeadlineMs: 60_000,
    onCrash,
    signal,
  });
}
