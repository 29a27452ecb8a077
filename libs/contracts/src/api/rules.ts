import { z } from 'zod';
import { instant } from './page.js';

/** Files of a rule-set folder; paths are relative to it. */
export const ruleFiles = z
  .object({
    files: z
      .array(z.object({ path: z.string().min(1).max(300), content: z.string().max(4_000_000) }).strict())
      .min(1)
      .max(500),
  })
  .strict();
export type RuleFiles = z.infer<typeof ruleFiles>;

export const ruleProblem = z.object({
  file: z.string(),
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
  message: z.string(),
});
export type RuleProblem = z.infer<typeof ruleProblem>;
export const ruleValidation = z.object({ ok: z.boolean(), rules: z.number().int(), problems: z.array(ruleProblem) });
export type RuleValidation = z.infer<typeof ruleValidation>;

export const ruleSummary = z.object({
  id: z.string(),
  name: z.string(),
  connector: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  precedence: z.number().int(),
  disabled: z.boolean(),
  standard: z.boolean(),
});
export type RuleSummary = z.infer<typeof ruleSummary>;
export const currentRules = z.object({
  hash: z.string().nullable(),
  epoch: z.number().int().nullable(),
  rules: z.array(ruleSummary),
});
export type CurrentRules = z.infer<typeof currentRules>;

/**
 * A request to the engine, written by control-plane as a record; the engine answers when it gets to it.
 * `result` of `rules.plan` is a {@link rulePlan}.
 */
export const command = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.enum(['requested', 'running', 'done', 'failed']),
  at: instant,
  by: z.string(),
  result: z.unknown(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type Command = z.infer<typeof command>;

/** What a rule set would change, over the whole metaverse. */
export const rulePlan = z.object({
  objects: z.number().int().describe('connector-space objects looked at'),
  metaverseChanged: z.number().int(),
  /** Exports that would be pending, by operation. */
  exports: z.object({ add: z.number().int(), update: z.number().int(), delete: z.number().int() }),
  errors: z.number().int(),
  deletes: z.array(z.string()).default([]).describe('some deletes by name'),
  errorSamples: z.array(z.string()).default([]),
});
export type RulePlan = z.infer<typeof rulePlan>;
