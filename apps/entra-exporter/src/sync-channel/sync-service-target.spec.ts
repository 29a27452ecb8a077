import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SyncError, type ExportMessage } from '@adjoin/contracts';
import type { ObjectResult, SyncObject, SyncService } from '@adjoin/sync-service';
import {
  anExport,
  applyAll,
  CapturedImport,
  cloudIdOf,
  type TargetUnderTest,
} from '../testing/directory-target.contract.js';
import { aGraphTarget, aSyncServiceTarget } from '../testing/targets.js';
import { outcomeOf } from './sync-outcome.js';
import { SyncServiceTarget } from './sync-service-target.js';

/** A mail contact, a distribution group and an address change: what public Graph cannot write (operations/graph-export.md section 12). */
const aContact = () =>
  anExport({ objectType: 'contact', attributes: { displayName: 'Partner', mail: 'p@partner.test' } });
const aDistributionGroup = () =>
  anExport({
    objectType: 'group',
    attributes: {
      displayName: 'Everybody',
      mail: 'all@corp.test',
      proxyAddresses: ['SMTP:all@corp.test'],
      securityEnabled: false,
    },
  });
const addresses = (kim: ExportMessage, cloudId: string): ExportMessage => ({
  ...kim,
  version: 2,
  operation: 'update',
  cloudId,
  attributes: { proxyAddresses: ['SMTP:kim.new@corp.test', `smtp:kim@corp.test`] },
});

describe('a tenant over the sync service', () => {
  let sut: TargetUnderTest;
  const stats = async () =>
    (await (await fetch(`${sut.simulator.adminUrl}/stats`)).json()) as {
      objects: Record<string, number>;
      requests: Record<string, number>;
    };
  beforeAll(async () => {
    sut = await aSyncServiceTarget();
  });
  beforeEach(() => fetch(`${sut.simulator.adminUrl}/reset`, { method: 'POST' }));
  afterAll(async () => {
    sut.target.close();
    await sut.close();
  });

  it('takes 1,000 users and 10 groups of 500 in less than 60 calls', async () => {
    const users = Array.from({ length: 1000 }, (_, index) =>
      anExport({
        objectId: `u${index}`,
        sourceAnchor: `anchor-${index}`,
        lane: 'bulk',
        attributes: {
          displayName: `User ${index}`,
          userPrincipalName: `user${index}@corp.test`,
          accountEnabled: true,
          mail: `user${index}@corp.test`,
          proxyAddresses: [`SMTP:user${index}@corp.test`],
        },
      }),
    );
    const ids = (await applyAll(sut.target, users)).map(({ cloudId = '' }) => cloudId);
    const groups = Array.from({ length: 10 }, (_, index) =>
      anExport({
        objectId: `g${index}`,
        sourceAnchor: `group-${index}`,
        objectType: 'group',
        attributes: { displayName: `Group ${index}`, securityEnabled: true },
      }),
    );
    const groupIds = (await applyAll(sut.target, groups)).map(({ cloudId = '' }) => cloudId);
    // The engine releases at most 400 members of a group at once.
    for (const [from, to] of [
      [0, 400],
      [400, 500],
    ] as const) {
      const slices = groups.map((group, index): ExportMessage => {
        const members = ids
          .slice(index * 50 + from, index * 50 + to)
          .map((cloudId) => ({ mv: cloudId, cloudId, type: 'user' as const }));
        return {
          ...group,
          version: 2,
          operation: 'update',
          cloudId: groupIds[index],
          attributes: {},
          references: { member: { add: members, remove: [] } },
        };
      });
      for (const outcome of await applyAll(sut.target, slices)) expect(outcome.kind).toBe('applied');
    }
    const capture = new CapturedImport();
    const { objects: read } = await sut.target.reader.full(capture.base, { id: 'r', attempt: 1, acceptFewer: false });
    const { objects, requests } = await stats();
    expect([read, objects['users'], objects['groups'], objects['memberships']]).toEqual([1010, 1000, 10, 5000]);
    const calls = Object.values(requests).reduce((sum, count) => sum + count, 0);
    expect(calls).toBeLessThan(60);
  }, 30_000);

  it('takes a contact, a distribution group and a change of addresses', async () => {
    const kim = anExport();
    const kimId = await cloudIdOf(sut.target, kim);
    const outcomes = await applyAll(sut.target, [aContact(), aDistributionGroup(), addresses(kim, kimId)]);
    expect(outcomes.map(({ kind, unsupported }) => [kind, unsupported])).toEqual(Array(3).fill(['applied', []]));
    const { objects } = (await (await fetch(`${sut.simulator.adminUrl}/state`)).json()) as {
      objects: readonly { id: string; type: string; properties: Record<string, unknown> }[];
    };
    const ofType = (type: string) => objects.find((object) => object.type === type)?.properties;
    expect(ofType('orgContact')).toMatchObject({ displayName: 'Partner', mail: 'p@partner.test' });
    expect(ofType('group')).toMatchObject({
      mailEnabled: true,
      securityEnabled: false,
      proxyAddresses: ['SMTP:all@corp.test'],
    });
    expect(ofType('user')).toMatchObject({ proxyAddresses: ['SMTP:kim.new@corp.test', 'smtp:kim@corp.test'] });
  });

  it('keeps every object, once each, when calls are throttled and answers get lost', async () => {
    const path = '/provisioningservice.svc/ProvisionAzureADSyncObjects2';
    await fetch(`${sut.simulator.adminUrl}/faults`, {
      method: 'PUT',
      body: JSON.stringify([
        { method: 'POST', path, drop: true, when: 'after', count: 1 },
        { method: 'POST', path, status: 503, count: 1 },
        { method: 'POST', path, status: 429, retryAfter: 0, count: 2 },
      ]),
      headers: { 'content-type': 'application/json' },
    });
    const users = Array.from({ length: 300 }, (_, index) =>
      anExport({
        objectId: `u${index}`,
        sourceAnchor: `anchor-${index}`,
        attributes: { displayName: `User ${index}`, userPrincipalName: `user${index}@corp.test`, accountEnabled: true },
      }),
    );
    const outcomes = await applyAll(sut.target, users);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['applied']));
    expect(new Set(outcomes.map(({ cloudId }) => cloudId)).size).toBe(300);
    expect((await stats()).objects['users']).toBe(300);
    const rules = (await (await fetch(`${sut.simulator.adminUrl}/faults`)).json()) as readonly { fired: number }[];
    expect(rules.map(({ fired }) => fired)).toEqual([1, 1, 2]);
  }, 30_000);
});

