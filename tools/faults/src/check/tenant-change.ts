import { z } from 'zod';

/** A change in the journal of the simulated tenant, docs/entra-simulator.md. */
export const tenantChange = z.object({
  seq: z.number(),
  type: z.string(),
  id: z.string(),
  kind: z.string(),
  /** Cloud id of the member. */
  member: z.string().nullish(),
  cause: z.string(),
});
export type TenantChange = z.infer<typeof tenantChange>;

const text = z.string().nullish();
const tenantObject = z.object({
  id: z.string(),
  type: z.string(),
  deletedAt: z.number().optional(),
  properties: z.looseObject({ onPremisesImmutableId: text, jobTitle: text }),
});
/** The content of the tenant, its recycle bin included. */
export const tenantState = z.object({ objects: z.array(tenantObject) });
export type TenantState = z.infer<typeof tenantState>;

/** Source anchors by cloud id; users keep theirs in a property, groups in a directory extension. */
export function anchorsOf(state: TenantState): ReadonlyMap<string, string> {
  const anchors = new Map<string, string>();
  for (const { id, properties } of state.objects) {
    const extension = Object.entries(properties).find(([name]) => name.endsWith('_sourceAnchor'))?.[1];
    const anchor = properties.onPremisesImmutableId ?? extension;
    if (typeof anchor === 'string') anchors.set(id, anchor);
  }
  return anchors;
}
