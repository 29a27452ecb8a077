import { z } from 'zod';
import { wireChanges } from '../values/wire-value.js';

/** Topic `adjoin.exports.<target>.<lane>`, key = object id, engine → exporter: a released export. One in flight per object. */
export const EXPORT_LANES = ['urgent', 'normal', 'bulk'] as const;
export type ExportLane = (typeof EXPORT_LANES)[number];
export const exportsTopic = (target: string, lane: ExportLane): string => `adjoin.exports.${target}.${lane}`;

const memberTarget = z.object({
  /** metaverse id of the member, echoed in the result */ mv: z.string(),
  cloudId: z.string(),
  /** Type of the member; channels that name objects by type need it. */
  type: z.enum(['user', 'group', 'contact', 'device']).optional(),
});

export const exportMessage = z.object({
  target: z.string(),
  /** Connector-space id of the target object. */
  objectId: z.string(),
  /** Grows with every release of this object; echoed in the result. */
  version: z.number().int(),
  /** Gate epoch under which it was released; the exporter drops what is older than the current one. */
  epoch: z.number().int(),
  lane: z.enum(EXPORT_LANES),
  releasedAt: z.string(),
  operation: z.enum(['add', 'update', 'delete']),
  objectType: z.enum(['user', 'group', 'contact', 'device']),
  /** Value of the target attribute sourceAnchor; the key under which a create is made idempotent. */
  sourceAnchor: z.string(),
  /** Graph object id; absent in an add. */
  cloudId: z.string().optional(),
  /** Entra connector-space attribute names (engine/attributes.md). Single-valued references such as `manager` carry the cloud id in `$ref`. */
  attributes: wireChanges,
  /** Changes of multi-valued references by attribute (`member`). */
  references: z.record(z.string(), z.object({ add: z.array(memberTarget), remove: z.array(memberTarget) })).optional(),
  /** Display text for logs and people: DN or userPrincipalName. */
  name: z.string().optional(),
});
export type ExportMessage = z.infer<typeof exportMessage>;

/** The same for a forest that is written back to; `cloudId` is the objectGUID there. */
export const forestExportMessage = exportMessage.extend({
  objectType: z.enum(['user', 'inetOrgPerson', 'group', 'contact']),
});
export type ForestExportMessage = z.infer<typeof forestExportMessage>;

/** Topic `adjoin.results.<target>`, key = object id, exporter → engine. */
export const resultsTopic = (target: string): string => `adjoin.results.${target}`;

export const resultMessage = z.object({
  target: z.string(),
  objectId: z.string(),
  version: z.number().int(),
  operation: z.enum(['add', 'update', 'delete']),
  /**
   * `applied`: done (an object that was already gone counts as an applied delete). `deferred`: not tried or to be tried again after `retryAfterMs`.
   * `failed`: refused with `code`, needs a change or an administrator; retried with back-off. `stale-gate`: dropped since the gate epoch moved on.
   * `missing`: an update found no object (the engine turns it into an add after the next import).
   */
  outcome: z.enum(['applied', 'deferred', 'failed', 'stale-gate', 'missing']),
  cloudId: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  retryAfterMs: z.number().int().optional(),
  /** When the target acknowledged (ISO 8601). */
  at: z.string(),
  /** Attributes the target cannot hold over this channel. */
  unsupported: z.array(z.string()).optional(),
  /** Outcome per member: metaverse ids. */
  references: z
    .record(
      z.string(),
      z.object({
        added: z.array(z.string()),
        removed: z.array(z.string()),
        failed: z.array(z.object({ mv: z.string(), code: z.string(), retryable: z.boolean() })),
      }),
    )
    .optional(),
  /** A creation that took the object out of the recycle bin, with the memberships it had: cloud ids of its groups, and of its members. */
  restored: z.object({ memberOf: z.array(z.string()), members: z.array(z.string()) }).optional(),
});
export type ResultMessage = z.infer<typeof resultMessage>;
