import { TENANT_FEATURES, toSyncError, type SettableFeature, type SyncServiceConfig } from '@adjoin/contracts';
import { sleep, type ExportGate, type Logger, type Runnable } from '@adjoin/shared';
import type { SyncService } from '@adjoin/sync-service';

export interface TenantFeaturesOptions {
  readonly service: Pick<SyncService, 'companyConfiguration' | 'setFeatures'>;
  readonly wanted: SyncServiceConfig['features'];
  readonly gate: Pick<ExportGate, 'refresh' | 'admits'>;
  readonly log: Logger;
  /** Pause before it is tried again, ms. */
  readonly everyMs?: number | undefined;
}
const EVERY_MS = 60_000;

/**
 * Sets the tenant's switches that the configuration names, once for each start of the process, and not while a gate (staging mode) forbids
 * writing. Switches that are not named stay as they are, and what an administrator changes later is left to him.
 */
export class TenantFeatures implements Runnable {
  readonly name = 'tenant-features';
  readonly #options: TenantFeaturesOptions;

  constructor(options: TenantFeaturesOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    let done = Object.keys(this.#options.wanted).length === 0;
    while (!signal.aborted) {
      done ||= await this.#tried(signal);
      await sleep(this.#options.everyMs ?? EVERY_MS, signal);
    }
  }

  /** @returns false: it is to be tried again */
  async #tried(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.apply(signal);
    } catch (cause) {
      if (signal.aborted) return false;
      const { code, message, hint } = toSyncError(cause, 'ADJ-EXP-3001');
      this.#options.log.error({ event: 'tenant-features.failed', code, hint }, message);
      return false;
    }
  }

  /** Whether the switches are as wanted now; false while writing is not allowed. */
  async apply(signal?: AbortSignal): Promise<boolean> {
    const { service, wanted, gate, log } = this.#options;
    await gate.refresh();
    if (!gate.admits(Number.POSITIVE_INFINITY)) return false;
    const { dirSyncFeatures: before } = await service.companyConfiguration(signal);
    const after = withFeatures(before, wanted);
    if (after === before) return true;
    await service.setFeatures(after, signal);
    log.info({ event: 'tenant-features.set', wanted, before, after }, 'The switches of the tenant were set.');
    return true;
  }
}

/** The mask with the named switches set or cleared. */
export function withFeatures(mask: number, wanted: SyncServiceConfig['features']): number {
  let result = mask;
  for (const [name, value] of Object.entries(wanted) as [SettableFeature, 'on' | 'off'][])
    result = value === 'on' ? result | TENANT_FEATURES[name] : result & ~TENANT_FEATURES[name];
  return result;
}
