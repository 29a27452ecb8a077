import { describe, expect, it } from 'vitest';
import type { ExportMessage } from '@adjoin/contracts';
import { fromGraph, ownership, selectOf } from './from-graph.js';
import { toGraph } from './to-graph.js';

const tenant = {
  domains: { initial: 'lab.onmicrosoft.com', verified: new Set(['ok.test']) },
  anchorExtension: 'extension_1_sourceAnchor',
};
const anExport = (more: Partial<ExportMessage>): ExportMessage => ({
  target: 'entra',
  objectId: 'o1',
  version: 1,
  epoch: 0,
  lane: 'normal',
  releasedAt: '2026-01-01T00:00:00.000Z',
  operation: 'add',
  objectType: 'user',
  sourceAnchor: 'MyIRAFVEd2aImaq7zN3u/w==',
  attributes: {},
  ...more,
});

describe('toGraph', () => {
  it('renames attributes and sets what a new user needs', () => {
    const { body, unsupported, shadows } = toGraph(
      anExport({
        attributes: {
          displayName: 'Kim',
          title: 'Clerk',
          telephoneNumber: '1',
          l: 'x',
          alias: 'kim',
          userPrincipalName: 'kim@ok.test',
          proxyAddresses: ['SMTP:kim@ok.test'],
        },
      }),
      tenant,
    );
    expect(body).toEqual({
      displayName: 'Kim',
      jobTitle: 'Clerk',
      businessPhones: ['1'],
      mailNickname: 'kim',
      userPrincipalName: 'kim@ok.test',
      accountEnabled: true,
      onPremisesImmutableId: 'MyIRAFVEd2aImaq7zN3u/w==',
    });
    expect(unsupported).toEqual(['l', 'proxyAddresses']);
    expect(shadows).toEqual({});
  });

  it('remembers values that it had to send differently', () => {
    const { shadows } = toGraph(
      anExport({ attributes: { displayName: 'Kim', userPrincipalName: 'kim@lab.test' } }),
      tenant,
    );
    expect(shadows).toEqual({
      alias: { asked: null, sent: 'kim' },
      userPrincipalName: { asked: 'kim@lab.test', sent: 'kim@lab.onmicrosoft.com' },
    });
  });

  it('names the attribute of a value that is too long, without its text', () => {
    const long = anExport({ attributes: { givenName: 'x'.repeat(65) } });
    expect(() => toGraph(long, tenant)).toThrow(
      expect.objectContaining({ code: 'ADJ-EXP-3016', message: 'givenName has 65 characters; the service takes 64.' }),
    );
  });

  it('clears what can be cleared and reports what cannot', () => {
    const { body, unsupported, manager } = toGraph(
      anExport({
        operation: 'update',
        attributes: { department: null, usageLocation: null, telephoneNumber: null, manager: null },
      }),
      tenant,
    );
    expect([body, unsupported, manager]).toEqual([{ department: null, businessPhones: [] }, ['usageLocation'], null]);
  });

  it('makes plain security groups with the anchor in the directory extension', () => {
    const { body } = toGraph(
      anExport({ objectType: 'group', attributes: { displayName: 'All staff', securityEnabled: true } }),
      tenant,
    );
    expect(body).toEqual({
      displayName: 'All staff',
      mailNickname: 'Allstaff',
      mailEnabled: false,
      securityEnabled: true,
      groupTypes: [],
      extension_1_sourceAnchor: 'MyIRAFVEd2aImaq7zN3u/w==',
    });
  });

  it('refuses distribution groups and contacts as unsupported', () => {
    const unsupported = expect.objectContaining({ code: 'ADJ-EXP-3008', retry: 'never' });
    expect(() => toGraph(anExport({ objectType: 'group', attributes: { securityEnabled: false } }), tenant)).toThrow(
      unsupported,
    );
    expect(() => toGraph(anExport({ objectType: 'contact' }), tenant)).toThrow(unsupported);
  });
});

describe('fromGraph', () => {
  it('reads back what was written under the same names', () => {
    const attributes = {
      displayName: 'Kim',
      title: 'Clerk',
      telephoneNumber: '1',
      alias: 'kim',
      userPrincipalName: 'kim@ok.test',
      accountEnabled: false,
    };
    const { body } = toGraph(anExport({ attributes }), tenant);
    expect(fromGraph('user', body, tenant)).toEqual({
      ...attributes,
      sourceAnchor: 'MyIRAFVEd2aImaq7zN3u/w==',
    });
  });

  it('shows the engine the value it asked for while the cloud shows the substitute', () => {
    const shadows = { userPrincipalName: { asked: 'kim@lab.test', sent: 'kim@lab.onmicrosoft.com' } };
    expect(fromGraph('user', { userPrincipalName: 'Kim@lab.onmicrosoft.com' }, tenant, shadows)).toEqual({
      userPrincipalName: 'kim@lab.test',
    });
    expect(fromGraph('user', { userPrincipalName: 'other@lab.onmicrosoft.com' }, tenant, shadows)).toEqual({
      userPrincipalName: 'other@lab.onmicrosoft.com',
    });
  });

  it('shows the engine its own value while it is held back, and what somebody else set instead', () => {
    const shadows = { mail: { asked: 'kim@ok.test', sent: null } };
    expect(fromGraph('user', { mail: null }, tenant, shadows)).toEqual({ mail: 'kim@ok.test' });
    expect(fromGraph('user', { city: 'Bonn' }, tenant, shadows)).toEqual({ city: 'Bonn', mail: 'kim@ok.test' });
    expect(fromGraph('user', { mail: 'else@ok.test' }, tenant, shadows)).toEqual({ mail: 'else@ok.test' });
  });

  it('forgets that a value is held back when it is to be cleared', () => {
    const update = toGraph(anExport({ operation: 'update', cloudId: 'c1', attributes: { mail: null } }), tenant);
    expect([update.body, update.plain]).toEqual([{ mail: null }, ['mail']]);
  });

  it('takes objects without our anchor for cloud-mastered', () => {
    expect(ownership('group', 'g1', { sourceAnchor: 'abc' })).toEqual({
      cloudAnchor: 'Group_g1',
      cloudMastered: false,
    });
    expect(ownership('user', 'u1', { sourceAnchor: null })).toEqual({ cloudAnchor: 'User_u1', cloudMastered: true });
  });

  it('selects links only where asked', () => {
    expect(selectOf('group', tenant, true)).toContain('members');
    expect(selectOf('user', tenant, false)).not.toContain('manager');
  });
});
