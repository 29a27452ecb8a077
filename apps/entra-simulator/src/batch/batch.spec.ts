import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../json.js';
import { isJsonObject } from '../json.js';
import { DEFAULT_PERMISSIONS } from '../token/client-app.js';
import type { ServiceUnderTest } from '../testing/service-under-test.js';
import { APP_ID, aService, aUser } from '../testing/service-under-test.js';
import { serveBatch } from './batch.js';

const TYPED = { 'Content-Type': 'application/json' };
const createItem = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  method: 'POST',
  url: '/users',
  headers: TYPED,
  body: aUser(`u${id}`),
  ...more,
});

function run(sut: ServiceUnderTest, ...requests: readonly Json[]): readonly JsonObject[] {
  const caller = { appId: APP_ID, permissions: new Set(DEFAULT_PERMISSIONS) };
  const { body } = serveBatch(sut.service, { requests }, caller).reply;
  const responses = isJsonObject(body) ? body['responses'] : [];
  return Array.isArray(responses) ? responses.filter(isJsonObject) : [];
}
const statuses = (responses: readonly JsonObject[]): readonly unknown[] => responses.map(({ status }) => status);

describe('$batch (graph-export section 4)', () => {
  it('answers each item with its id, status, headers and body', () => {
    const [first, second] = run(aService(), createItem('1'), { id: '2', method: 'GET', url: '/users/missing' });
    expect(first).toMatchObject({ id: '1', status: 201, headers: { 'Content-Type': 'application/json' } });
    expect(second).toMatchObject({ id: '2', status: 404, body: { error: { code: 'Request_ResourceNotFound' } } });
  });

  it('takes at most 20 items', () => {
    const items = Array.from({ length: 21 }, (_, index) => createItem(String(index)));
    expect(() => run(aService(), ...items)).toThrow('maximum value of 20');
    expect(statuses(run(aService(), ...items.slice(0, 20)))).toEqual(Array(20).fill(201));
  });

  it('refuses ids that are not unique', () => {
    expect(() => run(aService(), createItem('1'), createItem('1'))).toThrow('unique');
  });

  it('refuses absolute addresses', () => {
    expect(() => run(aService(), createItem('1', { url: 'https://graph.microsoft.com/v1.0/users' }))).toThrow(
      'relative',
    );
  });

  it('does not read a body without Content-Type', () => {
    expect(statuses(run(aService(), createItem('1', { headers: {} })))).toEqual([400]);
  });

  it('answers 424 for an item that depends on a failed one, and onwards', () => {
    const bad = createItem('1', { body: {} });
    const responses = run(
      aService(),
      bad,
      createItem('2', { dependsOn: ['1'] }),
      createItem('3', { dependsOn: ['2'] }),
    );
    expect(statuses(responses)).toEqual([400, 424, 424]);
  });

  it('throttles single items with a Retry-After of their own', () => {
    const sut = aService({ throttle: { enabled: true, writes: 2 } });
    const responses = run(sut, createItem('1'), createItem('2'), createItem('3'), {
      id: '4',
      method: 'GET',
      url: '/users',
    });
    expect(statuses(responses)).toEqual([201, 201, 429, 200]);
    expect(responses[2]?.['headers']).toMatchObject({ 'Retry-After': '75' });
  });

  it('applies fault rules to single items', () => {
    const sut = aService();
    sut.tenant.parts.faults.set([
      {
        method: 'POST',
        path: '^/users$',
        probability: 1,
        count: 2,
        skip: 0,
        status: 429,
        retryAfter: 3,
        drop: false,
        when: 'before',
        delayMs: 0,
      },
    ]);
    expect(statuses(run(sut, createItem('1'), createItem('2'), createItem('3')))).toEqual([429, 429, 201]);
  });
});
