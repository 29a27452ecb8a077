import { describe, expect, it } from 'vitest';
import { SyncError } from '@adjoin/contracts';
import { encodeCompanyConfigurationResponse } from '../operations/company-configuration.js';
import { encodeProvisionResponse } from '../operations/provision-objects.js';
import type { SyncObject } from '../operations/sync-value.js';
import { CONTENT_TYPE, decodeRequest, encodeFaultReply, encodeReply } from '../soap/envelope.js';
import { encodeFault, errorDetail, redirectionDetail } from '../soap/fault.js';
import type { BinaryCall, BinaryReply } from './binary-transport.js';
import { SyncServiceClient } from './sync-service-client.js';
import type { CompanyConfiguration, SyncServiceOptions } from './sync-service.js';

const ENDPOINT = 'https://adminwebservice.microsoftonline.com/provisioningservice.svc';
const COMPANY: CompanyConfiguration = {
  tenantId: 'tenant',
  displayName: 'Lab',
  initialDomain: 'lab.onmicrosoft.com',
  isDirSyncing: true,
  isPasswordSyncing: false,
  dirSyncFeatures: 41_016,
  anchorAttribute: 'mS-DS-ConsistencyGuid',
  maxLinksPerBatch: 15_000,
  synchronizationInterval: 'PT30M',
  deletionPrevention: { kind: 'EnabledForCount', thresholdCount: 500, thresholdPercentage: 0 },
};
const reply = (status: number, body: Uint8Array, headers: Record<string, string> = {}): BinaryReply => ({
  status,
  headers: { 'content-type': CONTENT_TYPE, ...headers },
  body,
});
const plain = (status: number, headers: Record<string, string> = {}): BinaryReply => ({
  status,
  headers,
  body: Buffer.from('x'),
});
const answer = (): BinaryReply =>
  reply(
    200,
    encodeReply(
      'GetCompanyConfiguration',
      '33221100-5544-7766-8899-aabbccddeeff',
      encodeCompanyConfigurationResponse(COMPANY),
    ),
  );
const redirect = (url: string): BinaryReply =>
  reply(500, encodeFaultReply(encodeFault({ reason: 'elsewhere', detail: redirectionDetail(url) })));
const fault = (code: string, status = 500): BinaryReply =>
  reply(status, encodeFaultReply(encodeFault({ reason: 'no', detail: errorDetail(code, 'because', 'tracking') })));

type Step = BinaryReply | Error;
function aClient(steps: readonly Step[], more: Partial<SyncServiceOptions> = {}) {
  const calls: BinaryCall[] = [];
  const waits: number[] = [];
  const clock = { now: 0, tokens: 0 };
  const client = new SyncServiceClient(
    {
      endpoint: ENDPOINT,
      tokens: {
        token: () => Promise.resolve(`secret-${clock.tokens}`),
        invalidate: () => void (clock.tokens += 1),
      },
      tenantId: 'tenant',
      applicationId: 'application',
      clientBuild: '2.4.21.0',
      giveUpMs: 60_000,
      ...more,
    },
    {
      transport: {
        post: (call) => {
          calls.push(call);
          const step = steps[Math.min(calls.length, steps.length) - 1];
          return step instanceof Error || step === undefined
            ? Promise.reject(step ?? new Error('no step'))
            : Promise.resolve(step);
        },
        close: () => undefined,
      },
      now: () => clock.now,
      random: () => 0.5,
      wait: (ms) => {
        waits.push(ms);
        clock.now += ms;
        return Promise.resolve();
      },
    },
  );
  return { client, calls, waits };
}
const lost = new SyncError('ADJ-EXP-3001', 'lost');
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: unknown) => (error as SyncError).code,
  );

