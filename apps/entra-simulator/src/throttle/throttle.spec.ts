import { describe, expect, it } from 'vitest';
import { APP_ID, aService, aUser } from '../testing/service-under-test.js';
import { unitsOf } from './throttle.js';
import { TokenBucket } from './token-bucket.js';

const get = (query: string) => ({
  method: 'GET',
  path: '/users',
  query: new URLSearchParams(query),
  headers: {},
  body: undefined,
  caller: { appId: APP_ID, permissions: new Set<string>() },
});

describe('throttling (graph-export section 5)', () => {
  it.each([
    ['', 2, 2],
    ['$select=id', 2, 1],
    ['$expand=manager', 2, 3],
    ['$top=10', 2, 1],
    ['$top=20', 2, 2],
    ['$select=id&$top=1', 1, 1],
  ])('GET ?%s of cost %i takes %i units', (query, cost, units) => {
    expect(unitsOf(get(query), cost)).toBe(units);
  });

  it('is off unless enabled', () => {
    const sut = aService({ throttle: { writes: 1 } });
    const replies = ['a', 'b', 'c'].map((name) => sut.send('POST', '/users', aUser(name)).status);
    expect(replies).toEqual([201, 201, 201]);
  });

  it('refuses writes above the limit with scope, information and Retry-After', () => {
    const sut = aService({ throttle: { enabled: true, writes: 1 } });
    sut.send('POST', '/users', aUser('a'));
    const reply = sut.send('POST', '/users', aUser('b'));
    expect(reply.status).toBe(429);
    expect(reply.headers).toMatchObject({
      'retry-after': '150',
      'x-ms-throttle-information': 'WriteLimitExceeded',
      'x-ms-throttle-scope': `Tenant_Application/Write/${APP_ID}/99999999-0000-0000-0000-000000000000`,
    });
    sut.clock.now += 150_000;
    expect(sut.send('POST', '/users', aUser('b')).status).toBe(201);
  });

  it('tells the used part from 80 % on', () => {
    const sut = aService({ throttle: { enabled: true, writes: 5 } });
    const used = ['a', 'b', 'c', 'd'].map(
      (name) => sut.send('POST', '/users', aUser(name)).headers?.['x-ms-throttle-limit-percentage'],
    );
    expect(used).toEqual([undefined, undefined, undefined, '0.8']);
  });

  it('a bucket fills again over its period', () => {
    const bucket = new TokenBucket(10, 1000, 0);
    bucket.take(10, 0);
    expect(bucket.wait(1, 0)).toBe(100);
    expect(bucket.has(5, 500)).toBe(true);
    expect(bucket.has(10, 999)).toBe(false);
  });
});
