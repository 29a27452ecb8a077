import { adjoinConfig } from '@adjoin/contracts';
import { loadRules } from '@adjoin/rule-files';
import { describe, expect, it } from 'vitest';
import { laterTypes } from './later-types.js';
import { firstOfTypes } from './decide-chunk.js';

const common = { type: 'ad', servers: ['ldaps://dc.test'], bindDn: 'x', passwordFile: '/dev/null' };
const forest = (name: string, id: string) => ({
  ...common,
  name,
  id,
  forest: `${name}.test`,
  netbios: name.toUpperCase(),
  domains: [{ dn: `DC=${name},DC=test`, fqdn: `${name}.test`, netbios: name.toUpperCase() }],
});
const config = adjoinConfig.parse({
  connectors: [
    forest('corp', '11111111-1111-4111-8111-111111111111'),
    forest('res', '11111111-1111-4111-8111-111111111112'),
    { name: 'entra', type: 'entra', id: '22222222-2222-4222-8222-222222222222', tenantId: 't', clientId: 'c' },
  ],
});

describe('the order of the first synchronization', () => {
  it('takes users and groups first, then contacts, then foreign security principals', async () => {
    const { plan } = await loadRules(config, undefined);
    const types = laterTypes(plan.ruleSet.rules);
    expect(types).toContain('contact');
    expect(types).not.toContain('user');
    expect(types).not.toContain('group');
    expect(types.indexOf('foreignSecurityPrincipal')).toBeGreaterThan(types.indexOf('contact'));
  });

  it('never takes a user and the contact that may join it in one chunk', () => {
    const due = ['contact', 'user', 'group', 'contact'].map((type) => ({ type }));
    expect(firstOfTypes(due, ['contact']).map(({ type }) => type)).toEqual(['user', 'group']);
    expect(firstOfTypes([{ type: 'contact' }], ['contact'])).toHaveLength(1);
    expect(firstOfTypes([], ['contact'])).toEqual([]);
  });
});
