import { z } from 'zod';
import type { Db } from '@adjoin/shared';
import type { Inclusion } from './attribute-plan.js';

const activeRuleSet = z.object({
  inclusion: z.record(z.string(), z.record(z.string(), z.array(z.string()))),
  hash: z.string(),
});

export interface ActiveInclusion {
  readonly inclusion: Inclusion;
  readonly hash: string;
}

/** Reads which attributes the engine's active rule set needs from a connector (collection `ruleSets`, document `active`). */
export class InclusionStore {
  readonly #db: Db;
  readonly #connector: string;
  constructor(db: Db, connector: string) {
    this.#db = db;
    this.#connector = connector;
  }

  /** Undefined until an engine has compiled a rule set. */
  async current(): Promise<ActiveInclusion | undefined> {
    const document = await this.#db.collection<{ _id: string }>('ruleSets').findOne({ _id: 'active' });
    const parsed = activeRuleSet.safeParse(document);
    if (!parsed.success) return undefined;
    return { inclusion: parsed.data.inclusion[this.#connector] ?? {}, hash: parsed.data.hash };
  }
}
