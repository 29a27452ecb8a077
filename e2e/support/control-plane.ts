import { API, type CsDetail, type StatusAnswer } from '@adjoin/contracts';
import type { StackPorts } from '@adjoin/stack';

const TIMEOUT_MS = 10_000;

/** Reads of the control-plane's REST API. */
export class ControlPlane {
  readonly url: string;

  constructor(ports: StackPorts) {
    this.url = `http://127.0.0.1:${ports.controlPlane}`;
  }

  async status(): Promise<StatusAnswer> {
    return API.status.answer.parse(await this.#get(API.status.path));
  }

  /** An object of a connector space by DN, anchor or id. */
  async csShow(connector: string, object: string): Promise<CsDetail> {
    const path = API.csShow.path.replace(':connector', connector).replace(':object', encodeURIComponent(object));
    return API.csShow.answer.parse(await this.#get(path));
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok)
      throw new Error(`The control-plane answered ${response.status} to GET ${path}: ${await response.text()}`);
    return response.json();
  }
}
