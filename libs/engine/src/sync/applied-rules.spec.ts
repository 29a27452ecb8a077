import { describe, expect, it } from 'vitest';
import { basicRules, clause, direct, importUser, inbound, spaceOf } from '../testing/rule-builders.js';

describe('the rules applied to a connector-space object', () => {
  it('are those of its direction that are in scope, with the one that holds the link and how it was made', () => {
    const visitors = inbound({
      name: 'In Visitors',
      precedence: 50,
      scope: [[clause('mail', 'ISNOTNULL')]],
      flows: [direct('mail')],
    });
    const space = spaceOf([...basicRules(), visitors]);
    importUser(space, 'kim', { mail: 'kim@x.test' });
    space.sync();
    expect(space.findByAnchor('corp', 'guid-kim')).toMatchObject({
      rules: ['In Visitors', 'In User Join', 'In User Common'],
      link: { action: 'project', rule: 'In User Join' },
    });
    expect(space.findByDn('entra', 'CN={kim}')).toMatchObject({
      rules: ['Out User Join', 'Out User Identity'],
      link: { action: 'provision', rule: 'Out User Join', provision: 'Out User Join' },
    });

    importUser(space, 'kim');
    space.sync();
    expect(space.findByAnchor('corp', 'guid-kim')?.rules).toEqual(['In User Join', 'In User Common']);
  });
});
