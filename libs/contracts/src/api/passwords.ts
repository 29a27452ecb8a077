import { z } from 'zod';
import { instant } from './page.js';

/** One condition that has to be met before a password is sent; `ok` null = cannot be told. */
export const passwordCheck = z.object({
  condition: z.string(),
  ok: z.boolean().nullable(),
  detail: z.string(),
});
export type PasswordCheck = z.infer<typeof passwordCheck>;

/** One domain of a forest. */
export const passwordDomain = z.object({
  namingContext: z.string(),
  server: z.string().nullable(),
  lastPollAt: instant.nullable().describe('last look for changes that went through'),
  lastFullPassAt: instant.nullable(),
  fullPass: z.object({ startedAt: instant, reason: z.string(), objects: z.number() }).nullable(),
  failure: z.object({ code: z.string(), message: z.string(), since: instant }).nullable(),
});
export type PasswordDomain = z.infer<typeof passwordDomain>;

/** Password hash synchronization of one forest. */
export const passwordForest = z.object({
  connector: z.string(),
  condition: z.string(),
  inScope: z.number().int(),
  pending: z.number().int().describe('users whose password waits to be sent'),
  results: z.record(z.string(), z.number()).describe('users in scope by their last result'),
  checks: z.array(passwordCheck).describe('in the order in which they are made'),
  domains: z.array(passwordDomain),
});
export type PasswordForest = z.infer<typeof passwordForest>;
export const passwordStatus = z.object({ forests: z.array(passwordForest) });
export type PasswordStatus = z.infer<typeof passwordStatus>;

/** The password of one user: times and outcomes, never the hash or anything made of it. */
export const passwordUser = z.object({
  connector: z.string(),
  object: z.string().describe('DN'),
  objectGuid: z.string(),
  inScope: z.boolean(),
  cloudId: z.string().nullable(),
  changedAt: instant.nullable(),
  sentAt: instant.nullable(),
  lagMs: z.number().nullable(),
  result: z
    .object({ status: z.string(), at: instant, code: z.string().nullable(), message: z.string().nullable() })
    .nullable(),
  need: z
    .object({ reason: z.string(), since: instant, attempts: z.number().int(), nextAt: instant })
    .nullable()
    .describe('why it will be sent (again)'),
  checks: z.array(passwordCheck),
});
export type PasswordUser = z.infer<typeof passwordUser>;

export const resyncPasswords = z
  .object({
    connector: z.string().max(100).optional().describe('forest; may be left out when there is one'),
    user: z.string().max(2000).optional().describe('one user by any of its names'),
    ou: z.string().max(2000).optional().describe('DN of a container: all users below it'),
  })
  .strict()
  .refine(({ user, ou }) => user === undefined || ou === undefined, 'name a user or a container, not both');
export type ResyncPasswords = z.infer<typeof resyncPasswords>;
