import { describe, expect, it } from 'vitest';
import { aService, aUser, errorOf, valueOf } from '../testing/service-under-test.js';
import { FaultInjector } from './fault-injector.js';
import { faultRuleSchema } from './fault-rule.js';

const rule = (given: object) => faultRuleSchema.parse(given);

describe('fault rules', () => {
  it('fire for matching methods and paths only', () => {
    const faults = new FaultInjector(() => 0);
    faults.set([rule({ method: 'POST', path: '^/groups', status: 503 })]);
    expect(faults.pick('POST', '/users')).toBeUndefined();
    expect(faults.pick('GET', '/groups')).toBeUndefined();
    expect(faults.pick('POST', '/groups')?.status).toBe(503);
  });

  it('let the first ones pass and are spent after their count', () => {
    const faults = new FaultInjector(() => 0);
    faults.set([rule({ skip: 1, count: 1, status: 500 })]);
    const fired = [1, 2, 3].map(() => faults.pick('GET', '/users') !== undefined);
    expect(fired).toEqual([false, true, false]);
  });

  it('fire with their probability', () => {
    const values = [0.2, 0.9];
    const faults = new FaultInjector(() => values.shift() ?? 1);
    faults.set([rule({ probability: 0.5, status: 500 })]);
    expect(faults.pick('GET', '/users')).toBeDefined();
    expect(faults.pick('GET', '/users')).toBeUndefined();
  });

  it('must do something', () => {
    expect(faultRuleSchema.safeParse({ path: '/users' }).success).toBe(false);
  });

  it('can fail a write that took effect: the client must look before it repeats', () => {
    const sut = aService();
    sut.tenant.parts.faults.set([rule({ method: 'POST', status: 504, when: 'after', count: 1 })]);
    const reply = sut.send('POST', '/users', aUser('ann', { onPremisesImmutableId: 'AAAA' }));
    expect(reply.status).toBe(504);
    expect(valueOf(sut.send('GET', "/users?$filter=onPremisesImmutableId eq 'AAAA'"))).toHaveLength(1);
  });

  it('answer with Retry-After and the usual code of the status', () => {
    const sut = aService();
    sut.tenant.parts.faults.set([rule({ status: 429, retryAfter: 7 })]);
    const reply = sut.send('GET', '/users');
    expect(reply.headers).toMatchObject({ 'retry-after': '7' });
    expect(errorOf(reply)['code']).toBe('TooManyRequests');
  });
});
