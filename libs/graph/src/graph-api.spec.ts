import { describe, expect, it } from 'vitest';
import { SyncError } from '@adjoin/contracts';
import { GraphApi } from './graph-api.js';
import { readDelta } from './delta/read-delta.js';
import type { HttpsReply, HttpsRequest, Transport } from './http/https-transport.js';

type Answer = (call: HttpsRequest) => HttpsReply;
const json = (status: number, body: unknown): HttpsReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  text: JSON.stringify(body),
});

function aGraph(answer: Answer, token: Answer = () => json(200, { access_token: 't', expires_in: 3600 })) {
  const calls: HttpsRequest[] = [];
  const transport: Transport = {
    send: async (call) => {
      if (call.url.startsWith('https://login.test/')) return token(call);
      calls.push(call);
      return answer(call);
    },
  };
  const api = new GraphApi({
    graphUrl: 'https://graph.test',
    authority: 'https://login.test',
    tenantId: 'tenant',
    clientId: 'client',
    credential: { kind: 'secret', secret: () => 'hidden-value' },
    transport,
    giveUpMs: 0,
  });
  return { api, calls };
}

describe('GraphApi', () => {
  it('refuses anything but https', () => {
    const wrong = {
      graphUrl: 'http://graph.test',
      authority: 'https://login.test',
      tenantId: 't',
      clientId: 'c',
      credential: { kind: 'secret', secret: () => '' },
    } as const;
    expect(() => new GraphApi(wrong)).toThrow(expect.objectContaining({ code: 'ADJ-CFG-0001' }));
  });

  it('sends the token and JSON', async () => {
    const { api, calls } = aGraph(() => json(201, { id: '1' }));
    const reply = await api.call('POST', '/users', { body: { displayName: 'Kim' } });
    expect([reply.status, reply.body]).toEqual([201, { id: '1' }]);
    expect(calls[0]).toMatchObject({
      method: 'POST',
      url: 'https://graph.test/v1.0/users',
      body: '{"displayName":"Kim"}',
      headers: { Authorization: 'Bearer t', 'Content-Type': 'application/json' },
    });
  });

  it('keeps an absolute link with its token as it is', async () => {
    const { api, calls } = aGraph(() =>
      json(200, { value: [], '@odata.deltaLink': 'https://graph.test/v1.0/users/delta?$deltatoken=abc=.-_%3D' }),
    );
    await api.call('GET', 'https://graph.test/v1.0/users/delta?$deltatoken=abc=.-_%3D');
    expect(calls[0]?.url).toBe('https://graph.test/v1.0/users/delta?$deltatoken=abc=.-_%3D');
  });

  it('follows no link to another host', async () => {
    const { api, calls } = aGraph(() => json(200, {}));
    await expect(api.call('GET', 'https://elsewhere.test/v1.0/users')).rejects.toMatchObject({ code: 'ADJ-EXP-3001' });
    expect(calls).toHaveLength(0);
  });

  it('tries once more with a new token after 401', async () => {
    let tokens = 0;
    const { api } = aGraph(
      (call) => json(call.headers['Authorization'] === 'Bearer t1' ? 401 : 200, {}),
      () => json(200, { access_token: `t${++tokens}`, expires_in: 3600 }),
    );
    expect((await api.call('GET', '/users')).status).toBe(200);
    expect(tokens).toBe(2);
  });

  it('reports a refused application without its secret', async () => {
    const { api } = aGraph(
      () => json(200, {}),
      () => json(401, { error: 'invalid_client', error_codes: [7000215] }),
    );
    const error: unknown = await api.call('GET', '/users').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SyncError);
    expect(error).toMatchObject({ code: 'ADJ-EXP-3002' });
    expect(String(error)).toContain('AADSTS7000215');
    expect(String(error)).not.toContain('hidden-value');
  });

  it('asks for one token when many calls begin together', async () => {
    let tokens = 0;
    const { api } = aGraph(
      () => json(200, {}),
      () => json(200, { access_token: `t${++tokens}`, expires_in: 3600 }),
    );
    await Promise.all(Array.from({ length: 10 }, () => api.call('GET', '/users')));
    expect(tokens).toBe(1);
  });
});

describe('readDelta', () => {
  it('follows the pages and ends with the delta link', async () => {
    const { api } = aGraph((call) =>
      call.url.includes('skiptoken')
        ? json(200, { value: [{ id: '2' }], '@odata.deltaLink': 'https://graph.test/v1.0/users/delta?$deltatoken=x' })
        : json(200, { value: [{ id: '1' }], '@odata.nextLink': 'https://graph.test/v1.0/users/delta?$skiptoken=y' }),
    );
    const pages = [];
    for await (const page of readDelta(api, '/users/delta?$select=id', new AbortController().signal)) pages.push(page);
    expect(pages).toEqual([
      { items: [{ id: '1' }] },
      { items: [{ id: '2' }], deltaLink: 'https://graph.test/v1.0/users/delta?$deltatoken=x' },
    ]);
  });

  it('asks for a full read when the token is too old', async () => {
    const { api } = aGraph(() => json(410, { error: { code: 'syncStateNotFound' } }));
    await expect(readDelta(api, '/users/delta', new AbortController().signal).next()).rejects.toMatchObject({
      code: 'ADJ-EXP-3009',
      retry: 'now',
    });
  });

  it('takes a page without next and end for a read that ended early', async () => {
    const { api } = aGraph(() => json(200, { value: [] }));
    await expect(readDelta(api, '/users/delta', new AbortController().signal).next()).rejects.toMatchObject({
      code: 'ADJ-IMP-1010',
    });
  });
});
