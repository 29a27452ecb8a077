import { TITLE } from '../changes/change-generator.js';
import type { TenantState } from './tenant-change.js';

/**
 * Follows the titles the tenant shows. The directory numbers them upwards, so a smaller number after a larger one is an old export that was applied
 * behind a newer one.
 */
export class TitleWatch {
  readonly #highest = new Map<string, number>();
  readonly #problems = new Set<string>();
  #seen = 0;

  observe(state: TenantState): void {
    for (const { id, properties } of state.objects) {
      const number = Number(TITLE.exec(properties.jobTitle ?? '')?.[1] ?? 0);
      const before = this.#highest.get(id) ?? 0;
      if (number < before)
        this.#problems.add(
          `user ${properties.onPremisesImmutableId ?? id} went from title ${before} back to ${number}`,
        );
      if (number > before) {
        this.#highest.set(id, number);
        this.#seen += 1;
      }
    }
  }

  /** Steps that were seen; a watch that has seen none has proven nothing. */
  get seen(): number {
    return this.#seen;
  }

  get problems(): readonly string[] {
    return [...this.#problems];
  }
}
