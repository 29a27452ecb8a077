import type { Report } from '../fetch/download.js';
import type { CrashReport } from '../process/managed-process.js';

/** What every service of one stack shares. */
export interface ServiceContext {
  /** Downloads and snapshots, shared by all stacks. */
  readonly cacheFolder: string;
  /** Data, configuration and logs (`logs/<name>.log`) of one stack. */
  readonly runFolder: string;
  readonly report: Report;
  /** Called once when a service ends by itself; it is not restarted. */
  readonly onCrash?: ((report: CrashReport) => void) | undefined;
  /** Aborting ends what is being fetched or started. */
  readonly signal?: AbortSignal | undefined;
}
