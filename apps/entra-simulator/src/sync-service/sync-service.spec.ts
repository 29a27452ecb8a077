import { pbkdf2Sync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CredentialItem, SyncServiceClient } from '@adjoin/sync-service';
import { md4 } from '../sign-in/md4.js';
import { startSimulator, type RunningSimulator } from '../simulator.js';
import { syncClient, syncObject } from '../testing/sync-client.js';
import { wireClient, type WireClient } from '../testing/https-client.js';
import { DEFAULT_FEATURES, FEATURES } from './features.js';

let simulator: RunningSimulator;
let client: SyncServiceClient;
let http: WireClient;
let token: string;

beforeAll(async () => {
  simulator = await startSimulator({ domains: [{ name: 'ok.test' }], initialDomain: 'lab.onmicrosoft.com' });
  client = syncClient(simulator);
  http = wireClient(simulator);
  token = String((await http.token()).body['access_token']);
});
beforeEach(async () => {
  await admin('POST', '/reset');
  await features(DEFAULT_FEATURES);
});
afterAll(async () => {
  client.close();
  http.close();
  await simulator.close();
});

const admin = async (method: string, path: string, body?: unknown): Promise<unknown> =>
  (
    await fetch(`${simulator.adminUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  ).json();
const features = (bits: number): Promise<unknown> => admin('PUT', '/settings', { syncService: { features: bits } });
const graph = async (path: string) =>
  (await http.send('GET', `${simulator.baseUrl}/v1.0${path}`, undefined, token)).body;
const aUser = (anchor: string, more: Parameters<typeof syncObject>[2] = {}) =>
  syncObject('User', anchor, {
    accountEnabled: true,
    displayName: anchor,
    userPrincipalName: `${anchor}@ok.test`,
    ...more,
  });
async function put(...objects: ReturnType<typeof syncObject>[]): Promise<string[]> {
  const results = await client.provision(objects);
  for (const { errorDescription } of results) expect(errorDescription).toBeUndefined();
  return results.map(({ cloudAnchor }) => String(cloudAnchor).replace(/^.*_/, ''));
}
const refusal = async (object: ReturnType<typeof syncObject>): Promise<string | undefined> =>
  (await client.provision([object]))[0]?.errorCode;

function credential(password: string, sourceAnchor: string, more: Partial<CredentialItem> = {}): CredentialItem {
  const salt = '00112233445566778899';
  const hex = md4(Buffer.from(password, 'utf16le')).toString('hex').toUpperCase();
  const hash = pbkdf2Sync(Buffer.from(hex, 'utf16le'), Buffer.from(salt, 'hex'), 1000, 32, 'sha256').toString('hex');
  return {
    sourceAnchor,
    credentialData: `v1;PPH1_MD4,${salt},1000,${hash};`,
    changeDate: new Date('2026-03-01T10:00:00Z'),
    forcePasswordChange: false,
    ...more,
  };
}
const signIn = async (username: string, password: string): Promise<number> => {
  const reply = await http.token({ grant_type: 'password', username, password, scope: 'openid profile' });
  const codes = reply.body['error_codes'];
  return reply.status === 200 ? 0 : Number(Array.isArray(codes) ? codes[0] : -1);
};

describe('password credentials', () => {
  it('let a synchronized user sign in with the password of Active Directory, and with no other', async () => {
    await put(aUser('kim'));
    const outcomes = await client.sendCredentials([credential('Pa$$w0rd', 'kim')]);
    expect(outcomes).toEqual([{ kind: 'accepted', sourceAnchor: 'kim' }]);
    expect([await signIn('kim@ok.test', 'Pa$$w0rd'), await signIn('kim@ok.test', 'pa$$w0rd')]).toEqual([0, 50126]);
    expect(await signIn('nobody@ok.test', 'x')).toBe(50034);
  });

  it('of the latest arrival count', async () => {
    await put(aUser('kim'));
    await client.sendCredentials([credential('old', 'kim'), credential('new', 'kim')]);
    expect([await signIn('kim@ok.test', 'new'), await signIn('kim@ok.test', 'old')]).toEqual([0, 50126]);
  });

  it('of unknown users are told apart from those of known ones in the same call', async () => {
    const [id = ''] = await put(aUser('kim'));
    const outcomes = await client.sendCredentials([
      credential('a', 'nobody'),
      credential('a', 'kim', { cloudAnchor: `User_${id}` }),
      credential('a', 'kim', { cloudAnchor: 'User_00000000-0000-0000-0000-000000000000' }),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown-user', 'accepted', 'unknown-user']);
  });

  it('that are malformed are not sent', async () => {
    const outcomes = await client.sendCredentials([credential('a', 'kim', { credentialData: 'secret-text' })]);
    expect(outcomes[0]).toMatchObject({ kind: 'refused', error: { code: 'ADJ-EXP-3006' } });
    expect(JSON.stringify(outcomes)).not.toContain('secret-text');
  });

  it('do not open a disabled account, and ask for a change when the feature is on', async () => {
    await features(FEATURES.PasswordHashSync | FEATURES.UserForcePasswordChangeOnLogon);
    await put(aUser('kim', { accountEnabled: false }), aUser('lee'));
    await client.sendCredentials([credential('a', 'kim'), credential('a', 'lee', { forcePasswordChange: true })]);
    expect([await signIn('kim@ok.test', 'a'), await signIn('lee@ok.test', 'a')]).toEqual([50057, 50055]);
  });

  it('are refused while the tenant has the feature off', async () => {
    await put(aUser('kim'));
    await features(0);
    await expect(client.sendCredentials([credential('a', 'kim')])).rejects.toMatchObject({ code: 'ADJ-EXP-3103' });
  });

  it('set the password policy of the cloud', async () => {
    const [id = ''] = await put(aUser('kim'));
    await client.sendCredentials([credential('a', 'kim')]);
    expect(await graph(`/users/${id}?$select=passwordPolicies,lastPasswordChangeDateTime`)).toMatchObject({
      passwordPolicies: 'DisablePasswordExpiration',
      lastPasswordChangeDateTime: '2026-03-01T10:00:00.000Z',
    });
  });
});

describe('objects', () => {
  it('of all types show in Graph as synchronized from on premises', async () => {
    const deviceId = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
    const ids = await put(
      aUser('kim', {
        proxyAddresses: ['SMTP:kim@ok.test', 'smtp:k@ok.test'],
        onPremisesSamAccountName: 'kim',
        onPremiseSecurityIdentifier: Buffer.from('0105000000000005150000000100000002000000030000005d040000', 'hex'),
        extensionAttribute3: 'x',
      }),
      syncObject('Contact', 'contact', { displayName: 'Partner', mail: 'p@partner.test' }),
      syncObject('Group', 'list', {
        displayName: 'List',
        mail: 'list@ok.test',
        proxyAddresses: ['SMTP:list@ok.test'],
        securityEnabled: false,
      }),
      syncObject('Device', 'device', {
        displayName: 'PC',
        accountEnabled: true,
        deviceId,
        deviceTrustType: 'ServerAd',
      }),
    );
    expect(
      await graph(
        `/users/${ids[0]}?$select=proxyAddresses,onPremisesSyncEnabled,onPremisesImmutableId,onPremisesSecurityIdentifier,onPremisesSamAccountName,onPremisesExtensionAttributes`,
      ),
    ).toMatchObject({
      proxyAddresses: ['SMTP:kim@ok.test', 'smtp:k@ok.test'],
      onPremisesSyncEnabled: true,
      onPremisesImmutableId: 'kim',
      onPremisesSecurityIdentifier: 'S-1-5-21-1-2-3-1117',
      onPremisesSamAccountName: 'kim',
      onPremisesExtensionAttributes: { extensionAttribute3: 'x' },
    });
    expect(await graph(`/contacts/${ids[1]}`)).toMatchObject({
      displayName: 'Partner',
      mail: 'p@partner.test',
      onPremisesSyncEnabled: true,
    });
    expect(await graph(`/groups/${ids[2]}`)).toMatchObject({
      mailEnabled: true,
      securityEnabled: false,
      proxyAddresses: ['SMTP:list@ok.test'],
    });
    expect(await graph(`/devices/${ids[3]}`)).toMatchObject({
      deviceId: '00112233-4455-6677-8899-aabbccddeeff',
      onPremisesSyncEnabled: true,
    });
  });

  it('keep what an update does not name, and lose what it clears', async () => {
    const [id = ''] = await put(aUser('kim', { title: 'Boss', city: 'Graz' }));
    await put(syncObject('User', 'kim', { title: null, displayName: '<Kim> & "Co"' }));
    expect(await graph(`/users/${id}?$select=jobTitle,city,displayName`)).toMatchObject({
      jobTitle: null,
      city: 'Graz',
      displayName: '<Kim> & "Co"',
    });
  });

  it.each([
    ['an unknown property', { nonsense: 'x' }, 'InvalidProperty'],
    ['a wrong type', { accountEnabled: 'true' }, 'InvalidProperty'],
    ['a property the service computes', { cloudLegacyExchangeDN: 'x' }, 'InvalidProperty'],
    ['a name that is none', { userPrincipalName: 'kim' }, 'IdentityDataValidationFailed'],
    ['a photo that is too large', { thumbnailPhoto: new Uint8Array(200_000) }, 'LargeObject'],
    [
      'a member that does not exist',
      { manager: { type: 'references', changes: [{ operation: 'add', anchorKind: 'source', anchor: 'x' }] } },
      'ReferenceNotFound',
    ],
  ] as const)('are refused alone for %s', async (_what, values, code) => {
    const [bad, good] = await client.provision([aUser('kim', values), aUser('lee')]);
    expect([bad?.errorCode, good?.succeeded]).toEqual([code, true]);
  });

  it('take members as changes, by either anchor', async () => {
    const [kim = '', , group = ''] = await put(
      aUser('kim'),
      aUser('lee'),
      syncObject('Group', 'g', { displayName: 'G', securityEnabled: true }),
    );
    const members = async () => ((await graph(`/groups/${group}/members?$select=id`))['value'] as unknown[]).length;
    const change = (operation: 'add' | 'remove', anchorKind: 'cloud' | 'source', anchor: string) => ({
      operation,
      anchorKind,
      anchor,
    });
    await put(
      syncObject('Group', 'g', {
        member: {
          type: 'references',
          changes: [change('add', 'cloud', `User_${kim}`), change('add', 'source', 'lee')],
        },
      }),
    );
    expect(await members()).toBe(2);
    await put(
      syncObject('Group', 'g', {
        member: {
          type: 'references',
          changes: [change('remove', 'source', 'lee'), change('remove', 'source', 'gone')],
        },
      }),
    );
    expect(await members()).toBe(1);
  });

  it('that are deleted come back with the same cloud id', async () => {
    const [id] = await put(aUser('kim'));
    await put(syncObject('User', 'kim', {}, 'Delete'));
    expect(await graph(`/users/${id}`)).toHaveProperty('error');
    expect(await put(aUser('kim'))).toEqual([id]);
  });

  it('of the cloud cannot be deleted', async () => {
    const created = await http.send('POST', `${simulator.baseUrl}/v1.0/users`, cloudUser('cloud@ok.test'), token);
    const object = syncObject('User', 'x', { CloudAnchor: `User_${String(created.body['id'])}` }, 'Delete');
    expect(await refusal(object)).toBe('DeletionAccessViolation');
  });
});

const cloudUser = (userPrincipalName: string, more: object = {}) => ({
  accountEnabled: true,
  displayName: 'Cloud',
  mailNickname: userPrincipalName.split('@')[0] ?? '',
  userPrincipalName,
  passwordProfile: { password: 'Xy!2345678', forceChangePasswordNextSignIn: false },
  ...more,
});
const inCloud = async (userPrincipalName: string, more: object = {}): Promise<string> =>
  String(
    (await http.send('POST', `${simulator.baseUrl}/v1.0/users`, cloudUser(userPrincipalName, more), token)).body['id'],
  );

describe('matching (spec engine/entra-service.md section 2)', () => {
  it('takes over the user with the immutable id (hard match), unless that is blocked', async () => {
    const id = await inCloud('a@ok.test', { onPremisesImmutableId: 'anchor' });
    await features(FEATURES.BlockCloudObjectTakeoverThroughHardMatch);
    expect(await refusal(aUser('anchor'))).toBe('InvalidHardMatch');
    await features(0);
    expect(await put(aUser('anchor'))).toEqual([id]);
  });

  it('takes over a cloud user by the primary address or the name (soft match), unless that is blocked', async () => {
    const byMail = await inCloud('mail@ok.test', { mail: 'm@ok.test' });
    const byName = await inCloud('name@ok.test');
    await features(FEATURES.SoftMatchOnUpn);
    expect(
      await put(
        aUser('one', { proxyAddresses: ['SMTP:m@ok.test'] }),
        aUser('two', { userPrincipalName: 'name@ok.test' }),
      ),
    ).toEqual([byMail, byName]);
    const other = await inCloud('other@ok.test');
    await features(FEATURES.SoftMatchOnUpn | FEATURES.BlockSoftMatch);
    const [made] = await put(aUser('three', { userPrincipalName: 'other@ok.test' }));
    expect(made).not.toBe(other);
  });

  it('does not join on a secondary address: the duplicate is held back', async () => {
    const id = await inCloud('mail@ok.test', { mail: 'm@ok.test' });
    const [made = ''] = await put(aUser('one', { proxyAddresses: ['smtp:m@ok.test', 'SMTP:one@ok.test'] }));
    expect(made).not.toBe(id);
    expect(await graph(`/users/${made}?$select=proxyAddresses,onPremisesProvisioningErrors`)).toMatchObject({
      proxyAddresses: ['SMTP:one@ok.test'],
      onPremisesProvisioningErrors: [
        { category: 'PropertyConflict', propertyCausingError: 'ProxyAddress', value: 'm@ok.test' },
      ],
    });
  });

  it('refuses an object of another type and an administrator', async () => {
    await inCloud('mail@ok.test', { mail: 'm@ok.test' });
    expect(await refusal(syncObject('Group', 'g', { displayName: 'G', proxyAddresses: ['SMTP:m@ok.test'] }))).toBe(
      'ObjectTypeMismatch',
    );
    const id = await inCloud('boss@ok.test');
    await admin('PUT', '/roles', { 'Global Administrator': [id] });
    expect(await refusal(aUser('boss'))).toBe('ExistingAdminRoleConflict');
  });

  it('gives a duplicate name a placeholder and heals it when the conflict is gone', async () => {
    const [first = '', second = ''] = await put(
      aUser('one', { userPrincipalName: 'x@ok.test' }),
      aUser('two', { userPrincipalName: 'x@ok.test' }),
    );
    expect((await graph(`/users/${second}?$select=userPrincipalName`))['userPrincipalName']).toMatch(
      /^x\+\d{4}@lab\.onmicrosoft\.com$/,
    );
    expect((await graph(`/users/${first}?$select=userPrincipalName`))['userPrincipalName']).toBe('x@ok.test');
    await put(
      syncObject('User', 'one', {}, 'Delete'),
      syncObject('User', 'two', { title: 'a change lets the service look again' }),
    );
    expect((await graph(`/users/${second}?$select=userPrincipalName`))['userPrincipalName']).toBe('x@ok.test');
  });
});

describe('names (spec engine/entra-service.md section 3)', () => {
  it('follow the five steps of the test sequence', async () => {
    const steps: readonly [Parameters<typeof aUser>[1], string, string][] = [
      [
        { proxyAddresses: ['SMTP:p1@lab.test'], mail: 'p2@lab.test', userPrincipalName: 'p3@lab.test' },
        'p1',
        'p1@lab.onmicrosoft.com',
      ],
      [{ alias: 'p4' }, 'p4', 'p1@lab.onmicrosoft.com'],
      [{ userPrincipalName: 'p5@lab.test' }, 'p4', 'p4@lab.onmicrosoft.com'],
      [{ proxyAddresses: ['SMTP:p6@lab.test'], mail: 'p7@lab.test' }, 'p4', 'p4@lab.onmicrosoft.com'],
      [{ userPrincipalName: 'p5@ok.test' }, 'p4', 'p5@ok.test'],
    ];
    for (const [index, [values, nickname, upn]] of steps.entries()) {
      const [id = ''] = await put(index === 0 ? aUser('kim', values) : syncObject('User', 'kim', values ?? {}));
      expect(await graph(`/users/${id}?$select=mailNickname,userPrincipalName`)).toMatchObject({
        mailNickname: nickname,
        userPrincipalName: upn,
      });
    }
  });

  it('are read back as they were exported', async () => {
    await put(aUser('kim', { userPrincipalName: 'kim@unverified.test' }));
    const { objects } = await client.readBack({ full: true });
    expect(objects[0]?.properties.get('UserPrincipalName')).toEqual({ type: 'string', value: 'kim@unverified.test' });
  });
});

describe('a synchronized object in Graph', () => {
  it('refuses changes to what is mastered on premises, and takes those of the cloud', async () => {
    const [user = '', group = ''] = await put(
      aUser('kim'),
      syncObject('Group', 'g', { displayName: 'G', securityEnabled: true }),
    );
    const patch = async (path: string, body: object): Promise<number> =>
      (await http.send('PATCH', `${simulator.baseUrl}/v1.0${path}`, body as { [name: string]: string }, token)).status;
    expect(await patch(`/users/${user}`, { displayName: 'x' })).toBe(400);
    expect(await patch(`/users/${user}`, { usageLocation: 'AT' })).toBe(204);
    expect(await patch(`/groups/${group}`, { description: 'x' })).toBe(400);
    const reference = { '@odata.id': `${simulator.baseUrl}/v1.0/directoryObjects/${user}` };
    const added = await http.send('POST', `${simulator.baseUrl}/v1.0/groups/${group}/members/$ref`, reference, token);
    expect(added.status).toBe(400);
  });

  it('is the same after the tenant was saved and loaded: values, cookie, password', async () => {
    const [id] = await put(aUser('kim', { proxyAddresses: ['SMTP:kim@ok.test'], thumbnailPhoto: new Uint8Array(3) }));
    await client.sendCredentials([credential('Pa$$w0rd', 'kim')]);
    const before = await client.readBack({ full: true });
    await admin('PUT', '/state', await admin('GET', '/state'));
    expect((await client.readBack({ full: true })).objects).toEqual(before.objects);
    expect((await client.readBack({ full: false, cookie: before.cookie })).objects).toEqual([]);
    expect(await signIn('kim@ok.test', 'Pa$$w0rd')).toBe(0);
    expect(await put(syncObject('User', 'kim', { title: 'x' }))).toEqual([id]);
  });
});

describe('read-back', () => {
  it('gives everything in pages, then changes and deletions since the cookie', async () => {
    await put(...Array.from({ length: 500 }, (_, index) => aUser(`u${index}`)));
    await put(...Array.from({ length: 30 }, (_, index) => aUser(`v${index}`)));
    const first = await client.readBack({ full: true });
    const second = await client.readBack({ full: true, cookie: first.cookie });
    expect([first.objects.length, first.more, second.objects.length, second.more]).toEqual([500, true, 30, false]);
    expect((await client.readBack({ full: false, cookie: second.cookie })).objects).toEqual([]);
    await put(syncObject('User', 'u7', { title: 'x' }), syncObject('User', 'u8', {}, 'Delete'));
    const delta = await client.readBack({ full: false, cookie: second.cookie });
    expect(delta.objects.map(({ operation, properties }) => [operation, properties.get('SourceAnchor')])).toEqual([
      ['Set', { type: 'string', value: 'u7' }],
      ['Delete', { type: 'string', value: 'u8' }],
    ]);
  });

  it('of a tenant that was replaced wants a full read', async () => {
    await put(aUser('kim'));
    const { cookie } = await client.readBack({ full: true });
    await admin('POST', '/reset');
    await expect(client.readBack({ full: false, cookie })).rejects.toMatchObject({ code: 'ADJ-EXP-3103' });
  });
});

describe('the endpoint', () => {
  it('tells configuration and capabilities', async () => {
    await features(FEATURES.PasswordHashSync);
    expect(await client.companyConfiguration()).toMatchObject({
      tenantId: simulator.tenantId,
      dirSyncFeatures: 1,
      maxLinksPerBatch: 15_000,
      isPasswordSyncing: true,
      deletionPrevention: { kind: 'EnabledForCount', thresholdCount: 500, thresholdPercentage: 0 },
    });
    expect(await client.capabilities()).toEqual({
      latestVersion: '3.2',
      minimumVersion: '2.0.0.0',
      blockedVersions: [],
    });
    await expect(client.finalizeExport(3, 3)).resolves.toBeUndefined();
  });

  it('takes the switches of the tenant, all of them at once', async () => {
    await client.setFeatures(FEATURES.PasswordHashSync | FEATURES.BlockSoftMatch);
    expect(await client.companyConfiguration()).toMatchObject({ dirSyncFeatures: 524_289, isPasswordSyncing: true });
    await client.setFeatures(0);
    expect(await client.companyConfiguration()).toMatchObject({ dirSyncFeatures: 0, isPasswordSyncing: false });
  });

  it('refuses an old client build, another tenant and a token of Graph', async () => {
    const attempt = async (more: Parameters<typeof syncClient>[1]): Promise<unknown> => {
      const other = syncClient(simulator, { giveUpMs: 0, ...more });
      return other
        .companyConfiguration()
        .then(
          () => 'accepted',
          (error: unknown) => (error as { code: string }).code,
        )
        .finally(() => other.close());
    };
    expect(await attempt({ clientBuild: '1.5.29.0' })).toBe('ADJ-EXP-3101');
    expect(await attempt({ tenantId: 'other' })).toBe('ADJ-EXP-3103');
    expect(await attempt({ tokens: { token: () => Promise.resolve(token), invalidate: () => undefined } })).toBe(
      'ADJ-EXP-3002',
    );
  });

  it('sends a client to another address, which it follows', async () => {
    await admin('PUT', '/settings', { syncService: { redirections: 1 } });
    expect((await client.companyConfiguration()).tenantId).toBe(simulator.tenantId);
  });

  it('can fail as the service does: throttled, broken, answer lost', async () => {
    const path = '^/provisioningservice.svc/Provision';
    await admin('PUT', '/faults', [
      { path, status: 429, retryAfter: 0, count: 1 },
      { path, status: 503, count: 1 },
      { path, drop: true, when: 'after', count: 1 },
    ]);
    const [id] = await put(aUser('kim'));
    expect(await put(aUser('kim'))).toEqual([id]);
    expect((await client.readBack({ full: true })).objects).toHaveLength(1);
  });
});
