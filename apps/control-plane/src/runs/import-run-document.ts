import { z } from 'zod';
import type { Run, RunState, RunStep } from '@adjoin/contracts';
import { toInstant } from '../naming/wire.js';

const integer = z
  .union([z.number(), z.bigint()])
  .nullish()
  .transform((value) => (value == null ? undefined : Number(value)));
const failure = z
  .object({ code: z.string(), message: z.string().default('') })
  .nullish()
  .transform((value) => value ?? null);

/** A run of one partition as importers record it in `importRuns.<connector>`; the latest attempt stands there. */
const importRunDocument = z
  .object({
    _id: z.unknown(),
    runId: z.string().nullish(),
    profile: z.string().nullish(),
    partition: z.string().nullish(),
    attempt: integer,
    status: z.enum(['in-progress', 'success', 'incomplete', 'failed']).nullish().catch(null),
    startedAt: z.unknown().optional(),
    endedAt: z.unknown().optional(),
    complete: z.boolean().nullish(),
    counters: z
      .record(z.string(), z.union([z.number(), z.bigint()]).transform(Number))
      .nullish()
      .catch({}),
    failure: failure.optional(),
  })
  .transform((doc) => ({
    id: doc.runId ?? String(doc._id),
    profile: doc.profile ?? 'delta-import',
    step: {
      partition: doc.partition ?? '',
      attempt: doc.attempt ?? 1,
      startedAt: toInstant(doc.startedAt),
      endedAt: toInstant(doc.endedAt),
      counters: { ...doc.counters },
      error: doc.failure ?? null,
      state: doc.status ?? stepState(doc.endedAt, doc.complete, doc.failure ?? null),
    } satisfies RunStep,
  }));
export type ImportAttempt = z.infer<typeof importRunDocument>;

function stepState(endedAt: unknown, complete: boolean | null | undefined, failed: unknown): RunState {
  if (failed !== null) return 'failed';
  if (endedAt === undefined || endedAt === null) return 'in-progress';
  return complete === false ? 'incomplete' : 'success';
}

/** The attempt in a stored document; undefined when it is none. */
export const importAttemptOf = (doc: unknown): ImportAttempt | undefined => importRunDocument.safeParse(doc).data;

/** State of a run from its steps: the worst of the latest attempt of each partition. */
export function stateOfSteps(steps: readonly RunStep[]): RunState {
  const latest = new Map<string, RunStep>();
  for (const step of steps) {
    const known = latest.get(step.partition);
    if (known === undefined || known.attempt <= step.attempt) latest.set(step.partition, step);
  }
  const states = [...latest.values()].map((step) => step.state);
  for (const state of ['failed', 'in-progress', 'incomplete', 'staged'] as const)
    if (states.includes(state)) return state;
  return states.length === 0 ? 'requested' : 'success';
}

/** The run that consists of these attempts, as far as importers know it. */
export function runOfAttempts(
  connector: string,
  id: string,
  attempts: readonly ImportAttempt[],
): Run & { steps: RunStep[] } {
  const steps = attempts.map((attempt) => attempt.step);
  const started = steps.flatMap((step) => step.startedAt ?? []).sort();
  const ended = steps.flatMap((step) => step.endedAt ?? []).sort();
  const state = stateOfSteps(steps);
  const counters: Record<string, number> = {};
  for (const step of steps)
    for (const [name, value] of Object.entries(step.counters)) counters[name] = (counters[name] ?? 0) + value;
  return {
    id,
    connector,
    profile: attempts[0]?.profile ?? 'delta-import',
    state,
    requestedAt: null,
    requestedBy: null,
    startedAt: started[0] ?? null,
    endedAt: state === 'in-progress' ? null : (ended.at(-1) ?? null),
    counters,
    error: steps.find((step) => step.error !== null)?.error ?? null,
    steps,
  };
}