describe('a call', () => {
  it('says who calls in headers and SyncToken, and carries the token in the message only', async () => {
    const { client, calls } = aClient([answer()]);
    expect(await client.companyConfiguration()).toEqual(COMPANY);
    const [call] = calls;
    expect(call?.headers).toMatchObject({
      'Content-Type': 'application/soap+msbin1',
      'User-Agent': '',
      'x-ms-aadmsods-apiaction': 'GetCompanyConfiguration',
      'x-ms-aadmsods-appid': 'application',
      'x-ms-aadmsods-clientversion': '8.0',
      'x-ms-aadmsods-dirsyncbuildnumber': '2.4.21.0',
      'x-ms-aadmsods-tenantid': 'tenant',
    });
    expect(JSON.stringify(call?.headers)).not.toContain('secret');
    const request = decodeRequest(call?.body ?? new Uint8Array());
    expect([
      request.operation,
      request.to,
      request.token.get('BearerToken'),
      request.token.get('ProtocolVersion'),
    ]).toEqual(['GetCompanyConfiguration', ENDPOINT, 'secret-0', '2.0']);
  });

  it('follows redirections and remembers where the tenant is', async () => {
    const { client, calls } = aClient([
      redirect('https://s2.microsoftonline.com/a.svc'),
      redirect('https://s3.microsoftonline.com/b.svc'),
      answer(),
    ]);
    await client.companyConfiguration();
    await client.companyConfiguration();
    expect(calls.map(({ url }) => url)).toEqual([
      ENDPOINT,
      'https://s2.microsoftonline.com/a.svc',
      'https://s3.microsoftonline.com/b.svc',
      'https://s3.microsoftonline.com/b.svc',
    ]);
  });

  it('is not redirected for ever', async () => {
    const { client, calls } = aClient([redirect('https://s2.microsoftonline.com/a.svc')]);
    expect(await codeOf(client.companyConfiguration())).toBe('ADJ-EXP-3104');
    expect(calls).toHaveLength(4);
  });

  it.each([
    'https://attacker.test/x.svc',
    'http://s2.microsoftonline.com/x.svc',
    'https://microsoftonline.com.attacker.test/',
    'nonsense',
  ])('does not carry its token to %s', async (url) => {
    const { client, calls } = aClient([redirect(url)]);
    expect(await codeOf(client.companyConfiguration())).toBe('ADJ-EXP-3104');
    expect(calls).toHaveLength(1);
  });

  it('renews a refused token once', async () => {
    const { client, calls } = aClient([fault('InvalidToken', 401), answer()]);
    await client.companyConfiguration();
    expect(calls.map(({ body }) => decodeRequest(body).token.get('BearerToken'))).toEqual(['secret-0', 'secret-1']);
    const other = aClient([plain(401)]);
    expect(await codeOf(other.client.companyConfiguration())).toBe('ADJ-EXP-3002');
    expect(other.calls).toHaveLength(2);
  });

  it('waits as long as it is told, or longer each time, when throttled, broken or lost', async () => {
    const { client, waits } = aClient([plain(429, { 'retry-after': '7' }), plain(503), lost, answer()]);
    await client.companyConfiguration();
    expect(waits).toEqual([7875, 1000, 2000]);
  });

  it('is left to its caller when he wants to know that the service is busy', async () => {
    const { client, calls, waits } = aClient([plain(429, { 'retry-after': '7' }), lost]);
    const objects: readonly SyncObject[] = [{ type: 'User', operation: 'Set', properties: new Map() }];
    const busy = (): Promise<unknown> => client.provision(objects, undefined, 'tell').catch((cause: unknown) => cause);
    expect(await busy()).toMatchObject({ name: 'ServiceBusy', code: 'ADJ-EXP-3005', afterMs: 7000 });
    expect(await busy()).toMatchObject({ name: 'ServiceBusy', code: 'ADJ-EXP-3001', afterMs: undefined });
    expect([calls.length, waits]).toEqual([2, []]);
  });

  it('gives up when its time is over, with the last reason', async () => {
    const { client, waits } = aClient([plain(429, { 'retry-after': '25' })]);
    expect(await codeOf(client.companyConfiguration())).toBe('ADJ-EXP-3005');
    expect(waits).toHaveLength(2);
    expect(await codeOf(aClient([lost]).client.companyConfiguration())).toBe('ADJ-EXP-3001');
  });

  it.each([
    ['an old client build', fault('UnsupportedClientBuild'), 'ADJ-EXP-3101'],
    ['a missing permission', fault('AccessDenied', 403), 'ADJ-EXP-3003'],
    ['password synchronization that is off', fault('90'), 'ADJ-EXP-3103'],
    ['a reason nobody knows', fault('4711'), 'ADJ-EXP-3103'],
    ['a page of a proxy', plain(200, { 'content-type': 'text/html' }), 'ADJ-EXP-3102'],
    ['a broken message', reply(200, Buffer.from('400161', 'hex')), 'ADJ-EXP-3102'],
    [
      'an answer to something else',
      reply(200, encodeReply('X', 'y', encodeProvisionResponse('ProvisionAzureADSyncObjects2', []))),
      'ADJ-EXP-3102',
    ],
  ])('that meets %s ends with a code', async (_what, step, code) => {
    const { client, calls } = aClient([step]);
    const error = await client.companyConfiguration().catch((cause: unknown) => cause as SyncError);
    expect((error as SyncError).code).toBe(code);
    expect(String(error)).not.toContain('secret-');
    expect(calls).toHaveLength(1);
  });
});

describe('results', () => {
  const object = (anchor: string): SyncObject => ({
    type: 'User',
    operation: 'Set',
    properties: new Map([['SourceAnchor', { type: 'string', value: anchor }]]),
  });
  const results = (...anchors: string[]) =>
    reply(
      200,
      encodeReply(
        'ProvisionAzureADSyncObjects2',
        '33221100-5544-7766-8899-aabbccddeeff',
        encodeProvisionResponse(
          'ProvisionAzureADSyncObjects2',
          anchors.map((sourceAnchor) => ({
            type: 'User',
            sourceAnchor,
            cloudAnchor: 'User_1',
            succeeded: true,
            errorCode: undefined,
            errorDescription: undefined,
          })),
        ),
      ),
    );

  it('that are fewer than the objects, or in another order, are not believed', async () => {
    expect(await codeOf(aClient([results('a')]).client.provision([object('a'), object('b')]))).toBe('ADJ-EXP-3102');
    expect(await codeOf(aClient([results('b', 'a')]).client.provision([object('a'), object('b')]))).toBe(
      'ADJ-EXP-3102',
    );
    expect(await codeOf(aClient([results('a', 'b')]).client.provision([object('a'), object('b')]))).toBe('ok');
  });
});
