import { Inject, Injectable } from '@nestjs/common';
import type { CurrentRules, RuleSummary } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { z } from 'zod';
import { MONGO } from '../ports.js';

const storedRule = z.object({
  id: z.string(),
  name: z.string(),
  connector: z.string().default(''),
  direction: z.enum(['inbound', 'outbound']).default('inbound'),
  precedence: z.union([z.number(), z.bigint()]).default(0).transform(Number),
  disabled: z.boolean().default(false),
  standard: z.boolean().default(false),
});
const activeDocument = z.object({ hash: z.string(), epoch: z.union([z.number(), z.bigint()]).default(0).transform(Number) });

/** Rules of a stored rule set: in `rules`, `source.rules` or `source.ruleSet.rules`, whatever the engine's version wrote. */
function rulesOf(document: unknown): RuleSummary[] {
  const holder = z.object({ rules: z.array(z.unknown()) });
  const shapes = [holder, z.object({ source: holder }).transform((doc) => doc.source), z.object({ ruleSet: holder }).transform((doc) => doc.ruleSet)];
  for (const shape of shapes) {
    const parsed = shape.safeParse(document);
    if (parsed.success) return parsed.data.rules.flatMap((rule) => storedRule.safeParse(rule).data ?? []);
  }
  return [];
}

/** Reads the active rule set; immutable sets are kept in memory by hash. */
@Injectable()
export class RuleNames {
  #cached: CurrentRules | undefined;
  constructor(@Inject(MONGO) private readonly mongo: MongoHandle) {}

  async current(): Promise<CurrentRules> {
    const ruleSets = this.mongo.db.collection<{ _id: string }>('ruleSets');
    const active = activeDocument.safeParse(await ruleSets.findOne({ _id: 'active' })).data;
    if (active === undefined) return { hash: null, epoch: null, rules: [] };
    if (this.#cached?.hash !== active.hash) {
      this.#cached = { ...active, rules: rulesOf(await ruleSets.findOne({ _id: active.hash })) };
    }
    return { ...this.#cached, epoch: active.epoch };
  }

  /** Name of a rule by id; an unknown id stands for itself. */
  async lookup(): Promise<(id: string) => string> {
    const names = new Map((await this.current()).rules.map((rule) => [rule.id, rule.name]));
    return (id) => names.get(id) ?? id;
  }
}
