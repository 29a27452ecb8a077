import { describe, expect, it } from 'vitest';
import { labForests } from './lab-forests.js';

describe('the forests of the lab', () => {
  it('one forest has its mailboxes itself', () => {
    const [corp, ...others] = labForests(1, { users: 100 });
    expect(others).toEqual([]);
    expect(corp?.load).not.toHaveProperty('mailboxesElsewhere');
    expect(corp?.accountForest).toBeUndefined();
  });

  it('of two forests the second has the mailboxes of four in ten accounts, and as many users in all', () => {
    const [corp, res] = labForests(2, { users: 100 }, 3);
    expect(corp?.load).toMatchObject({ users: 100, mailboxesElsewhere: true });
    expect(res?.load).toMatchObject({ users: 60, groups: 10 });
    expect(res?.accountForest).toEqual(corp);
    expect([corp?.definition.ip, res?.definition.ip]).toEqual(['127.0.3.10', '127.0.3.11']);
  });
});
