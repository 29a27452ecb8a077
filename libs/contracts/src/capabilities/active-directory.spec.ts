import { describe, expect, it } from 'vitest';
import { adjoinConfig } from '../config/connectors.js';
import { isWritten, writableAttributes } from './active-directory.js';

const file = (writeBack: unknown, sourceAnchor?: string) =>
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
    ...(sourceAnchor === undefined ? {} : { rules: { options: { sourceAnchor } } }),
  });

describe('what is written to a forest', () => {
  it('is nothing unless it was turned on', () => {
    const [forest] = file(undefined).data?.connectors ?? [];
    expect(forest !== undefined && isWritten(forest)).toBe(false);
    expect(forest?.type === 'ad' && [...writableAttributes(forest)]).toEqual([]);
  });

  it('is the source anchor of users, with the rules that need it', () => {
    const [forest] = file(['consistency-guid'], 'ms-DS-ConsistencyGuid').data?.connectors ?? [];
    expect(forest !== undefined && isWritten(forest)).toBe(true);
    const writable = forest?.type === 'ad' ? writableAttributes(forest) : undefined;
    expect(writable).toEqual(new Map([['user', new Set(['ms-DS-ConsistencyGuid'])]]));
  });

  it('is refused where the source anchor is another attribute: nothing would ever be written', () => {
    const message = file(['consistency-guid']).error?.issues[0]?.message;
    expect(message).toBe('consistency-guid needs rules.options.sourceAnchor: ms-DS-ConsistencyGuid');
  });
});
