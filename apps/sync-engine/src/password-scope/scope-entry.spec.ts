import { adjoinConfig } from '@adjoin/contracts';
import { loadRules } from '@adjoin/rule-files';
import { beforeAll, describe, expect, it } from 'vitest';
import { scopeEntry, type LinkedObject, type ScopeRules } from './scope-entry.js';

const forest = (name: string, id: string) => ({
  ...{ name, type: 'ad', id, forest: `${name}.test`, netbios: name.toUpperCase() },
  ...{ servers: [`ldaps://dc.${name}.test`], bindDn: 'x', passwordFile: '/dev/null' },
  domains: [{ dn: `DC=${name},DC=test`, fqdn: `${name}.test`, netbios: name.toUpperCase() }],
});
const CONFIG = adjoinConfig.parse({
  connectors: [
    forest('corp', '11111111-1111-4111-8111-111111111111'),
    forest('res', '33333333-3333-4333-8333-333333333333'),
    { name: 'entra', type: 'entra', id: '22222222-2222-4222-8222-222222222222', tenantId: 't', clientId: 'c' },
  ],
});

describe('the password scope of a person', () => {
  let rules: ScopeRules;
  /** Ids of the flagged rules, by connector. */
  const flagged = new Map<string, string>();
  let unflagged = '';

  beforeAll(async () => {
    const { plan } = await loadRules(CONFIG, undefined);
    for (const rule of plan.ruleSet.rules) {
      if (rule.passwordSync) flagged.set(rule.connector, rule.id);
      else if (rule.connector === 'corp') unflagged = rule.id;
    }
    rules = { plan, sources: new Set(['corp', 'res']), isTarget: (name) => name === 'entra' };
  });

  const source = (connector: string, change: Partial<LinkedObject> = {}): LinkedObject => ({
    ...{ _id: `${connector}|A1`, connector, type: 'user', anchor: 'A1', state: 'imported', importedDelete: false },
    rules: [unflagged, flagged.get(connector) ?? ''],
    ...change,
  });
  const target = (change: Partial<LinkedObject> = {}): LinkedObject => ({
    ...{ _id: 't1', connector: 'entra', type: 'user', state: 'export', importedDelete: false },
    rules: [flagged.get('entra') ?? ''],
    ...change,
  });
  const entry = (objects: readonly LinkedObject[], sourceAnchor: string | undefined = 'YW5jaG9y') =>
    scopeEntry({ mv: 'm1', sourceAnchor, objects }, rules);

  it('leads from the AD user to the cloud account, with its id once it has one', () => {
    expect(entry([source('corp'), target()])).toEqual({
      ...{ connector: 'corp', objectGuid: 'a1', sourceAnchor: 'YW5jaG9y', target: 'entra' },
      ...{ cs: 'corp|A1', targetCs: 't1', mv: 'm1' },
    });
    expect(entry([source('corp'), target({ anchor: 'cloud-1' })])).toMatchObject({ cloudId: 'cloud-1' });
  });

  it('is empty unless rules on both sides carry the flag', () => {
    expect(entry([source('corp', { rules: [unflagged] }), target()])).toBeUndefined();
    expect(entry([source('corp'), target({ rules: [] })])).toBeUndefined();
    expect(entry([source('corp')])).toBeUndefined();
  });

  it('is empty for what is no user, was deleted, or has no source anchor', () => {
    expect(entry([source('corp', { type: 'inetOrgPerson' }), target()])).toBeUndefined();
    expect(entry([source('corp', { importedDelete: true }), target()])).toBeUndefined();
    expect(
      scopeEntry({ mv: 'm1', sourceAnchor: undefined, objects: [source('corp'), target()] }, rules),
    ).toBeUndefined();
  });

  it('takes the account of the forest that comes first, and another one when that has no flagged rule', () => {
    expect(entry([source('res'), source('corp'), target()])?.connector).toBe('corp');
    expect(entry([source('res'), source('corp', { rules: [unflagged] }), target()])?.connector).toBe('res');
  });

  it('leaves out forests without password hash synchronization', () => {
    rules = { ...rules, sources: new Set(['res']) };
    expect(entry([source('corp'), target()])).toBeUndefined();
  });
});
