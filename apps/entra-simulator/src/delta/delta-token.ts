import { z } from 'zod';
import { GraphError } from '../graph/graph-error.js';
import type { Tenant } from '../graph/tenant.js';
import { DIRECTORY_TYPES } from '../store/directory-object.js';
import type { DirectoryType } from '../store/directory-object.js';

const schema = z.object({
  /** Content the token belongs to. */
  epoch: z.string(),
  issued: z.number(),
  type: z.enum(DIRECTORY_TYPES),
  select: z.array(z.string()).optional(),
  ids: z.array(z.string()).optional(),
  /** Changes after this number are still to be told. */
  seq: z.number(),
  /** Present while the first round walks all objects: those up to `ordinal` are done. */
  full: z
    .object({ ordinal: z.number(), partial: z.object({ id: z.string(), member: z.number() }).optional() })
    .optional(),
});

/** State of a delta query; clients see it as an opaque token. */
export type DeltaState = Readonly<z.infer<typeof schema>>;

/** The token as text of the URL alphabet. */
export const encodeDeltaToken = (state: DeltaState): string => Buffer.from(JSON.stringify(state)).toString('base64url');

/** @throws GraphError 410 for a token that is unknown, too old, or of other content (section 7). */
export function decodeDeltaToken(token: string, tenant: Tenant, type: DirectoryType, location: string): DeltaState {
  const state = parse(token);
  const { directory } = tenant;
  const known = state !== undefined && state.epoch === tenant.epoch && state.type === type;
  const fresh = known && state.seq >= directory.log.oldest(type) && state.seq <= directory.log.seq;
  if (!fresh || state.issued + tenant.deltaTokenMs() < directory.now()) {
    throw new GraphError(
      410,
      known ? 'resyncRequired' : 'syncStateNotFound',
      'The sync state is not found or too old. Start a full synchronization.',
      [],
      { location },
    );
  }
  return state;
}

function parse(token: string): DeltaState | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(token, 'base64url').toString())).data;
  } catch {
    // Not one of our tokens: unknown.
    return undefined;
  }
}
