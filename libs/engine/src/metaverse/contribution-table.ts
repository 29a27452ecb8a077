import type { InboundView } from '../sync/joined-object.js';
import type { Contribution } from '../sync/model.js';
import type { SlotFlow } from '../sync-rules/flow-groups.js';

/** Contributions as plain data, shared between the attributes of one decision. */
export class ContributionTable {
  readonly #views: readonly InboundView[];
  readonly #single = new Map<string, readonly Contribution[]>();

  constructor(views: readonly InboundView[]) {
    this.#views = views;
  }

  of(winners: readonly SlotFlow[]): readonly Contribution[] {
    const [only] = winners;
    if (only === undefined || winners.length > 1) return winners.map((winner) => this.#make(winner));
    let known = this.#single.get(only.flow.rule.id);
    if (known === undefined) this.#single.set(only.flow.rule.id, (known = [this.#make(only)]));
    return known;
  }

  #make({ flow, slot }: SlotFlow): Contribution {
    const cs = this.#views[slot]?.cs;
    return { cs: cs?.id ?? '', connector: cs?.connector ?? '', rule: flow.rule.id };
  }
}
