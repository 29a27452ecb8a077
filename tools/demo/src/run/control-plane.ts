import { API, type RunDetail, type StatusAnswer } from '@adjoin/contracts';
import type { StackPorts } from '@adjoin/stack';

const TIMEOUT_MS = 15_000;

/** The REST API of the control-plane, as far as the demo needs it. */
export class ControlPlane {
  readonly url: string;

  constructor(ports: StackPorts) {
    this.url = `http://127.0.0.1:${ports.controlPlane}`;
  }

  async status(): Promise<StatusAnswer> {
    return API.status.answer.parse(await this.#call('GET', API.status.path));
  }

  /** When the first full import of the connector after `since` began, ms since 1970; undefined when there was none. */
  async firstImportAt(connector: string, since: number): Promise<number | undefined> {
    const path = `${API.runs.path}?connector=${connector}&limit=1000`;
    const { items } = API.runs.answer.parse(await this.#call('GET', path));
    const starts = items.flatMap(({ profile, startedAt }) =>
      profile === 'full-import' && startedAt !== null ? [Date.parse(startedAt)] : [],
    );
    const own = starts.filter((start) => start >= since);
    return own.length === 0 ? undefined : Math.min(...own);
  }

  async startDeltaImport(connector: string): Promise<RunDetail> {
    const body = { connector, profile: 'delta-import' };
    return API.startRun.answer.parse(await this.#call('POST', API.startRun.path, body));
  }

  async run(id: string): Promise<RunDetail> {
    return API.run.answer.parse(await this.#call('GET', API.run.path.replace(':id', encodeURIComponent(id))));
  }

  /** DN of a connector-space object as last imported. Fails when there is none. */
  async importedDn(connector: string, object: string): Promise<string> {
    const path = API.csShow.path.replace(':connector', connector).replace(':object', encodeURIComponent(object));
    return API.csShow.answer.parse(await this.#call('GET', path)).dn;
  }

  async #call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (response.ok) return response.json();
    throw new Error(`The control-plane answered ${response.status} to ${method} ${path}: ${await response.text()}`);
  }
}

/** Whether nothing waits for synchronization or export: the engine has done all it knows of. */
export function isIdle(status: StatusAnswer): boolean {
  return openWork(status) === 0;
}

/** Objects that wait for synchronization, and exports that are not acknowledged and not held. */
export function openWork(status: StatusAnswer): number {
  const backlog = status.connectors.reduce((sum, { backlog: count }) => sum + count, 0);
  const exports = status.targets.reduce((sum, { pending, held, inFlight }) => {
    const open = pending.adds + pending.updates + pending.deletes + pending.members;
    return sum + Math.max(0, open - held) + inFlight;
  }, 0);
  return backlog + exports;
}
