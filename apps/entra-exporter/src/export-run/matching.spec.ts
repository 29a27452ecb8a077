import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExportMessage, MatchingConfig } from '@adjoin/contracts';
import { startSimulator, type RunningSimulator } from '@adjoin/entra-simulator';
import { GraphApi, GraphBatcher, ensureAnchorExtension, readDomains } from '@adjoin/graph';
import { PrivilegedUsers } from '../tenant/privileged-users.js';
import { aUserExport } from '../testing/engine-stub.js';
import { CheckedTransport } from '../testing/wire-log.js';
import { DirectoryLookup } from './directory-lookup.js';
import { exportObject, type ExportContext } from './export-object.js';
import type { Outcome } from './outcome.js';

let simulator: RunningSimulator;
let transport: CheckedTransport;
let api: GraphApi;
let context: ExportContext;

beforeAll(async () => {
  simulator = await startSimulator({
    initialDomain: 'lab.onmicrosoft.com',
    domains: [{ name: 'corp.test' }, { name: 'ok.test' }],
  });
  transport = new CheckedTransport(simulator.ca);
  api = new GraphApi({
    graphUrl: simulator.baseUrl,
    authority: simulator.authority,
    tenantId: simulator.tenantId,
    clientId: simulator.clientId,
    credential: { kind: 'secret', secret: () => simulator.clientSecret },
    transport,
  });
});
afterAll(async () => {
  transport.close();
  await simulator.close();
});
beforeEach(async () => {
  await admin('POST', '/reset');
  context = await aContext();
});

