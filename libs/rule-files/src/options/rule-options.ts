import { z } from 'zod';

export const RULE_FEATURES = [
  'exchange',
  'lync',
  'hybridExchange',
  'devices',
  'deviceWriteback',
  'groupWriteback',
  'directoryExtensions',
  'preferredDataLocation',
] as const;
export type RuleFeature = (typeof RULE_FEATURES)[number];

export const RULE_SERVICES = [
  'ExchangeOnline',
  'DynamicsCRM',
  'Intune',
  'LyncOnline',
  'SharePointOnline',
  'AzureRMS',
  'OfficeProPlus',
] as const;
export type RuleService = (typeof RULE_SERVICES)[number];

export const IDENTIFY_USERS_BY = ['once', 'sid', 'mail', 'samAccountName'] as const;

/**
 * What the administrator chose when the default rules were set up (engine/default-rules.md §2).
 * Every key has a default, so `{}` is the ordinary installation.
 */
export const ruleOptionsSchema = z.strictObject({
  /** AD attribute that identifies an object for its whole life: objectGUID, ms-DS-ConsistencyGuid or another attribute. */
  sourceAnchor: z.string().min(1).default('objectGUID'),
  /** How the same person is found in several forests. */
  identifyUsersBy: z
    .union([z.enum(IDENTIFY_USERS_BY), z.strictObject({ attribute: z.string().min(1) })])
    .default('once'),
  /** AD attribute users sign in with; another one than userPrincipalName is an alternate id. */
  signInAttribute: z.string().min(1).default('userPrincipalName'),
  features: z.array(z.enum(RULE_FEATURES)).default(['exchange', 'lync']),
  /** Features by AD connector, for forests whose schema differs. */
  connectorFeatures: z.record(z.string(), z.array(z.enum(RULE_FEATURES))).default({}),
  services: z.array(z.enum(RULE_SERVICES)).default([...RULE_SERVICES]),
  /** DN of the pilot group by AD connector: only its direct members are synchronized. */
  groupFilter: z.record(z.string(), z.string().min(1)).default({}),
  /** Groups with this many members or more are not created in the cloud. */
  memberLimit: z.coerce.number().int().positive().default(250_000),
});
export type RuleOptions = z.input<typeof ruleOptionsSchema>;
export type ResolvedRuleOptions = z.output<typeof ruleOptionsSchema>;

/** Fills in the defaults. Throws a ZodError for options that are not allowed. */
export function resolveRuleOptions(options: RuleOptions): ResolvedRuleOptions {
  return ruleOptionsSchema.parse(options);
}
