import type { GraphBatcher } from '@adjoin/graph';
import { sleep, type ExportGate, type Logger, type Runnable } from '@adjoin/shared';
import { refusal, succeeded } from '../export-run/outcome.js';
import { acceptedUpn } from '../mapping/user-names.js';
import type { ShadowValues, ShadowStore } from '../state/shadow.store.js';
import type { Tenant, TenantInfo } from '../tenant/tenant-info.js';

export interface HeldValuesOptions {
  readonly batcher: GraphBatcher;
  readonly tenant: Pick<TenantInfo, 'get'>;
  readonly shadows: Pick<ShadowStore, 'load' | 'held' | 'apply'>;
  readonly gate: Pick<ExportGate, 'refresh' | 'admits'>;
  readonly log: Logger;
  /** Pause between two looks, ms; the service itself looks every hour. */
  readonly everyMs?: number | undefined;
}
const HOUR_MS = 3_600_000;
const CHUNK = 500;

/**
 * Applies values that were held back when what stood in their way is gone: a duplicate was resolved, or a domain was verified
 * (engine/entra-service.md sections 3 and 4). No export is needed for it. Any replica may do so; doing it twice does no harm.
 */
export class HeldValues implements Runnable {
  readonly name = 'held-values';
  readonly #options: HeldValuesOptions;

  constructor(options: HeldValuesOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#options.everyMs ?? HOUR_MS, signal);
      if (!signal.aborted) await this.heal(signal);
    }
  }

  /** One look at all values that are held back. Gives the number of objects that got theirs. */
  async heal(signal: AbortSignal): Promise<number> {
    const { tenant, shadows, gate, log } = this.#options;
    const known = await tenant.get();
    let healed = 0;
    let chunk: string[] = [];
    const flush = async (): Promise<void> => {
      await gate.refresh();
      // As stored now: an export may have changed them meanwhile.
      const current = await shadows.load(chunk);
      chunk = [];
      const done = await Promise.all([...current].map(([id, values]) => this.#apply(id, values, known)));
      healed += done.filter(Boolean).length;
    };
    for await (const id of shadows.held()) {
      if (signal.aborted) break;
      if (chunk.push(id) === CHUNK) await flush();
    }
    if (chunk.length > 0 && !signal.aborted) await flush();
    if (healed > 0) log.info({ event: 'held-values.applied', objects: healed });
    return healed;
  }

  /** Each value for itself: one that is still taken does not hold up the other. */
  async #apply(cloudId: string, values: ShadowValues, { domains }: Tenant): Promise<boolean> {
    const upn = values['userPrincipalName']?.asked ?? undefined;
    const mail = values['mail']?.asked ?? undefined;
    const applied = await Promise.all([
      upn !== undefined && acceptedUpn(upn, '', domains) === upn && this.#send(cloudId, 'userPrincipalName', upn),
      mail !== undefined && this.#send(cloudId, 'mail', mail),
    ]);
    return applied.includes(true);
  }

  async #send(cloudId: string, name: 'userPrincipalName' | 'mail', value: string): Promise<boolean> {
    const { batcher, shadows, gate, log } = this.#options;
    const [reply] = await batcher.submit({
      calls: [{ method: 'PATCH', url: `/users/${cloudId}`, body: { [name]: value } }],
      repeatable: true,
      priority: 2,
      admit: () => gate.admits(Number.POSITIVE_INFINITY),
    });
    if (!succeeded(reply)) {
      log.debug({ event: 'held-values.refused', cloudId, name, code: refusal(reply)?.code });
      return false;
    }
    await shadows.apply([{ cloudId, set: {}, unset: [name], fresh: false }]);
    return true;
  }
}
