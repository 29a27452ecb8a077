import { SyncError } from '@adjoin/contracts';
import { describe, expect, it } from 'vitest';
import { PDU_TYPES } from '../dcerpc/pdu-header.js';
import { win32Error } from '../drs-error.js';
import { FAKE_LOGIN, fakeDomainController, fakeUsers, type FakeDirectory } from '../testing/fake-domain-controller.js';
import { MemoryChannel } from '../testing/memory-channel.js';
import { connectDrs, type ConnectDrsOptions } from './connect-drs.js';
import type { DrsSession } from './drs-session.js';

const connect = (directory: FakeDirectory, options: Partial<ConnectDrsOptions> = {}): Promise<DrsSession> =>
  connectDrs({
    ...FAKE_LOGIN,
    open: fakeDomainController(directory),
    timeouts: { connect: 50, answer: 50 },
    ...options,
  });
const read = (session: DrsSession, signal?: AbortSignal): Promise<unknown> =>
  session.replicate({
    ...{ namingContext: 'DC=corp,DC=test', from: undefined, signal },
    transform: () => Promise.resolve(0),
    onObject: () => Promise.resolve(),
  });
/** Connects and reads, whatever of it fails. */
const connectAndRead = async (directory: FakeDirectory): Promise<unknown> => read(await connect(directory));
/** Changes sealed answers of drsuapi; what precedes them stays. */
const spoiled = (spoil: (pdu: Buffer) => Buffer | undefined): FakeDirectory => ({
  users: fakeUsers(2),
  outgoing: (pdu, type) => (type === PDU_TYPES.response ? spoil(pdu) : pdu),
});

describe('a session that cannot be used', () => {
  it.each<[string, FakeDirectory, string]>([
    ['a server without directory replication', { noDrsuapi: true }, 'ADJ-PHS-7013'],
    ['a refused interface', { bindAnswer: 'refused' }, 'ADJ-PHS-7013'],
    ['a refused kind of login', { bindAnswer: 'nak' }, 'ADJ-PHS-7014'],
    ['a server that skips the login', { account: undefined }, 'ADJ-PHS-7014'],
    ['a wrong password', { account: { ...FAKE_LOGIN, password: 'other' } }, 'ADJ-PHS-7002'],
    ['a domain controller without encryption of secrets', { extensionFlags: 0x0500_0000 }, 'ADJ-PHS-7009'],
    ['access denied after the login', { replaced: { getNcChanges: () => 5 } }, 'ADJ-PHS-7003'],
    ['access denied as first answer', { replaced: { bind: () => 5 } }, 'ADJ-PHS-7002'],
    ['an unknown fault', { replaced: { getNcChanges: () => 0x1c00001b } }, 'ADJ-PHS-7011'],
    ['no answer', { replaced: { getNcChanges: () => undefined } }, 'ADJ-PHS-7005'],
    ['an unknown domain', { replaced: { domainControllerInfo: () => Buffer.from('4b050000', 'hex') } }, 'ADJ-PHS-7012'],
    ['an empty answer', { replaced: { getNcChanges: () => Buffer.alloc(0) } }, 'ADJ-PHS-7007'],
    [
      'a changed answer',
      spoiled((pdu) => Buffer.concat([pdu.subarray(0, 40), Buffer.from([pdu[40] === 0 ? 1 : 0]), pdu.subarray(41)])),
      'ADJ-PHS-7008',
    ],
    ['an answer that is not sealed', spoiled((pdu) => unsealed(pdu)), 'ADJ-PHS-7008'],
    ['an answer cut off by the end of the connection', spoiled((pdu) => pdu.subarray(0, 30)), 'ADJ-PHS-7005'],
    ['a closed connection', spoiled(() => undefined), 'ADJ-PHS-7006'],
    ['another protocol', spoiled(() => Buffer.from('HTTP/1.1 400 Bad Request\r\n')), 'ADJ-PHS-7007'],
  ])('has a code for %s', async (_, directory, code) => {
    const failure: unknown = await connectAndRead(directory).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SyncError);
    expect(failure).toMatchObject({ code });
    expect(String(failure)).not.toContain(FAKE_LOGIN.password);
  });

  it('has a code for a host that cannot be reached and for one that never answers', async () => {
    const unreachable = new SyncError('ADJ-PHS-7001', 'no route');
    await expect(connect({}, { open: () => Promise.reject(unreachable) })).rejects.toBe(unreachable);
    const silent = { open: () => new Promise<never>(() => undefined) };
    await expect(connect({}, silent)).rejects.toMatchObject({ code: 'ADJ-PHS-7005' });
    const mute = { open: () => Promise.resolve(new MemoryChannel(() => undefined)) };
    await expect(connect({}, mute)).rejects.toMatchObject({ code: 'ADJ-PHS-7005' });
  });
});

describe('an open session', () => {
  it('ends at once when it is told to, with the reason given, and stays closed', async () => {
    const stop = new AbortController();
    const session = await connect({ replaced: { getNcChanges: () => undefined } }, { timeouts: { answer: 60_000 } });
    const reading = read(session, stop.signal);
    stop.abort(new Error('shutting down'));
    await expect(reading).rejects.toThrow('shutting down');
    await session.close();
    await expect(session.domainControllerInfo()).rejects.toMatchObject({
      code: expect.stringContaining('ADJ-') as string,
    });
  });

  it('is not harmed by an operation that was called off before it began', async () => {
    const session = await connect({ users: fakeUsers(1) });
    await expect(session.domainControllerInfo('CORP', AbortSignal.abort(new Error('too late')))).rejects.toThrow(
      'too late',
    );
    expect(await session.domainControllerInfo()).toHaveLength(1);
  });

  it('closes without an error, also twice and after the connection was lost', async () => {
    const session = await connect(spoiled((pdu) => pdu));
    await session.close();
    await session.close();
    session.destroy();
  });
});

describe('errors of the domain controller', () => {
  it('say what, where and what to do', () => {
    const denied = win32Error('Reading changes', 8453);
    expect(String(denied)).toMatch(/^\[ADJ-PHS-7003\] .*8453.*Replicating Directory Changes All/);
    expect(denied.retry).toBe('later');
  });
});

/** The same fragment with its trailer and signature taken off. */
function unsealed(pdu: Buffer): Buffer {
  const bytes = Buffer.from(pdu.subarray(0, pdu.length - 24));
  bytes.writeUInt16LE(bytes.length, 8);
  bytes.writeUInt16LE(0, 10);
  return bytes;
}
