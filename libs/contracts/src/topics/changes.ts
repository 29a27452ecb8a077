import { z } from 'zod';
import { wireChanges } from '../values/wire-value.js';

/**
 * Topic `adjoin.changes.<connector>`, key = anchor, importers → engine. At-least-once; idempotent by `version`.
 * Fields are only ever added (DESIGN §2).
 */
export const changesTopic = (connector: string): string => `adjoin.changes.${connector}`;

/** Order of changes of one object: a lower epoch is refused, then the higher sequence wins. */
export const sourceVersion = z.object({
  /** Lease epoch of the importer of this partition (naming context). */
  epoch: z.number().int(),
  /** Counts up within the epoch. */
  seq: z.number().int(),
});
export type SourceVersion = z.infer<typeof sourceVersion>;

export const runRef = z.object({
  id: z.string(),
  attempt: z.number().int(),
  profile: z.enum(['full-import', 'delta-import']),
});
export type RunRef = z.infer<typeof runRef>;

const referenceTarget = z.object({ $ref: z.string(), dn: z.string().optional() });
export type ReferenceTarget = z.infer<typeof referenceTarget>;

/** Values of one multi-valued reference attribute. */
export const referenceChange = z.discriminatedUnion('mode', [
  /** Explicit additions and removals of values (incremental link values, `members@delta`). */
  z.object({ mode: z.literal('change'), add: z.array(referenceTarget), remove: z.array(referenceTarget) }),
  /**
   * Chunk `index` of the whole set `set`; additions apply at once, removal by absence only when the chunk with `last` has arrived
   * and `count` values were seen in all.
   */
  z.object({
    mode: z.literal('set'),
    set: z.string(),
    index: z.number().int(),
    last: z.boolean(),
    count: z.number().int(),
    values: z.array(referenceTarget),
  }),
]);
export type ReferenceChange = z.infer<typeof referenceChange>;
/** Largest number of reference values in one message. */
export const MAX_REFERENCES_PER_MESSAGE = 2000;

export const objectChange = z.object({
  kind: z.literal('object'),
  connector: z.string(),
  /** Naming context (domain DN in AD, `tenant` for Entra): the owning partition of the object. */
  partition: z.string(),
  /** objectGUID as lower-case text, or the cloud object id. */
  anchor: z.string(),
  version: sourceVersion,
  run: runRef,
  /**
   * `whole`: everything the object has (absent attributes are cleared). `delta`: only what changed.
   * `delete`: explicit evidence that the object is gone or left the scope.
   */
  op: z.enum(['whole', 'delta', 'delete']),
  /** Why a delete is reported. */
  reason: z.enum(['tombstone', 'left-scope', 'confirmed-absent']).optional(),
  /** user, inetOrgPerson, group, contact, computer, foreignSecurityPrincipal, container. Required in `whole`. */
  objectType: z.string().optional(),
  /** Containers, and parents of objects, are placeholders: never joined. */
  placeholder: z.boolean().optional(),
  /** Leftmost RDN as it stands in the DN (escaped), e.g. `CN=Kim`. Present in `whole` and on rename. */
  rdn: z.string().optional(),
  /** Anchor of the parent; null for the head of the naming context. Present in `whole` and on move. */
  parent: z.string().nullable().optional(),
  /** DN at the time of reading; a hint for people and for objects without a known parent. */
  dn: z.string().optional(),
  attributes: wireChanges.optional(),
  references: z.record(z.string(), referenceChange).optional(),
  /** When the read began that this message comes from (ISO 8601); only such a read can refute an export acknowledged before it. */
  readStartedAt: z.string(),
});
export type ObjectChange = z.infer<typeof objectChange>;

/** End of a run attempt, one on every Kafka partition of the topic. */
export const runMarker = z.object({
  kind: z.literal('marker'),
  connector: z.string(),
  partition: z.string(),
  run: runRef,
  epoch: z.number().int(),
  kafkaPartition: z.number().int(),
  kafkaPartitions: z.number().int(),
  /** Messages of this attempt sent to this Kafka partition, markers not counted; the engine checks it against what it saw. */
  sent: z.number().int(),
  /** Objects published by the attempt over all Kafka partitions. */
  objects: z.number().int(),
  /** Every page and range read to its end, same DC, result code success. Only a complete full import can prove absence. */
  complete: z.boolean(),
  startedAt: z.string(),
  endedAt: z.string(),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type RunMarker = z.infer<typeof runMarker>;

/** Anchors seen by a full read, in chunks, sent before the markers; the engine anti-joins them (DESIGN §5). */
export const seenChunk = z.object({
  kind: z.literal('seen'),
  connector: z.string(),
  partition: z.string(),
  run: runRef,
  index: z.number().int(),
  last: z.boolean(),
  anchors: z.array(z.string()),
});
export type SeenChunk = z.infer<typeof seenChunk>;

export const changeMessage = z.discriminatedUnion('kind', [objectChange, runMarker, seenChunk]);
export type ChangeMessage = z.infer<typeof changeMessage>;

/**
 * Topic `adjoin.confirmations.<connector>`, engine → importer: candidates for absence that the importer has to confirm by a read
 * by GUID; it answers with a `delete` (reason `confirmed-absent`) or a `whole` change.
 */
export const confirmTopic = (connector: string): string => `adjoin.confirmations.${connector}`;
export const confirmRequest = z.object({
  connector: z.string(),
  partition: z.string(),
  run: runRef,
  anchors: z.array(z.string()),
});
export type ConfirmRequest = z.infer<typeof confirmRequest>;
