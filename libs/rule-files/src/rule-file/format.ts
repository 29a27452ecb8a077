import { LINK_TYPES, MERGE_TYPES, SCOPE_OPERATORS } from '@adjoin/engine';
import { z } from 'zod';
import { conditionSchema } from '../options/condition.js';

/** Other spellings found in documents (engine/declarative-provisioning.md §3). */
export const OPERATOR_ALIASES: Readonly<Record<string, string>> = {
  ISNOTBITSET: 'ISBITNOTSET',
  NOTSTARTWITH: 'NOTSTARTSWITH',
  STARTWITH: 'STARTSWITH',
};

const scopeValue = z.union([z.string(), z.boolean(), z.number(), z.bigint()]).transform(constantText);

/** Text of a YAML scalar as rules write it: Booleans as `True` and `False`. */
function constantText(value: string | boolean | number | bigint): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

const clauseObject = z.strictObject({
  attribute: z.string().min(1),
  operator: z.enum([...SCOPE_OPERATORS, 'ISNOTBITSET', 'NOTSTARTWITH', 'STARTWITH']),
  value: scopeValue.optional(),
  when: conditionSchema.optional(),
});
/** `attribute OPERATOR value` as one text, optionally with a condition. */
const clause = z.union([
  z.string().min(1),
  z.strictObject({ when: conditionSchema.optional(), clause: z.string().min(1) }),
  clauseObject,
]);

const joinConditionObject = z.strictObject({
  connectorSpace: z.string().min(1),
  metaverse: z.string().min(1),
  caseSensitive: z.boolean().optional(),
});
const joinMatch = z.union([
  z.string().min(1),
  joinConditionObject,
  z.array(z.union([z.string().min(1), joinConditionObject])).min(1),
]);
const joinGroup = z.union([z.strictObject({ when: conditionSchema.optional(), match: joinMatch }), joinMatch]);

/** An expression, alone or behind `=`; constants so that the JSON schema can offer functions here. */
export const expressionText = z.string().min(1);
export const flowText = z.string().min(1);

const flowObject = z.strictObject({
  when: conditionSchema.optional(),
  direct: z.string().min(1).optional(),
  constant: z.union([z.string(), z.boolean(), z.number(), z.bigint()]).transform(constantText).optional(),
  expression: expressionText.optional(),
  applyOnce: z.boolean().optional(),
  merge: z.enum(MERGE_TYPES).optional(),
});
/** Text: an attribute name, or an expression behind `=`. A list: the first entry whose condition holds. */
const flow = z.union([flowText, flowObject, z.array(flowObject).min(1)]);

const ruleBody = {
  description: z.string().optional(),
  tag: z.string().optional(),
  when: conditionSchema.optional(),
  passwordSync: z.boolean().optional(),
  disabled: z.boolean().optional(),
  scope: z.array(z.array(clause)).optional(),
  join: z.array(joinGroup).optional(),
  flows: z.record(z.string(), flow).optional(),
};

/** One rule, written once for every connector of a kind or for one named connector. */
export const ruleTemplateSchema = z.strictObject({
  name: z.string().min(1),
  connector: z.string().min(1),
  direction: z.enum(['inbound', 'outbound']),
  from: z.string().min(1),
  to: z.string().min(1),
  link: z.enum(LINK_TYPES).default('Join'),
  /** Place of a default rule in the order of the default rules. */
  position: z.coerce.number().int().nonnegative().optional(),
  /** Precedence of an own rule, 0-99. */
  precedence: z.coerce.number().int().nonnegative().optional(),
  /** Name of a default rule: the own rule is placed just before it and takes its number. */
  before: z.string().min(1).optional(),
  ...ruleBody,
});
export type RuleTemplate = z.output<typeof ruleTemplateSchema>;
export type FlowTemplate = z.output<typeof flow>;

/** A copy of a default rule with changes; the original is disabled. */
export const ruleCloneSchema = z.strictObject({
  of: z.string().min(1),
  name: z.string().min(1),
  connector: z.string().min(1).optional(),
  precedence: z.coerce.number().int().nonnegative().optional(),
  before: z.string().min(1).optional(),
  link: z.enum(LINK_TYPES).optional(),
  /** Leaves the original enabled. */
  keepOriginal: z.boolean().optional(),
  removeFlows: z.array(z.string()).optional(),
  /** Further clauses for every scope group. */
  addToScope: z.array(clause).optional(),
  ...ruleBody,
});
export type RuleClone = z.output<typeof ruleCloneSchema>;

export const ATTRIBUTE_TYPE_NAMES = [
  'string',
  'strings',
  'reference',
  'references',
  'number',
  'numbers',
  'boolean',
  'binary',
  'binaries',
] as const;
const ownAttributes = z.record(z.string(), z.record(z.string(), z.enum(ATTRIBUTE_TYPE_NAMES)));

/** A rule file: default rules or the rules of an overlay. */
export const ruleFileSchema = z.strictObject({
  /** `none`: the folder replaces the default rules instead of being laid over them. */
  base: z.enum(['default', 'none']).optional(),
  rules: z.array(ruleTemplateSchema).optional(),
  /** Names of default rules to disable, of all connectors (`name`) or one (`name @ connector`). */
  disable: z.array(z.string().min(1)).optional(),
  clone: z.array(ruleCloneSchema).optional(),
  /** New precedence of own rules by name. */
  precedence: z.record(z.string(), z.coerce.number().int().nonnegative()).optional(),
  /** Attributes that the shipped schema does not know, by object type. */
  attributes: z
    .strictObject({
      ad: ownAttributes.optional(),
      metaverse: ownAttributes.optional(),
      entra: ownAttributes.optional(),
    })
    .optional(),
  /** Expression parameters of the administrator by connector name or kind. */
  parameters: z.record(z.string(), z.record(z.string(), z.string())).optional(),
});
export type RuleFile = z.output<typeof ruleFileSchema>;

/** Every key of the format; used to suggest the nearest name. */
export const RULE_FILE_KEYS: readonly string[] = [
  ...new Set([
    ...Object.keys(ruleFileSchema.shape),
    ...Object.keys(ruleTemplateSchema.shape),
    ...Object.keys(ruleCloneSchema.shape),
    ...Object.keys(flowObject.shape),
    ...Object.keys(clauseObject.shape),
    ...Object.keys(joinConditionObject.shape),
    'clause',
    'match',
    'feature',
    'service',
    'sourceAnchor',
    'identifyUsersBy',
    'alternateId',
    'groupFilter',
  ]),
];
