import { z } from 'zod';
import { ruleOptionsSchema } from '../options/rule-options.js';

/** A value as written: scalar, list, `{$binary}`, `{$guid}`, `{$sid}`, `{$int}`, or null. */
export type WrittenValue =
  | null
  | string
  | number
  | bigint
  | boolean
  | WrittenBytes
  | readonly (string | number | bigint | boolean | WrittenBytes)[];
export type WrittenBytes =
  { readonly $binary: string } | { readonly $guid: string } | { readonly $sid: string } | { readonly $int: string };

const bytes = z.union([
  z.strictObject({ $binary: z.string() }),
  z.strictObject({ $guid: z.string() }),
  z.strictObject({ $sid: z.string() }),
  z.strictObject({ $int: z.coerce.string() }),
]);
const scalar = z.union([z.string(), z.number(), z.bigint(), z.boolean(), bytes]);
const value = z.union([z.null(), scalar, z.array(scalar)]);
const values = z.record(z.string(), value);
const text = z.union([z.string(), z.number(), z.bigint()]).transform(String);

const connector = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ad'),
    forest: z.string().min(1),
    domains: z.record(z.string(), z.string()).optional(),
    parameters: z.record(z.string(), text).optional(),
  }),
  z.strictObject({
    type: z.literal('entra'),
    initialDomain: z.string().optional(),
    verifiedDomains: z.array(z.string()).optional(),
    parameters: z.record(z.string(), text).optional(),
  }),
]);

const importedObject = z.strictObject({
  type: z.string().min(1),
  dn: z.string().min(1).optional(),
  objectGUID: z.union([z.string(), bytes]).optional(),
  attributes: values.default({}),
});
export type ImportedObject = z.output<typeof importedObject>;

const importStep = z.strictObject({
  import: z.string().min(1),
  full: z.boolean().default(false),
  objects: z.array(importedObject).default([]),
  delete: z.array(text).default([]),
});
export type ImportStep = z.output<typeof importStep>;

const syncStep = z.strictObject({ sync: z.enum(['delta', 'full']) });

const exportStep = z.strictObject({
  export: z.string().min(1),
  confirm: z.boolean().default(true),
  results: z
    .array(z.strictObject({ where: values, code: z.string().min(1), message: z.string().optional() }))
    .default([]),
  rewrites: z.array(z.strictObject({ where: values, attributes: values })).default([]),
});
export type ExportStep = z.output<typeof exportStep>;

const count = z.coerce.number().int().nonnegative();
const metaverseEntry = z.strictObject({
  where: values.default({}),
  type: z.string().optional(),
  exists: z.boolean().optional(),
  count: count.optional(),
  attributes: values.optional(),
  absent: z.array(z.string()).optional(),
  from: z.record(z.string(), z.string()).optional(),
  connectors: count.optional(),
});
export type MetaverseExpectation = z.output<typeof metaverseEntry>;

const exportEntry = z.strictObject({
  operation: z.enum(['add', 'update', 'delete']).optional(),
  type: z.string().optional(),
  dn: z.string().optional(),
  where: values.optional(),
  attributes: values.optional(),
  absent: z.array(z.string()).optional(),
});
export type ExportExpectation = z.output<typeof exportEntry>;
const othersAllowed = z.strictObject({ others: z.literal('allowed') });

const errorEntry = z.strictObject({
  connector: z.string().optional(),
  dn: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});
export type ErrorExpectation = z.output<typeof errorEntry>;

const connectorSpaceEntry = z.strictObject({
  connector: z.string(),
  where: values.optional(),
  dn: z.string().optional(),
  type: z.string().optional(),
  state: z.enum(['joined', 'disjoined', 'placeholder']).optional(),
  exists: z.boolean().optional(),
  count: count.optional(),
  attributes: values.optional(),
  absent: z.array(z.string()).optional(),
});
export type ConnectorSpaceExpectation = z.output<typeof connectorSpaceEntry>;

const expectation = z.strictObject({
  metaverse: z
    .union([z.strictObject({ count, where: values.optional(), type: z.string().optional() }), z.array(metaverseEntry)])
    .optional(),
  exports: z.record(z.string(), z.array(z.union([othersAllowed, exportEntry]))).optional(),
  errors: z.array(errorEntry).optional(),
  connectorSpace: z.array(connectorSpaceEntry).optional(),
});
export type Expectation = z.output<typeof expectation>;

const scopeOption = z.strictObject({
  include: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
  domains: z.array(z.string()).optional(),
});
export type ScopeOption = z.output<typeof scopeOption>;

/** One scenario file. */
export const scenarioSchema = z.strictObject({
  scenario: z.string().min(1),
  description: z.string().optional(),
  /** Ids of the statements that the scenario shows, for an overview of what is covered; running it does not read them. */
  covers: z.array(z.string().min(1)).optional(),
  rules: z.string().min(1).default('default'),
  options: ruleOptionsSchema.extend({ scope: z.record(z.string(), scopeOption).default({}) }).prefault({}),
  connectors: z.record(z.string(), connector),
  steps: z.array(z.union([importStep, syncStep, exportStep, z.strictObject({ expect: expectation })])),
});
export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioStep = Scenario['steps'][number];

/** Every key of the format; used to suggest the nearest name. */
export const SCENARIO_KEYS: readonly string[] = [
  ...new Set(
    [
      scenarioSchema,
      ruleOptionsSchema,
      importedObject,
      importStep,
      syncStep,
      exportStep,
      metaverseEntry,
      exportEntry,
      errorEntry,
      connectorSpaceEntry,
      expectation,
      scopeOption,
    ]
      .flatMap((schema) => Object.keys(schema.shape))
      .concat('expect', 'others', 'type', 'forest', 'domains', 'initialDomain', 'verifiedDomains', 'code'),
  ),
];
