import { z } from 'zod';

/** Compacted topic `adjoin.password-scope`, key = `<forest>/<objectGUID>`, engine → password-hash-sync; a tombstone = out of scope. */
export const PASSWORD_SCOPE_TOPIC = 'adjoin.password-scope';
export const passwordScope = z.object({
  connector: z.string(),
  objectGuid: z.string(),
  sourceAnchor: z.string(),
  target: z.string(),
  cloudId: z.string().optional(),
  version: z.number().int(),
});
export type PasswordScope = z.infer<typeof passwordScope>;