const admin = (method: string, path: string, body?: unknown) =>
  fetch(`${simulator.adminUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

async function aContext(matching: Partial<MatchingConfig> = {}): Promise<ExportContext> {
  const batcher = new GraphBatcher({ send: (body) => api.call('POST', '/$batch', { body }) });
  return {
    api,
    batcher,
    lookup: new DirectoryLookup(batcher),
    tenant: { domains: await readDomains(api), anchorExtension: await ensureAnchorExtension(api, simulator.clientId) },
    matching: { hardMatch: 'allow', softMatch: 'address-and-name', ...matching },
    privileged: new PrivilegedUsers(api),
    windowMs: 30_000,
    admits: () => true,
    now: Date.now,
  };
}

/** A user of the cloud, made by somebody else. */
async function cloudUser(name: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const body = {
    displayName: `Cloud ${name}`,
    mailNickname: name,
    userPrincipalName: `${name}@corp.test`,
    accountEnabled: true,
    passwordProfile: { password: 'Some-Passw0rd!', forceChangePasswordNextSignIn: false },
    ...more,
  };
  return ((await api.must('POST', '/users', 'x', { body })) as { id: string }).id;
}
const newUser = (name: string, more: ExportMessage['attributes'] = {}): ExportMessage =>
  aUserExport({
    name: `${name}@corp.test`,
    sourceAnchor: `anchor-${name}`,
    attributes: { displayName: `AD ${name}`, userPrincipalName: `${name}@corp.test`, accountEnabled: true, ...more },
  });
const apply = (message: ExportMessage): Promise<Outcome> =>
  exportObject(context, message, { intent: undefined, applied: undefined });
const read = async (id: string | undefined) =>
  (await api.must(
    'GET',
    `/users/${id ?? ''}?$select=displayName,onPremisesImmutableId,userPrincipalName,mailNickname,mail`,
    'x',
  )) as Readonly<Record<string, unknown>>;
const userCount = async (): Promise<number> =>
  ((await (await admin('GET', '/stats')).json()) as { objects: { users: number } }).objects.users;

describe('an object new to Adjoin (entra-service section 2)', () => {
  it('takes over the user that has its source anchor (hard match)', async () => {
    const id = await cloudUser('kim', { onPremisesImmutableId: 'anchor-kim' });
    const outcome = await apply(newUser('kim'));
    expect([outcome.kind, outcome.cloudId, await userCount()]).toEqual(['applied', id, 1]);
    expect(await read(id)).toMatchObject({ displayName: 'AD kim' });
  });

  it.each([['blocked'], ['an administrator']])('does not take it over when it is %s: InvalidHardMatch', async (why) => {
    const id = await cloudUser('kim', { onPremisesImmutableId: 'anchor-kim' });
    if (why === 'blocked') context = await aContext({ hardMatch: 'block' });
    else await admin('PUT', '/roles', { 'Global Administrator': [id] });
    const outcome = await apply(newUser('kim'));
    expect([outcome.kind, outcome.error?.code]).toEqual(['failed', 'ADJ-EXP-3011']);
    expect(await read(id)).toMatchObject({ displayName: 'Cloud kim' });
  });

  it('takes over a cloud user with the same name (soft match): anchor stored, values overwritten', async () => {
    const id = await cloudUser('kim');
    const outcome = await apply(newUser('kim'));
    expect([outcome.kind, outcome.cloudId, await userCount()]).toEqual(['applied', id, 1]);
    expect(await read(id)).toMatchObject({ displayName: 'AD kim', onPremisesImmutableId: 'anchor-kim' });
  });

  it('takes over a cloud user with the same primary address, and gives it its name', async () => {
    const id = await cloudUser('old', { mail: 'kim@corp.test' });
    const outcome = await apply(newUser('kim', { mail: 'kim@corp.test' }));
    expect([outcome.kind, outcome.cloudId]).toEqual(['applied', id]);
    expect(await read(id)).toMatchObject({ userPrincipalName: 'kim@corp.test', onPremisesImmutableId: 'anchor-kim' });
  });

  it('does not join on a secondary address: the value is held back', async () => {
    const id = await cloudUser('old', { mail: 'kim@corp.test' });
    await api.must('PATCH', `/users/${id}`, 'x', { body: { mail: 'other@corp.test' } });
    const outcome = await apply(newUser('kim', { mail: 'kim@corp.test' }));
    expect([outcome.kind, outcome.created, outcome.error?.code]).toEqual(['applied', true, 'ADJ-EXP-3015']);
    expect(outcome.shadows?.['mail']).toEqual({ asked: 'kim@corp.test', sent: null });
    expect(await read(outcome.cloudId)).toMatchObject({ mail: null });
  });

  it('never takes over an administrator: ExistingAdminRoleConflict', async () => {
    const id = await cloudUser('kim');
    await admin('PUT', '/roles', { 'User Administrator': [id] });
    const outcome = await apply(newUser('kim'));
    expect([outcome.kind, outcome.error?.code, await userCount()]).toEqual(['failed', 'ADJ-EXP-3014', 1]);
  });

  it('is refused when soft match is blocked: InvalidSoftMatch', async () => {
    await cloudUser('kim');
    context = await aContext({ softMatch: 'block' });
    const outcome = await apply(newUser('kim'));
    expect([outcome.kind, outcome.error?.code]).toEqual(['failed', 'ADJ-EXP-3012']);
  });

  it('is refused when the address belongs to a group: ObjectTypeMismatch', async () => {
    const group = {
      displayName: 'Team',
      mailNickname: 'team',
      mailEnabled: true,
      securityEnabled: false,
      groupTypes: ['Unified'],
    };
    await api.must('POST', '/groups', 'x', { body: group });
    const outcome = await apply(newUser('kim', { mail: 'team@lab.onmicrosoft.com' }));
    expect([outcome.kind, outcome.error?.code]).toEqual(['failed', 'ADJ-EXP-3013']);
  });

  it('keeps away from a user with another anchor: it gets a placeholder on the initial domain', async () => {
    const id = await cloudUser('kim', { onPremisesImmutableId: 'another' });
    const outcome = await apply(newUser('kim'));
    expect([outcome.kind, outcome.created, outcome.error?.code]).toEqual(['applied', true, 'ADJ-EXP-3015']);
    expect(outcome.shadows?.['userPrincipalName']).toMatchObject({ asked: 'kim@corp.test' });
    expect((await read(outcome.cloudId))['userPrincipalName']).toMatch(/^kim\d{4}@lab\.onmicrosoft\.com$/);
    expect(await read(id)).toMatchObject({ displayName: 'Cloud kim', onPremisesImmutableId: 'another' });
  });

  it('can lose name and address at once', async () => {
    await cloudUser('kim', { onPremisesImmutableId: 'another', mail: 'kim@corp.test' });
    const outcome = await apply(newUser('kim', { mail: 'kim@corp.test' }));
    expect([outcome.kind, Object.keys(outcome.shadows ?? {}).sort()]).toEqual([
      'applied',
      ['alias', 'mail', 'userPrincipalName'],
    ]);
  });

  it('fails with a code of its own when a value is too large: ExceededAllowedLength', async () => {
    const outcome = await apply(newUser('kim', { streetAddress: 'x'.repeat(1025) }));
    expect([outcome.kind, outcome.error?.code]).toEqual(['failed', 'ADJ-EXP-3016']);
  });
});

describe('mailNickname and userPrincipalName', () => {
  it('follow the five steps of the test sequence (entra-service section 3)', async () => {
    const first = aUserExport({
      sourceAnchor: 'anchor-p',
      attributes: {
        displayName: 'P',
        accountEnabled: true,
        proxyAddresses: ['SMTP:p1@lab.test'],
        mail: 'p2@lab.test',
        userPrincipalName: 'p3@lab.test',
      },
    });
    const created = await apply(first);
    const cloudId = created.cloudId ?? '';
    const names = async () => {
      const { mailNickname, userPrincipalName } = await read(cloudId);
      return [mailNickname, userPrincipalName];
    };
    const change = (attributes: ExportMessage['attributes']): Promise<Outcome> =>
      apply({ ...first, operation: 'update', cloudId, attributes });
    expect(await names()).toEqual(['p1', 'p1@lab.onmicrosoft.com']);
    await change({ alias: 'p4' });
    expect(await names()).toEqual(['p4', 'p1@lab.onmicrosoft.com']);
    await change({ userPrincipalName: 'p5@lab.test' });
    expect(await names()).toEqual(['p4', 'p4@lab.onmicrosoft.com']);
    await change({ proxyAddresses: ['SMTP:p6@lab.test'], mail: 'p7@lab.test' });
    expect(await names()).toEqual(['p4', 'p4@lab.onmicrosoft.com']);
    await change({ userPrincipalName: 'p5@ok.test' });
    expect(await names()).toEqual(['p4', 'p5@ok.test']);
  });
});
