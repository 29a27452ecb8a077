import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ruleFiles, type AdjoinConfig, type CurrentRules } from '@adjoin/contracts';
import type { MongoHandle } from '@adjoin/shared';
import { CONFIG, MONGO } from '../ports.js';
import { loadConfiguredRules } from './rule-files.js';

/** What the engine notes of the rule set in force; `files` are those an operator applied, null for the configured folders. */
const activeDocument = z.object({
  hash: z.string(),
  epoch: z.union([z.number(), z.bigint()]).default(0).transform(Number),
  files: ruleFiles.shape.files.nullish().catch(null),
});

/** The rules in force, loaded once for each hash. */
@Injectable()
export class RuleNames {
  #cached: { readonly hash: string; readonly rules: Promise<CurrentRules['rules']> } | undefined;
  constructor(
    @Inject(MONGO) private readonly mongo: MongoHandle,
    @Inject(CONFIG) private readonly config: AdjoinConfig,
  ) {}

  async current(): Promise<CurrentRules> {
    const active = activeDocument.safeParse(
      await this.mongo.db.collection<{ _id: string }>('ruleSets').findOne({ _id: 'active' }),
    ).data;
    if (active === undefined) return { hash: null, epoch: null, rules: [] };
    const { hash, epoch, files } = active;
    if (this.#cached?.hash !== hash) this.#cached = { hash, rules: this.#load(files ?? undefined) };
    return { hash, epoch, rules: await this.#cached.rules };
  }

  /** Name of a rule by id; an unknown id stands for itself. */
  async lookup(): Promise<(id: string) => string> {
    const names = new Map((await this.current()).rules.map((rule) => [rule.id, rule.name]));
    return (id) => names.get(id) ?? id;
  }

  async #load(files: z.infer<typeof activeDocument>['files'] | undefined): Promise<CurrentRules['rules']> {
    const loaded = await loadConfiguredRules(this.config, files ?? undefined);
    if (!loaded.ok) return []; // the engine refused it too and says so in its log and status
    return loaded.ruleSet.rules.map(({ id, name, connector, direction, precedence, disabled, standard }) => ({
      id,
      name,
      connector,
      direction,
      precedence,
      disabled,
      standard,
    }));
  }
}