describe('errors of single objects (engine/entra-service.md section 5)', () => {
  it.each([
    ['AttributeValueMustBeUnique', 'ADJ-EXP-3007'],
    ['InvalidHardMatch', 'ADJ-EXP-3011'],
    ['InvalidSoftMatch', 'ADJ-EXP-3012'],
    ['ObjectTypeMismatch', 'ADJ-EXP-3013'],
    ['ExistingAdminRoleConflict', 'ADJ-EXP-3014'],
    ['LargeObject', 'ADJ-EXP-3016'],
    ['IdentityDataValidationFailed', 'ADJ-EXP-3017'],
    ['DeletionAccessViolation', 'ADJ-EXP-3010'],
    ['SomethingNew', 'ADJ-EXP-3006'],
  ])('%s is %s', (errorCode, code) => {
    const result = {
      type: 'User',
      sourceAnchor: 'a',
      cloudAnchor: undefined,
      succeeded: false,
      errorCode,
      errorDescription: 'because',
    } as const;
    const outcome = outcomeOf(anExport(), { kind: 'answer', result }, 0);
    expect([outcome.kind, outcome.error?.code]).toEqual(['failed', code]);
    expect(outcome.error?.message).toContain(errorCode);
  });
});

describe('a tenant over Graph', () => {
  it('says once and clearly that it cannot hold a contact, a distribution group or addresses', async () => {
    const { target, simulator, close } = await aGraphTarget();
    const kim = anExport();
    const kimId = await cloudIdOf(target, kim);
    const before = await (await fetch(`${simulator.adminUrl}/stats`)).json();
    const [contact, group, change] = await applyAll(target, [aContact(), aDistributionGroup(), addresses(kim, kimId)]);
    const after = await (await fetch(`${simulator.adminUrl}/stats`)).json();
    expect([contact, group].map((outcome) => [outcome?.kind, outcome?.error?.code, outcome?.error?.retry])).toEqual([
      ['failed', 'ADJ-EXP-3008', 'never'],
      ['failed', 'ADJ-EXP-3008', 'never'],
    ]);
    expect([change?.kind, change?.unsupported]).toEqual(['applied', ['proxyAddresses']]);
    expect((after as { writes: number }).writes).toBe((before as { writes: number }).writes);
    target.close();
    await close();
  });
});

