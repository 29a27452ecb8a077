import { z } from 'zod';
import { RULE_FEATURES, RULE_SERVICES, type ResolvedRuleOptions } from './rule-options.js';

const oneOrMore = <T extends z.ZodType>(schema: T) => z.union([schema, z.array(schema).min(1)]);

export const SOURCE_ANCHOR_KINDS = [
  'objectGUID',
  'ms-DS-ConsistencyGuid',
  'text-attribute',
  'binary-attribute',
] as const;
export type SourceAnchorKind = (typeof SOURCE_ANCHOR_KINDS)[number];

const singleCondition = z.strictObject({
  feature: oneOrMore(z.enum(RULE_FEATURES)).optional(),
  service: oneOrMore(z.enum(RULE_SERVICES)).optional(),
  sourceAnchor: oneOrMore(z.enum(SOURCE_ANCHOR_KINDS)).optional(),
  identifyUsersBy: oneOrMore(z.enum(['once', 'sid', 'mail', 'samAccountName', 'attribute'])).optional(),
  alternateId: z.boolean().optional(),
  groupFilter: z.boolean().optional(),
});

/** `when:` of a rule, scope clause, join group or flow. Keys are joined by AND, values of a list and list entries by OR. */
export const conditionSchema = z.union([singleCondition, z.array(singleCondition).min(1)]);
export type Condition = z.output<typeof conditionSchema>;

/** The options as one connector sees them. */
export interface ConditionContext {
  readonly features: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly sourceAnchor: SourceAnchorKind;
  readonly identifyUsersBy: string;
  readonly alternateId: boolean;
  readonly groupFilter: boolean;
  /** Values of the placeholders `${name}`. */
  readonly placeholders: ReadonlyMap<string, string>;
}

/** The context of one connector. `isText` tells whether an AD user attribute holds text. */
export function conditionContext(
  options: ResolvedRuleOptions,
  connector: string,
  isText: (attribute: string) => boolean,
): ConditionContext {
  const anchor = options.sourceAnchor;
  const standard = SOURCE_ANCHOR_KINDS.find((kind) => kind.toLowerCase() === anchor.toLowerCase());
  const match = options.identifyUsersBy;
  return {
    features: new Set(options.connectorFeatures[connector] ?? options.features),
    services: new Set(options.services),
    sourceAnchor: standard ?? (isText(anchor) ? 'text-attribute' : 'binary-attribute'),
    identifyUsersBy: typeof match === 'string' ? match : 'attribute',
    alternateId: options.signInAttribute !== 'userPrincipalName',
    groupFilter: options.groupFilter[connector] !== undefined,
    placeholders: new Map([
      ['sourceAnchor', anchor],
      ['signInAttribute', options.signInAttribute],
      ['memberLimit', String(options.memberLimit)],
      ['identifyUsersBy.attribute', typeof match === 'string' ? '' : match.attribute],
    ]),
  };
}

/** Names usable as `${name}` in rule files. */
export const PLACEHOLDERS = ['sourceAnchor', 'signInAttribute', 'memberLimit', 'identifyUsersBy.attribute'] as const;

/** True when the condition holds; no condition always holds. */
export function holds(condition: Condition | undefined, context: ConditionContext): boolean {
  if (condition === undefined) return true;
  if (Array.isArray(condition)) return condition.some((one) => holds(one, context));
  const any = (wanted: string | readonly string[] | undefined, test: (value: string) => boolean): boolean =>
    wanted === undefined || (typeof wanted === 'string' ? [wanted] : wanted).some(test);
  return (
    any(condition.feature, (value) => context.features.has(value)) &&
    any(condition.service, (value) => context.services.has(value)) &&
    any(condition.sourceAnchor, (value) => context.sourceAnchor === value) &&
    any(condition.identifyUsersBy, (value) => context.identifyUsersBy === value) &&
    (condition.alternateId === undefined || condition.alternateId === context.alternateId) &&
    (condition.groupFilter === undefined || condition.groupFilter === context.groupFilter)
  );
}

/** Replaces `${name}`; an unknown name stays as it is and is reported by validation. */
export function fillPlaceholders(text: string, context: ConditionContext): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => context.placeholders.get(name) ?? whole);
}
