import { z } from 'zod';
import { instant } from './page.js';

export const processStatus = z.object({
  name: z.string(),
  url: z.string(),
  ready: z.boolean(),
  /** Parts of the process by name, as its `/readyz` reports them. */
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
  error: z.string().nullable().describe('why it could not be asked'),
});
export type ProcessStatus = z.infer<typeof processStatus>;

export const connectorStatus = z.object({
  name: z.string(),
  type: z.enum(['ad', 'entra']),
  enabled: z.boolean(),
  lastCompleteImport: z.object({ at: instant, runId: z.string().nullable() }).nullable(),
  /** Seconds since the connected directory was last read to its end (full or delta); null = never. */
  freshnessSeconds: z.number().nullable(),
  lastSyncedAt: instant.nullable(),
  backlog: z.number().int().describe('objects that wait for synchronization'),
  errors: z.number().int().describe('objects with an error'),
  /** What the importer has to say of a domain: a failure that stops its reading, or a container of the scope that was renamed or is missing. */
  problems: z.array(z.object({ partition: z.string(), code: z.string(), message: z.string() })).optional(),
});
export type ConnectorStatus = z.infer<typeof connectorStatus>;

/** Something that keeps exports back, with its reason. */
export const gateStatus = z.object({
  target: z.string(),
  gate: z.string().describe('baseline, staging, rules-sweep, deletion-threshold, stop-all, membership-loss'),
  reason: z.string(),
  since: instant.nullable(),
  count: z.number().int().describe('exports it keeps back'),
});
export type GateStatus = z.infer<typeof gateStatus>;

export const targetStatus = z.object({
  name: z.string(),
  pending: z.object({ adds: z.number(), updates: z.number(), deletes: z.number(), members: z.number() }),
  held: z.number().int(),
  inFlight: z.number().int(),
  unconfirmed: z.number().int(),
  /** Present while the service limits what may be written. */
  quota: z
    .object({
      writesPerSecond: z.number(),
      minutesLeft: z.number().describe('until everything that is pending can have been written'),
      message: z.string(),
    })
    .optional(),
});
export type TargetStatus = z.infer<typeof targetStatus>;

export const statusAnswer = z.object({
  at: instant,
  /** Every process ready, no object in error, no deletion held. */
  ok: z.boolean(),
  mode: z.enum(['continuous', 'interval']),
  staging: z.enum(['on', 'off']),
  processes: z.array(processStatus),
  connectors: z.array(connectorStatus),
  targets: z.array(targetStatus),
  gates: z.array(gateStatus),
  held: z.object({
    exports: z.number().int(),
    deletions: z.number().int().describe('objects in open deletion holds'),
    deletionHolds: z.number().int(),
    values: z
      .number()
      .int()
      .optional()
      .describe(
        'objects of which a target holds a name or address back (duplicate, domain not verified); absent: none',
      ),
  }),
});
export type StatusAnswer = z.infer<typeof statusAnswer>;
