import { describe, expect, it } from 'vitest';
import { SyncState } from '../sync-service/sync-state.js';
import { setComputedValues } from './computed-values.js';

describe('values that the service computes', () => {
  const withUser = (): SyncState => {
    const sync = new SyncState();
    sync.add({ id: 'u1', type: 'User', sourceAnchor: 'a' });
    return sync;
  };

  it('are shown with their type by the next read-back', () => {
    const sync = withUser();
    const before = sync.seq;
    const values = {
      cloudLegacyExchangeDN: '/o=cloud/cn=kim',
      cloudMSExchRecipientDisplayType: 1_073_741_824,
      cloudMSExchSafeSendersHash: 'AQ==',
      cloudMSExchUserHoldPolicies: ['hold'],
    };
    expect(setComputedValues(sync, { u1: values, stranger: values })).toBe(1);
    expect([...(sync.byId('u1')?.values.values() ?? [])]).toEqual([
      { name: 'cloudLegacyExchangeDN', value: { type: 'string', value: '/o=cloud/cn=kim' } },
      { name: 'cloudMSExchRecipientDisplayType', value: { type: 'long', value: 1_073_741_824n } },
      { name: 'cloudMSExchSafeSendersHash', value: { type: 'binary', value: Buffer.from([1]) } },
      { name: 'cloudMSExchUserHoldPolicies', value: { type: 'strings', values: ['hold'] } },
    ]);
    expect(sync.byId('u1')?.seq).toBeGreaterThan(before);
  });

  it('are not those that are synchronized', () => {
    expect(() => setComputedValues(withUser(), { u1: { displayName: 'Kim' } })).toThrow('does not compute');
  });
});
