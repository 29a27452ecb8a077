import { afterEach, describe, expect, it } from 'vitest';
import { GraphBatcher, type GraphApi } from '@adjoin/graph';
import { createLogger } from '@adjoin/shared';
import { memoryState } from '../testing/memory-state.js';
import { TenantInfo } from '../tenant/tenant-info.js';
import { aGraph, type GraphUnderTest } from '../testing/graph.js';
import { HeldValues } from './held-values.js';

let graph: GraphUnderTest | undefined;
afterEach(() => graph?.close());

async function aUser(api: GraphApi, userPrincipalName: string, more: object = {}): Promise<string> {
  const body = {
    displayName: 'x',
    mailNickname: userPrincipalName.split('@')[0],
    userPrincipalName,
    accountEnabled: true,
    passwordProfile: { password: 'Some-Passw0rd!', forceChangePasswordNextSignIn: false },
    ...more,
  };
  return ((await api.must('POST', '/users', 'x', { body })) as { id: string }).id;
}

async function setUp(staging = false) {
  const the = (graph = await aGraph());
  const { shadows } = memoryState();
  const held = new HeldValues({
    batcher: new GraphBatcher({ send: (body) => the.api.call('POST', '/$batch', { body }) }),
    tenant: new TenantInfo(the.api, the.simulator.clientId),
    shadows,
    gate: { refresh: () => Promise.resolve(), admits: () => !staging },
    log: createLogger('test', 'silent'),
  });
  const heal = (): Promise<number> => held.heal(new AbortController().signal);
  const read = async (id: string) =>
    (await the.api.must('GET', `/users/${id}?$select=userPrincipalName,mail`, 'x')) as Record<string, unknown>;
  return { api: the.api, shadows, heal, read };
}

describe('values that were held back', () => {
  it('are applied without an export when the conflict is gone', async () => {
    const { api, shadows, heal, read } = await setUp();
    const owner = await aUser(api, 'kim@corp.test', { mail: 'kim@corp.test' });
    const second = await aUser(api, 'kim0001@adjoinlab.onmicrosoft.com');
    const set = {
      userPrincipalName: { asked: 'kim@corp.test', sent: 'kim0001@adjoinlab.onmicrosoft.com' },
      mail: { asked: 'kim@corp.test', sent: null },
    };
    await shadows.apply([{ cloudId: second, set, unset: [], fresh: true }]);
    expect(await heal()).toBe(0);
    await api.must('PATCH', `/users/${owner}`, 'x', { body: { userPrincipalName: 'old@corp.test' } });
    expect(await heal()).toBe(1);
    expect(await read(second)).toMatchObject({ userPrincipalName: 'kim@corp.test', mail: null });
    await api.must('DELETE', `/users/${owner}`, 'x');
    expect(await heal()).toBe(1);
    expect(await read(second)).toMatchObject({ userPrincipalName: 'kim@corp.test', mail: 'kim@corp.test' });
    expect([...(await shadows.load([second])).values()]).toEqual([{}]);
    expect(await heal()).toBe(0);
  });

  it('stay as they are while the domain of the name is not verified, and in staging mode', async () => {
    for (const [asked, staging] of [['kim@other.test', false] as const, ['kim@corp.test', true] as const]) {
      const { api, shadows, heal, read } = await setUp(staging);
      const id = await aUser(api, 'kim@adjoinlab.onmicrosoft.com');
      const set = { userPrincipalName: { asked, sent: 'kim@adjoinlab.onmicrosoft.com' } };
      await shadows.apply([{ cloudId: id, set, unset: [], fresh: true }]);
      expect(await heal()).toBe(0);
      expect((await read(id))['userPrincipalName']).toBe('kim@adjoinlab.onmicrosoft.com');
      await graph?.close();
    }
    graph = undefined;
  });
});
