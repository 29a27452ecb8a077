import { describe, expect, it } from 'vitest';
import { adjoinConfig } from '../config/connectors.js';
import { isWritten, writableAttributes, type WriteBackFeature } from './active-directory.js';

const file = (writeBack: unknown, options?: object) =>
  adjoinConfig.safeParse({
    connectors: [
      {
        name: 'corp',
        type: 'ad',
        id: 'i',
        forest: 'corp.test',
        netbios: 'CORP',
        servers: ['ldaps://dc.corp.test'],
        bindDn: 'sync',
        passwordFile: 'p',
        domains: [{ dn: 'DC=corp,DC=test', fqdn: 'corp.test', netbios: 'CORP' }],
        ...(writeBack === undefined ? {} : { writeBack }),
      },
    ],
    ...(options === undefined ? {} : { rules: { options } }),
  });

const written = (writeBack: readonly WriteBackFeature[]): Record<string, string[]> =>
  Object.fromEntries(
    [...writableAttributes({ writeBack: [...writeBack] })].map(([type, attributes]) => [type, [...attributes.keys()]]),
  );

describe('what is written to a forest', () => {
  it('is nothing unless it was turned on', () => {
    const [forest] = file(undefined).data?.connectors ?? [];
    expect(forest !== undefined && isWritten(forest)).toBe(false);
    expect(forest?.type === 'ad' && [...writableAttributes(forest)]).toEqual([]);
  });

  it('is the source anchor of users, with the rules that need it', () => {
    const [forest] = file(['consistency-guid'], { sourceAnchor: 'ms-DS-ConsistencyGuid' }).data?.connectors ?? [];
    expect(forest !== undefined && isWritten(forest)).toBe(true);
    expect(written(['consistency-guid'])).toEqual({ user: ['ms-DS-ConsistencyGuid'] });
  });

  it('is what a mailbox in the cloud leaves behind; of groups and contacts the addresses only', () => {
    const mailbox = [
      'proxyAddresses',
      'msExchBlockedSendersHash',
      'msExchSafeRecipientsHash',
      'msExchSafeSendersHash',
      'msExchUCVoiceMailSettings',
      'msExchUserHoldPolicies',
    ];
    expect(written(['exchange-hybrid'])).toEqual({
      user: [...mailbox, 'msDS-ExternalDirectoryObjectID'],
      inetOrgPerson: mailbox,
      group: ['proxyAddresses'],
      contact: ['proxyAddresses'],
    });
    expect(written(['consistency-guid', 'exchange-hybrid'])['user']).toContain('ms-DS-ConsistencyGuid');
  });

  it('is of the addresses those that Exchange made of an old name, and no other', () => {
    const mode = writableAttributes({ writeBack: ['exchange-hybrid'] })
      .get('group')
      ?.get('proxyAddresses')?.mode;
    const owned = (value: string): boolean => mode?.kind === 'add' && mode.owned(value);
    expect(['x500:/o=cloud/cn=kim', 'X500:/O=A', 'smtp:kim@corp.test', 'SMTP:x500:'].map(owned)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is refused where the source anchor is another attribute: nothing would ever be written', () => {
    const message = file(['consistency-guid']).error?.issues[0]?.message;
    expect(message).toBe('consistency-guid needs rules.options.sourceAnchor: ms-DS-ConsistencyGuid');
  });

  it('is refused where the rules were not told of Exchange hybrid', () => {
    const message = file(['exchange-hybrid']).error?.issues[0]?.message;
    expect(message).toBe('exchange-hybrid needs rules.options.features: hybridExchange among them');
    expect(file(['exchange-hybrid'], { features: ['exchange', 'hybridExchange'] }).success).toBe(true);
  });
});
