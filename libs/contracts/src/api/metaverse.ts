import { z } from 'zod';
import { wireValue } from '../values/wire-value.js';
import { nameEqualsValue, pageOf, pageQuery, repeated } from './page.js';

export const mvSearchQuery = pageQuery.extend({
  type: z.string().max(100).optional().describe('person, group, contact, device'),
  where: repeated(nameEqualsValue).describe(
    'name=value, several are joined by AND; text compares without regard to case',
  ),
});
export type MvSearchQuery = z.infer<typeof mvSearchQuery>;

export const mvSummary = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string().describe('userPrincipalName, accountName, displayName or cn, the first there is'),
  connectors: z.array(z.string()),
});
export type MvSummary = z.infer<typeof mvSummary>;
export const mvPage = pageOf(mvSummary);

/** Where a value comes from. */
export const contribution = z.object({
  connector: z.string(),
  cs: z.string().describe('connector-space id'),
  rule: z.string().describe('rule id'),
  ruleName: z.string(),
});
export type Contribution = z.infer<typeof contribution>;

export const mvLink = z.object({
  connector: z.string(),
  cs: z.string(),
  dn: z.string().nullable(),
  anchor: z.string().nullable(),
  state: z.string().nullable(),
});
export type MvLink = z.infer<typeof mvLink>;

export const mvDetail = mvSummary.extend({
  attributes: z.record(z.string(), wireValue),
  /** Contributors by attribute; the first is the winner, merged attributes list every one. */
  lineage: z.record(z.string(), z.array(contribution)),
  links: z.array(mvLink),
  waitsFor: z.array(z.string()).describe('connector-space ids that references point to and that are not joined yet'),
  /** Members (groups) by target: what is wanted there, and what was acknowledged. */
  references: z.array(
    z.object({ target: z.string(), attribute: z.string(), desired: z.number(), exported: z.number() }),
  ),
});
export type MvDetail = z.infer<typeof mvDetail>;
