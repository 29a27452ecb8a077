import { z } from 'zod';
import { wireChanges, wireValue } from '../values/wire-value.js';
import { instant, nameEqualsValue, pageOf, pageQuery, repeated } from './page.js';

/**
 * `imported`, `export`, `placeholder`: as stored. `joined`: linked to a metaverse object. `disjoined`: imported and not linked.
 * `dirty`: waits for synchronization. `error`. `pending-export`. `held`.
 */
export const CS_STATES = [
  'imported',
  'export',
  'placeholder',
  'joined',
  'disjoined',
  'dirty',
  'error',
  'pending-export',
  'held',
] as const;

export const csSearchQuery = pageQuery.extend({
  dn: z.string().max(2000).optional().describe('distinguished name, exact but for case'),
  attribute: repeated(nameEqualsValue).describe('name=value, several are joined by AND'),
  state: z.enum(CS_STATES).optional(),
});
export type CsSearchQuery = z.infer<typeof csSearchQuery>;

export const csSummary = z.object({
  id: z.string(),
  connector: z.string(),
  type: z.string(),
  anchor: z.string().nullable(),
  dn: z.string(),
  state: z.string(),
  metaverse: z.string().nullable().describe('id of the joined metaverse object'),
  pendingExport: z.enum(['add', 'update', 'delete']).nullable(),
  error: z.string().nullable().describe('error code'),
});
export type CsSummary = z.infer<typeof csSummary>;
export const csPage = pageOf(csSummary);

export const ruleRef = z.object({ id: z.string(), name: z.string() });
export type RuleRef = z.infer<typeof ruleRef>;

/** State of the export of one object. */
export const exportState = z.object({
  state: z.enum(['pending', 'held', 'in-flight', 'waiting', 'failed', 'discarded']),
  gate: z.string().nullable(),
  reason: z.string().nullable(),
  version: z.number().int(),
  releasedAt: instant.nullable(),
  attempts: z.number().int(),
  code: z.string().nullable(),
  message: z.string().nullable(),
});
export type ExportState = z.infer<typeof exportState>;

export const pendingChange = z.object({
  operation: z.enum(['add', 'update', 'delete']),
  changes: wireChanges,
  dn: z.string().nullable(),
});
export type PendingChange = z.infer<typeof pendingChange>;

export const csDetail = csSummary.omit({ pendingExport: true, metaverse: true, error: true }).extend({
  partition: z.string().nullable(),
  attributes: z.record(z.string(), wireValue).describe('as last imported'),
  counts: z.record(z.string(), z.number()).describe('number of values of references that are kept as edges'),
  link: z.object({ metaverse: z.string(), action: z.string(), rule: ruleRef }).nullable(),
  rules: z.array(ruleRef).describe('rules in scope, by precedence'),
  pendingExport: pendingChange.nullable(),
  unconfirmed: pendingChange.nullable(),
  export: exportState.nullable(),
  importedDelete: z.boolean(),
  unsupported: z.array(z.string()).describe('attributes the target cannot hold'),
  dirty: z.object({ reason: z.string(), since: instant.nullable() }).nullable(),
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      firstSeen: instant.nullable(),
      count: z.number().int(),
      nextRetry: instant.nullable(),
    })
    .nullable(),
});
export type CsDetail = z.infer<typeof csDetail>;
