import type { SyncError } from '@adjoin/contracts';
import type { Logger } from '@adjoin/shared';

/** Trouble with the service as a whole: one line when it begins or changes, one when it ends; shown by the health check. */
export class ConditionLog {
  readonly #log: Logger;
  readonly #part: string;
  #code: string | undefined;
  #detail: string | undefined;

  /** @param part what is in trouble: export or import. */
  constructor(part: string, log: Logger) {
    this.#part = part;
    this.#log = log;
  }

  bad(error: SyncError): void {
    this.#detail = error.toString();
    if (this.#code === error.code) return;
    this.#code = error.code;
    this.#log.error({ event: `${this.#part}.trouble`, code: error.code, hint: error.hint }, error.message);
  }

  good(): void {
    if (this.#code === undefined) return;
    this.#log.info({ event: `${this.#part}.recovered`, code: this.#code });
    this.#code = undefined;
    this.#detail = undefined;
  }

  get check(): { ok: boolean; detail?: string } {
    return this.#detail === undefined ? { ok: true } : { ok: false, detail: this.#detail };
  }
}
