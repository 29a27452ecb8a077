import { z } from 'zod';

const bag = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const count = z
  .union([z.number(), z.bigint()])
  .nullish()
  .transform((value) => Number(value ?? 0));
const operation = z.enum(['add', 'update', 'delete']);
const pending = z
  .object({ operation, changes: bag, dn: text })
  .nullish()
  .transform((value) => value ?? null);
const list = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

/**
 * What the engine stores of a connector-space object, as far as the control-plane shows it. The engine alone writes the collection; fields that
 * are missing read as empty, so that an older document never breaks a search.
 */
export const csDocument = z.object({
  _id: z.string(),
  connector: z.string(),
  type: z.string().default(''),
  anchor: text,
  dn: z.string().default(''),
  partition: text,
  state: z.string().default('imported'),
  imported: bag,
  counts: z
    .record(z.string(), count)
    .nullish()
    .transform((value) => value ?? {}),
  unconfirmed: pending,
  pendingExport: pending,
  importedDelete: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  link: z
    .object({ mv: z.string(), action: z.string(), rule: z.string() })
    .nullish()
    .transform((value) => value ?? null),
  rules: list,
  unsupported: list,
  /** Due for synchronization at this time; absent when clean. */
  dirtyAt: z.unknown().optional(),
  dirtyReason: text,
  error: z
    .object({ code: z.string(), message: z.string().default(''), firstSeen: z.unknown().optional(), count })
    .nullish()
    .transform((value) => value ?? null),
  /** What has been released and not been answered. */
  escrow: pending,
  exp: z
    .object({
      version: count,
      state: z.enum(['pending', 'in-flight', 'waiting', 'failed', 'discarded']),
      approvedBy: text,
      waitsFor: list,
      settle: z.unknown().optional(),
      releasedAt: z.unknown().optional(),
      code: text,
      message: text,
      attempts: count,
    })
    .nullish()
    .catch(null)
    .transform((value) => value ?? null),
});
export type CsDocument = z.infer<typeof csDocument>;
