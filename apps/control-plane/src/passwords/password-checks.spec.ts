import type { PasswordCheck } from '@adjoin/contracts';
import type { CompiledRuleSet } from '@adjoin/engine';
import { describe, expect, it } from 'vitest';
import { csDocument } from '../connector-space/cs-document.js';
import { forestChecks, userChecks, type ForestFacts, type UserFacts } from './password-checks.js';
import { domainDocument, forestDocument, stateDocument } from './password-documents.js';

const NOW = new Date('2026-01-02T03:04:05Z');
const RULES = {
  in: { name: 'In', passwordSync: true },
  out: { name: 'Out', passwordSync: true },
  plain: { name: 'P' },
};
const plan = {
  rule: (id: string) => (id in RULES ? { disabled: false, ...RULES[id as keyof typeof RULES] } : undefined),
} as unknown as CompiledRuleSet;
const failed = (checks: readonly PasswordCheck[]): string[] =>
  checks.filter(({ ok }) => ok === false).map(({ condition }) => condition);

describe('the conditions of a forest', () => {
  const forest = forestDocument.parse({
    ...{ channel: 'sync-service', heartbeatAt: new Date(NOW.getTime() - 10_000) },
    features: { passwordSync: true, forcePasswordChange: false, cloudPasswordPolicy: false },
  });
  const domain = domainDocument.parse({ namingContext: 'DC=corp,DC=test', server: 'dc1' });
  const facts = (change: Partial<ForestFacts> = {}): ForestFacts => ({
    ...{ channel: 'sync-service', forest, domains: [domain], staging: false, now: NOW },
    ...change,
  });

  it('are all met when everything runs', () => {
    expect(failed(forestChecks(facts()))).toEqual([]);
  });

  it.each([
    ['the Graph channel', { channel: 'graph' }, 'the channel takes password hashes'],
    ['a process that is gone', { now: new Date(NOW.getTime() + 600_000) }, 'password-hash-sync runs'],
    ['staging mode', { staging: true }, 'staging mode is off'],
    [
      'a tenant without the feature',
      {
        forest: {
          ...forest,
          features: { passwordSync: false, forcePasswordChange: false, cloudPasswordPolicy: false },
        },
      },
      'password hash synchronization is on in the tenant',
    ],
    [
      'a missing right',
      { domains: [{ ...domain, failure: { code: 'ADJ-PHS-7003', message: 'no right', since: null } }] },
      'the domain can be read',
    ],
  ])('name %s', (_what, change, condition) => {
    expect(failed(forestChecks(facts(change)))).toEqual([condition]);
  });
});

describe('the conditions of a user', () => {
  const source = csDocument.parse({ _id: 's', connector: 'corp', type: 'user', rules: ['plain', 'in'] });
  const target = csDocument.parse({ _id: 't', connector: 'entra', type: 'user', anchor: 'cloud', rules: ['out'] });
  const scope = { cloudId: 'cloud', sourceAnchor: 'anchor', target: 'entra' };
  const state = (result: object) => stateDocument.parse({ _id: 'corp/g', scope, result: { at: NOW, ...result } });
  const facts = (change: Partial<UserFacts> = {}): UserFacts => ({
    ...{ plan, source, target, state: state({ status: 'Success' }) },
    ...change,
  });

  it('are all met when the password was sent', () => {
    expect(failed(userChecks(facts()))).toEqual([]);
  });

  it('name the first that is not', () => {
    const first = (change: Partial<UserFacts>): string | undefined => failed(userChecks(facts(change)))[0];
    expect(first({ source: { ...source, rules: ['plain'] } })).toContain('inbound rule');
    expect(first({ target: undefined })).toContain('outbound rule');
    expect(first({ target: { ...target, anchor: null } })).toContain('exists in the target');
    expect(first({ state: undefined })).toContain('scope of the process');
    expect(first({ state: state({ status: 'FilteredByTarget', message: 'temporary' }) })).toContain('may have its');
    expect(first({ state: state({ status: 'BindingRefused', code: 'ADJ-PHS-7102' }) })).toContain('user’s own');
    expect(first({ state: state({ status: 'Error', code: 'ADJ-EXP-3001' }) })).toContain('last attempt');
  });
});
