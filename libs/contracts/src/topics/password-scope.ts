import { z } from 'zod';

/**
 * Compacted topic `adjoin.password-scope`, key = `<connector>/<objectGUID>`, engine → password-hash-sync: whose password may be sent, and where to.
 * A tombstone = out of scope. The last record of a key counts. No record is believed: before anything is sent the service proves the binding from
 * what it replicated and what the target says (DESIGN §8).
 */
export const PASSWORD_SCOPE_TOPIC = 'adjoin.password-scope';
export const passwordScope = z.object({
  connector: z.string(),
  /** Lower case, with hyphens. */
  objectGuid: z.string(),
  sourceAnchor: z.string(),
  /** Name of the Entra connector. */
  target: z.string(),
  /** Object id in the target; absent until the object was created there. */
  cloudId: z.string().optional(),
  /** Grows with every record of a key. */
  version: z.number().int(),
});
export type PasswordScope = z.infer<typeof passwordScope>;

export const passwordScopeKey = (connector: string, objectGuid: string): string =>
  `${connector}/${objectGuid.toLowerCase()}`;
