import { z } from 'zod';
import { instant, pageOf, pageQuery } from './page.js';

export const RUN_PROFILES = ['full-import', 'delta-import', 'full-sync', 'delta-sync', 'export'] as const;
export const runProfile = z.enum(RUN_PROFILES);
export type RunProfile = z.infer<typeof runProfile>;

/**
 * `requested`: nobody has taken it yet. `in-progress`. `staged`: import read to its end, synchronization still due.
 * `success`, `failed`, `incomplete` (ended early, nothing inferred from absence).
 */
export const RUN_STATES = ['requested', 'in-progress', 'staged', 'success', 'incomplete', 'failed'] as const;
export const runState = z.enum(RUN_STATES);
export type RunState = z.infer<typeof runState>;

/** One partition (domain) of an import run. */
export const runStep = z.object({
  partition: z.string(),
  state: runState,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  attempt: z.number().int(),
  counters: z.record(z.string(), z.number()),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type RunStep = z.infer<typeof runStep>;

export const run = z.object({
  id: z.string(),
  connector: z.string(),
  profile: z.string(),
  state: runState,
  requestedAt: instant.nullable(),
  requestedBy: z.string().nullable().describe('null = started by the schedule'),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  counters: z.record(z.string(), z.number()),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type Run = z.infer<typeof run>;
export const runDetail = run.extend({ steps: z.array(runStep) });
export type RunDetail = z.infer<typeof runDetail>;

export const startRun = z
  .object({
    connector: z.string().max(100),
    profile: runProfile,
    acceptFewer: z
      .boolean()
      .optional()
      .describe('a full import may return far fewer objects than before (ADJ-IMP-1012)'),
  })
  .strict();
export type StartRun = z.infer<typeof startRun>;

export const listRunsQuery = pageQuery.extend({ connector: z.string().max(100).optional() });
export type ListRunsQuery = z.infer<typeof listRunsQuery>;
export const runPage = pageOf(run);
