import { z } from 'zod';
import { wireValue } from '../values/wire-value.js';
import { exportState, pendingChange, ruleRef } from './connector-space.js';

const objectName = z.string().min(1).max(2000);
export const explainQuery = z.object({
  object: objectName.describe('DN, objectGUID, userPrincipalName, source anchor or internal id'),
  attribute: z.string().max(200).optional().describe('only what concerns this attribute, any case'),
});
export type ExplainQuery = z.infer<typeof explainQuery>;

/** An object as an explanation names it. */
export const explainedObject = z.object({
  id: z.string(),
  space: z.enum(['connector', 'metaverse']),
  connector: z.string().nullable(),
  type: z.string(),
  name: z.string().describe('DN of a connector-space object, name of a metaverse object'),
});
export type ExplainedObject = z.infer<typeof explainedObject>;

/** A scope clause that does not hold, with the value that the object has. */
export const failingClause = z.object({
  attribute: z.string(),
  operator: z.string(),
  value: z.string().describe('as the rule says it; may be a parameter'),
  seen: wireValue.nullable().describe('value of the object; null when it has none'),
});
export type FailingClause = z.infer<typeof failingClause>;

export const consideredRule = z.object({
  rule: ruleRef,
  connector: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  precedence: z.number().int(),
  link: z.string().describe('Provision, Join, StickyJoin, JoinNoFlow'),
  object: z.string().describe('id of the object the scope was tested on'),
  inScope: z.boolean(),
  reason: z.string().describe('why it is or is not in scope, as a sentence'),
  /** At least one clause of each group fails when a rule is not in scope. */
  failing: z.array(failingClause),
});
export type ConsideredRule = z.infer<typeof consideredRule>;

export const triedJoin = z.object({
  rule: ruleRef,
  object: z.string(),
  group: z.number().int().describe('number of the join group, from 0'),
  conditions: z.array(z.string()),
  matches: z.array(explainedObject),
});
export type TriedJoin = z.infer<typeof triedJoin>;

/** Value of one sub-expression; `start` and `end` count characters of the expression. */
export const expressionStep = z.object({
  start: z.number().int(),
  end: z.number().int(),
  text: z.string(),
  kind: z.enum(['value', 'null', 'ignore', 'authoritative-null', 'error']),
  value: wireValue.nullable(),
  message: z.string().nullable(),
});
export type ExpressionStep = z.infer<typeof expressionStep>;

/** `won`, `merged`: supplied the value. All others say why not. */
export const CONTRIBUTION_VERDICTS = [
  'won',
  'merged',
  'outranked',
  'null',
  'ignored',
  'authoritative-null',
  'blocked',
  'error',
] as const;
export const explainedContribution = z.object({
  rule: ruleRef,
  precedence: z.number().int(),
  source: z.string().describe('id of the source object'),
  verdict: z.enum(CONTRIBUTION_VERDICTS),
  reason: z.string(),
  flow: z.string(),
  value: wireValue.nullable(),
  steps: z.array(expressionStep),
});
export type ExplainedContribution = z.infer<typeof explainedContribution>;

export const explainedAttribute = z.object({
  direction: z.enum(['inbound', 'outbound']),
  object: z.string().describe('id of the object that has the attribute'),
  attribute: z.string(),
  result: wireValue.nullable(),
  contributions: z.array(explainedContribution).describe('by precedence'),
});
export type ExplainedAttribute = z.infer<typeof explainedAttribute>;

export const madeLink = z.object({
  object: z.string(),
  metaverse: z.string(),
  action: z.string(),
  rule: ruleRef.nullable(),
});
export type MadeLink = z.infer<typeof madeLink>;

/** A value that the target does not have although it was decided: another object has it, or its domain is not verified. It is applied by itself later. */
export const heldValue = z.object({
  attribute: z.string(),
  wanted: z.string(),
  present: z.string().nullable().describe('what the target has instead'),
});
export type HeldValue = z.infer<typeof heldValue>;

/** What waits to be exported for the object, and why it has not been. */
export const explainedExport = z.object({
  object: z.string(),
  target: z.string(),
  pending: pendingChange.nullable(),
  /** Released and without an answer. */
  inFlight: pendingChange.nullable(),
  unsupported: z.array(z.string()),
  heldBack: z.array(heldValue).optional().describe('values that the target holds back; absent: none'),
  export: exportState.nullable(),
  members: z.object({ add: z.number().int(), remove: z.number().int() }).describe('reference values still to be sent'),
});
export type ExplainedExport = z.infer<typeof explainedExport>;

export const objectFailure = z.object({
  code: z.string(),
  message: z.string(),
  rule: ruleRef.nullable(),
  attribute: z.string().nullable(),
});
export type DecisionFailure = z.infer<typeof objectFailure>;

/** A decision made again with a full trace; nothing is written. */
export const explanation = z.object({
  object: explainedObject,
  metaverse: explainedObject.nullable().describe('null when it is joined to none'),
  objects: z.array(explainedObject).describe('every object that the explanation names'),
  error: objectFailure.nullable(),
  rules: z.array(consideredRule),
  joins: z.array(triedJoin),
  links: z.array(madeLink),
  attributes: z.array(explainedAttribute),
  exports: z.array(explainedExport),
});
export type Explanation = z.infer<typeof explanation>;

export const previewQuery = z.object({
  object: objectName,
  mode: z
    .enum(['delta', 'full'])
    .default('delta')
    .describe('delta: decide only what is due for synchronization; full: decide everything again'),
});
export type PreviewQuery = z.infer<typeof previewQuery>;

export const attributeDifference = z.object({
  attribute: z.string(),
  before: wireValue.nullable(),
  after: wireValue.nullable(),
});
export type AttributeDifference = z.infer<typeof attributeDifference>;
export const previewedMetaverse = z.object({
  id: z.string().describe('of a new object: only for this answer'),
  type: z.string(),
  name: z.string(),
  action: z.enum(['create', 'update', 'delete', 'none']),
  attributes: z.record(z.string(), wireValue).describe('as they would be'),
  differences: z.array(attributeDifference),
});
export type PreviewedMetaverse = z.infer<typeof previewedMetaverse>;
export const previewedExport = z.object({
  object: z.string(),
  target: z.string(),
  dn: z.string(),
  operation: z.enum(['add', 'update', 'delete', 'none']).describe('none: nothing would be pending any more'),
  /** What would be pending and how it differs from what the target has. */
  differences: z.array(attributeDifference),
  /** The same export is pending already. */
  unchanged: z.boolean(),
});
export type PreviewedExport = z.infer<typeof previewedExport>;
export const preview = z.object({
  object: explainedObject,
  mode: z.enum(['delta', 'full']),
  due: z.boolean().describe('the object waits for synchronization'),
  error: objectFailure.nullable(),
  links: z.array(madeLink),
  metaverse: z.array(previewedMetaverse),
  exports: z.array(previewedExport),
});
export type Preview = z.infer<typeof preview>;

export const syncObject = z.object({ object: objectName }).strict();
export type SyncObject = z.infer<typeof syncObject>;

/** `result` of a `sync.object` command. */
export const syncObjectResult = z.object({
  objects: z.array(z.string()).describe('connector-space ids that were decided'),
});
export type SyncObjectResult = z.infer<typeof syncObjectResult>;
