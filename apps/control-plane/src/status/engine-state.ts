import { z } from 'zod';

const number = z
  .union([z.number(), z.bigint()])
  .nullish()
  .catch(null)
  .transform((value) => Number(value ?? 0));
/** A count, or counts by name, which add up. */
const sum = z
  .union([
    number,
    z
      .record(z.string(), number)
      .transform((counts) => Object.values(counts).reduce((total, count) => total + count, 0)),
  ])
  .catch(0);
const noPending = { adds: 0, updates: 0, deletes: 0, members: 0 };

/** `engineState` document `gates:<target>`. */
export const gatesDocument = z.object({
  _id: z.string(),
  gates: z
    .array(z.object({ gate: z.string(), reason: z.string().default(''), since: z.unknown().optional(), count: number }))
    .nullish()
    .catch([]),
  pending: z
    .object({ adds: number, updates: number, deletes: number, members: number })
    .nullish()
    .catch(null)
    .transform((value) => value ?? noPending),
  held: sum,
  inFlight: sum,
  unconfirmed: sum,
});
export type GatesDocument = z.infer<typeof gatesDocument>;

/** `engineState` document `sync:<connector>`. */
export const syncDocument = z.object({
  _id: z.string(),
  dirty: number,
  errors: number,
  lastSyncedAt: z.unknown().optional(),
  lastCompleteImport: z.object({ runId: z.string().nullish(), at: z.unknown().optional() }).nullish().catch(null),
});
export type SyncDocument = z.infer<typeof syncDocument>;

const importProblem = z.object({ code: z.string(), message: z.string() });

/** One partition in `importCursors.<connector>`. */
export const cursorDocument = z.object({
  failure: importProblem.nullish().catch(null),
  warnings: z.array(importProblem).nullish().catch(null),
  _id: z.unknown().optional(),
  lastDeltaAt: z.unknown().optional(),
  lastCompleteFullAt: z.unknown().optional(),
});
export type CursorDocument = z.infer<typeof cursorDocument>;
