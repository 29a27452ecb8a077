import { z } from 'zod';
import { exportState, pendingChange } from './connector-space.js';
import { instant, pageOf, pageQuery } from './page.js';

export const exportsQuery = pageQuery.extend({
  held: z.stringbool().default(false).describe('only what a gate keeps back'),
});
export type ExportsQuery = z.infer<typeof exportsQuery>;

export const pendingExport = z.object({
  id: z.string().describe('connector-space id of the target object'),
  target: z.string(),
  name: z.string(),
  type: z.string(),
  operation: z.enum(['add', 'update', 'delete']),
  /** Names of the changed attributes. */
  attributes: z.array(z.string()),
  state: exportState.shape.state,
  gate: z.string().nullable(),
  reason: z.string().nullable(),
});
export type PendingExportItem = z.infer<typeof pendingExport>;
export const exportPage = pageOf(pendingExport).extend({ held: z.number().int().describe('held in this page') });
export type ExportPage = z.infer<typeof exportPage>;

export const exportDetail = pendingExport.extend({
  sourceAnchor: z.string().nullable(),
  cloudId: z.string().nullable(),
  metaverse: z.string().nullable(),
  changes: pendingChange.shape.changes,
  unconfirmed: pendingChange.nullable(),
  export: exportState.nullable(),
  /** Members still to be sent: metaverse ids, at most 100 each. */
  members: z.object({ add: z.array(z.string()), remove: z.array(z.string()) }),
});
export type ExportDetail = z.infer<typeof exportDetail>;

/** A frozen list of (object, version): what an approval covers. */
export const deletionHold = z.object({
  id: z.string().describe('changes with the list: it approves exactly what was shown'),
  target: z.string(),
  status: z.string().describe('held, approved, discarded, released (fell below the threshold)'),
  count: z.number().int(),
  createdAt: instant.nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
});
export type DeletionHold = z.infer<typeof deletionHold>;
export const deletionHoldDetail = deletionHold.extend({
  items: z.array(z.object({ objectId: z.string(), version: z.number().int(), type: z.string(), name: z.string() })),
});
export type DeletionHoldDetail = z.infer<typeof deletionHoldDetail>;
export const deletionHolds = z.object({ items: z.array(deletionHoldDetail) });
