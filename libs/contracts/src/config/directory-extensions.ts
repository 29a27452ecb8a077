import { z } from 'zod';

/** Object types a directory extension can be defined for here (operations/features.md section 6). */
export const EXTENDED_TYPES = ['user', 'group'] as const;

/** An attribute of the rules that the tenant holds as a directory extension of our application. */
export const directoryExtension = z
  .object({
    attribute: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_]{0,119}$/)
      .describe('name; rules write to extension_<client id without dashes>_<attribute>'),
    type: z.enum(['String', 'Boolean', 'Integer', 'Binary']).default('String'),
    multiValued: z.boolean().default(false).describe('String and Binary only'),
    objectTypes: z.array(z.enum(EXTENDED_TYPES)).min(1).default(['user']),
  })
  .strict()
  .refine(({ type, multiValued }) => !multiValued || type === 'String' || type === 'Binary', {
    error: 'only String and Binary can have several values',
  });
export type DirectoryExtensionConfig = z.infer<typeof directoryExtension>;

/** Name of an extension in Graph and in the connector space (operations/graph-export.md section 9). */
export const extensionName = (clientId: string, attribute: string): string =>
  `extension_${clientId.replaceAll('-', '')}_${attribute}`;
