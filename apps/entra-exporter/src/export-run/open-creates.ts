import type { Intent } from '../state/intent.store.js';
import type { Outcome } from './outcome.js';

/**
 * Since when creates of unknown fate can be looked for. An intent is older than the sending of its create, by minutes when the service throttles;
 * the consistency window begins when this process lost the answer, or when it first saw the intent of another one that is gone.
 */
export class OpenCreates {
  readonly #since = new Map<string, number>();

  /** The intent with the time from which the consistency window counts. */
  since(intent: Intent | undefined, now: Date): Intent | undefined {
    if (intent === undefined) return undefined;
    const known = this.#since.get(intent.id);
    if (known === undefined) this.#since.set(intent.id, now.getTime());
    return { ...intent, startedAt: new Date(Math.max(intent.startedAt.getTime(), known ?? now.getTime())) };
  }

  /** What came of an export. */
  note(objectId: string, { open, waited }: Pick<Outcome, 'open' | 'waited'>, now: number): void {
    if (open !== true) this.#since.delete(objectId);
    else if (waited !== true) this.#since.set(objectId, now);
  }
}
