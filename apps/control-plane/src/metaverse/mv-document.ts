import { z } from 'zod';

const bag = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});
const contribution = z.object({ cs: z.string(), connector: z.string(), rule: z.string() });

/** What the engine stores of a metaverse object, as far as the control-plane shows it; missing fields read as empty. */
export const mvDocument = z.object({
  _id: z.string(),
  type: z.string().default(''),
  attributes: bag,
  contributors: z
    .array(contribution)
    .nullish()
    .catch([])
    .transform((value) => value ?? []),
  /** Places in `contributors`. */
  lineage: z
    .record(z.string(), z.union([z.number(), z.array(z.number())]))
    .nullish()
    .catch({})
    .transform((value) => value ?? {}),
  links: z
    .array(z.object({ cs: z.string(), connector: z.string() }))
    .nullish()
    .transform((value) => value ?? []),
  waitsFor: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
});
export type MvDocument = z.infer<typeof mvDocument>;

const NAMES = ['userPrincipalName', 'accountName', 'displayName', 'cn', 'mail'] as const;

/** What people call the object. */
export function mvName(doc: Pick<MvDocument, '_id' | 'attributes'>): string {
  for (const name of NAMES) {
    const value = doc.attributes[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return doc._id;
}
