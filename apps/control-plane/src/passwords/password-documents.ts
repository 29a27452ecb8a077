import { z } from 'zod';
import { toInstant } from '../naming/wire.js';

const time = z
  .unknown()
  .optional()
  .transform((value) => toInstant(value) ?? null);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const number = z
  .union([z.number(), z.bigint()])
  .nullish()
  .transform((value) => (value == null ? null : Number(value)));
const count = number.transform((value) => value ?? 0);
const optional = <T extends z.ZodType>(schema: T) =>
  schema
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);

/** What password-hash-sync stores of a user, as far as it is shown. */
export const stateDocument = z.object({
  _id: z.string(),
  scope: optional(z.object({ cloudId: text, sourceAnchor: z.string(), target: z.string() })),
  need: optional(z.object({ reason: z.string(), since: time, attempts: count, nextAt: time })),
  dn: text,
  changedAt: time,
  sentAt: time,
  lagMs: number,
  result: optional(z.object({ status: z.string(), at: time, code: text, message: text })),
});
export type StateDocument = z.infer<typeof stateDocument>;

/** A document of `replicationCursors` of one domain. */
export const domainDocument = z.object({
  namingContext: z.string(),
  server: text,
  lastPollAt: time,
  lastFullPassAt: time,
  fullPass: optional(z.object({ startedAt: time, reason: z.string(), objects: count })),
  failure: optional(z.object({ code: z.string(), message: z.string(), since: time })),
});
export type DomainDocument = z.infer<typeof domainDocument>;

/** Its document of the forest as a whole. */
export const forestDocument = z.object({
  channel: text,
  condition: optional(z.object({ code: text, message: z.string(), since: time })),
  features: optional(
    z.object({ passwordSync: z.boolean(), forcePasswordChange: z.boolean(), cloudPasswordPolicy: z.boolean() }),
  ),
  heartbeatAt: time,
});
export type ForestDocument = z.infer<typeof forestDocument>;