describe('calls of the sync service', () => {
  const company = { maxLinksPerBatch: 10, tenantId: 't', initialDomain: 'i' };
  const ok = (object: SyncObject): ObjectResult => ({
    type: object.type,
    sourceAnchor: undefined,
    cloudAnchor: `${object.type}_id`,
    succeeded: true,
    errorCode: undefined,
    errorDescription: undefined,
  });
  function aTarget(provision: (objects: readonly SyncObject[]) => readonly ObjectResult[]) {
    const calls: (readonly SyncObject[])[] = [];
    const service = {
      companyConfiguration: () => Promise.resolve(company),
      provision: async (objects: readonly SyncObject[]) => {
        calls.push(objects);
        return Promise.resolve().then(() => provision(objects));
      },
    } as unknown as SyncService;
    const target = new SyncServiceTarget({
      service,
      windowMs: 1000,
      batching: { gather: (then) => void setImmediate(then) },
    });
    return { target, calls };
  }
  const refused = new SyncError('ADJ-EXP-3103', 'no');
  const anchorOf = (object: SyncObject): unknown => object.properties.get('SourceAnchor');

  it.each([0, 7, 11, 15])('that are refused because of one object (number %i) fail that object only', async (bad) => {
    const { target, calls } = aTarget((objects) => {
      if (objects.some((object) => JSON.stringify(anchorOf(object)).includes('bad'))) throw refused;
      return objects.map(ok);
    });
    const messages = Array.from({ length: 16 }, (_, index) =>
      anExport({ sourceAnchor: index === bad ? 'bad' : `good${index}` }),
    );
    const outcomes = await applyAll(target, messages);
    expect(outcomes.map(({ kind }) => kind).filter((kind) => kind !== 'applied')).toEqual(['failed']);
    expect(outcomes[bad]?.error?.code).toBe('ADJ-EXP-3006');
    expect(calls.length).toBeLessThan(12);
  });

  it('that are refused because of the tenant are not repeated for every object', async () => {
    const { target, calls } = aTarget(() => {
      throw refused;
    });
    const outcomes = await applyAll(
      target,
      Array.from({ length: 200 }, () => anExport()),
    );
    expect(new Set(outcomes.map(({ kind, error }) => `${kind} ${error?.code}`))).toEqual(
      new Set(['deferred ADJ-EXP-3103']),
    );
    expect(calls.length).toBeLessThan(20);
  });

  it('carry no more member changes than the service takes, and the urgent ones first', async () => {
    const { target, calls } = aTarget((objects) => objects.map(ok));
    const add = Array.from({ length: 6 }, (_, index) => ({
      mv: `m${index}`,
      cloudId: `c${index}`,
      type: 'contact' as const,
    }));
    const group = (lane: ExportMessage['lane'], sourceAnchor: string) =>
      anExport({
        lane,
        sourceAnchor,
        objectType: 'group',
        attributes: { displayName: 'G' },
        references: { member: { add, remove: [] } },
      });
    await applyAll(target, [group('bulk', 'later'), group('urgent', 'first')]);
    expect(calls.map((objects) => objects.map(anchorOf))).toEqual([
      [{ type: 'string', value: 'first' }],
      [{ type: 'string', value: 'later' }],
    ]);
    expect(calls[0]?.[0]?.properties.get('member')).toMatchObject({
      changes: expect.arrayContaining([{ operation: 'add', anchorKind: 'cloud', anchor: 'Contact_c0' }]),
    });
  });
});
