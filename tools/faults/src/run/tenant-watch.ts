import { setTimeout as sleep } from 'node:timers/promises';
import { anchorsOf } from '../check/tenant-change.js';
import { TitleWatch } from '../check/title-watch.js';
import type { Tenant } from '../lab/tenant.js';

/** Looks at the whole content of the tenant again and again, while everything else breaks. */
export class TenantWatch {
  readonly titles = new TitleWatch();
  /** Source anchors by cloud id, of everything that was ever seen. */
  readonly anchors = new Map<string, string>();
  readonly #tenant: Tenant;
  readonly #everyMs: number;
  #last = -1;

  constructor(tenant: Tenant, everyMs: number) {
    this.#tenant = tenant;
    this.#everyMs = everyMs;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look().catch(() => undefined); // the simulator may be stopped
      await sleep(this.#everyMs, undefined, { signal }).catch(() => undefined); // ended: the loop sees it
    }
  }

  async look(): Promise<void> {
    const { lastChange } = await this.#tenant.stats();
    if (lastChange === this.#last) return;
    const state = await this.#tenant.state();
    this.#last = lastChange;
    this.titles.observe(state);
    for (const [id, anchor] of anchorsOf(state)) this.anchors.set(id, anchor);
  }
}
