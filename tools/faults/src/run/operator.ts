import { setTimeout as sleep } from 'node:timers/promises';
import { API } from '@adjoin/contracts';
import type { FaultLab } from '../lab/fault-lab.js';

const LOOK_MS = 1500;
/** A full import that was asked for is given that long before it is asked for again. */
const PATIENCE_MS = 25_000;

/** Does what a message tells the person on duty: it starts the full imports that a gate names, and nothing else. */
export class Operator {
  readonly #lab: FaultLab;
  readonly #asked = new Map<string, number>();
  /** What was done, with the reason that was given. */
  readonly actions: string[] = [];

  constructor(lab: FaultLab) {
    this.#lab = lab;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look().catch(() => undefined); // the control-plane may be what is broken
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined); // ended: the loop sees it
    }
  }

  async #look(): Promise<void> {
    const { gates } = await this.#lab.controlPlane.status();
    for (const { gate, reason } of gates) {
      const connector = /adjoin run start (\S+) --profile full-import/.exec(reason)?.[1];
      if (gate !== 'baseline' || connector === undefined) continue;
      if (performance.now() - (this.#asked.get(connector) ?? -PATIENCE_MS) < PATIENCE_MS) continue;
      this.#asked.set(connector, performance.now());
      await this.#startFullImport(connector);
      this.actions.push(`full import of ${connector}: ${reason}`);
    }
  }

  /** Tells beforehand that so many deletions of a day are meant. */
  async expectDeletions(count: number): Promise<void> {
    await this.#call('PUT', API.setting.path.replace(':key', 'deletionThreshold.count'), { value: count });
    this.actions.push(`deletionThreshold.count set to ${count}`);
  }

  async #startFullImport(connector: string): Promise<void> {
    await this.#call('POST', API.startRun.path, { connector, profile: 'full-import' });
  }

  async #call(method: string, path: string, body: unknown): Promise<void> {
    const response = await fetch(`${this.#lab.controlPlane.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`The control-plane answered ${response.status}.`);
  }
}
