import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ruleFiles, type AdjoinConfig } from '@adjoin/contracts';
import type { CompiledRuleSet } from '@adjoin/engine';
import { loadRules } from '@adjoin/rule-files';
import type { MongoHandle } from '@adjoin/shared';
import { COLLECTION } from '@adjoin/spaces';
import { CONFIG, MONGO } from '../ports.js';

const active = z.object({ hash: z.string(), files: ruleFiles.shape.files.nullish() });

/** The rule set in force, compiled as the engine compiles it; once for each hash. */
@Injectable()
export class ActivePlan {
  #cached: { readonly hash: string; readonly plan: Promise<CompiledRuleSet> } | undefined;
  constructor(
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(CONFIG) private readonly config: AdjoinConfig,
  ) {}

  /** Throws ADJ-ENG-2001 when the rules are invalid. */
  async get(): Promise<CompiledRuleSet> {
    const found = await this.mongo.db.collection<{ _id: string }>(COLLECTION.ruleSets).findOne({ _id: 'active' });
    const { hash, files } = active.safeParse(found).data ?? { hash: '', files: undefined };
    if (this.#cached?.hash !== hash) {
      const plan = loadRules(this.config, files ?? undefined).then((loaded) => loaded.plan);
      this.#cached = { hash, plan };
      // A set that could not be loaded is tried again; the caller sees the failure.
      plan.catch(() => (this.#cached = undefined));
    }
    return this.#cached.plan;
  }
}
