import { LdapResultError } from '@adjoin/ad-ldap';
import {
  SyncError,
  writableAttributes,
  type AdConnectorConfig,
  type ForestExportMessage,
  type ResultMessage,
} from '@adjoin/contracts';
import { createLogger, type MessageProducer } from '@adjoin/shared';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyWrite, type WriteOptions } from './apply-write.js';
import type { ForestWriter } from './forest-writer.js';
import { writeBackTopics, writeBatch } from './write-back-consumer.js';

const ATTRIBUTE = 'ms-DS-ConsistencyGuid';
const KIM = '00000000-0000-4000-8000-000000000001';
const VALUE = Buffer.alloc(16, 7);
const OTHER = Buffer.alloc(16, 9);

/** A forest of a few objects with one attribute each; it refuses as a domain controller does. */
class FakeForest implements ForestWriter {
  readonly values = new Map<string, readonly Buffer[]>([[KIM, []]]);
  readonly written: string[] = [];
  refusal: Error | undefined;
  /** Called before a value is added: somebody else is faster. */
  faster: () => void = () => undefined;

  read(guid: string): Promise<readonly Buffer[] | undefined> {
    return Promise.resolve(this.values.get(guid));
  }
  add(guid: string, attribute: string, values: readonly Buffer[]): Promise<void> {
    this.faster();
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    if ((this.values.get(guid) ?? []).length > 0) return Promise.reject(new LdapResultError(20, 'value exists'));
    this.values.set(guid, values);
    this.written.push(`${attribute} of ${guid}`);
    return Promise.resolve();
  }
  replace(guid: string, attribute: string, values: readonly Buffer[]): Promise<void> {
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    this.values.set(guid, values);
    this.written.push(`${attribute} of ${guid}`);
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A list of addresses takes what is added to it. */
class AddressList extends FakeForest {
  override add(guid: string, attribute: string, values: readonly Buffer[]): Promise<void> {
    this.values.set(guid, [...(this.values.get(guid) ?? []), ...values]);
    this.written.push(`${attribute} of ${guid}: ${values.join()}`);
    return Promise.resolve();
  }
}

const message = (changes: Partial<ForestExportMessage> = {}): ForestExportMessage => ({
  target: 'corp',
  objectId: 'cs-1',
  version: 3,
  epoch: 0,
  lane: 'normal',
  releasedAt: '2026-01-01T00:00:00.000Z',
  operation: 'update',
  objectType: 'user',
  sourceAnchor: '',
  cloudId: KIM,
  attributes: { [ATTRIBUTE]: { $binary: VALUE.toString('base64') } },
  name: 'kim@corp.test',
  ...changes,
});

let forest: FakeForest;
let options: WriteOptions;
beforeEach(() => {
  forest = new FakeForest();
  options = {
    writer: forest,
    writable: writableAttributes({ writeBack: ['consistency-guid'] }),
    account: 'CORP\\sync',
  };
});

describe('a value that is written back', () => {
  it('fills an empty attribute, and is there when the export comes again', async () => {
    expect(await applyWrite(message(), options)).toEqual({ kind: 'applied' });
    expect(await applyWrite(message(), options)).toEqual({ kind: 'applied' });
    expect(forest.values.get(KIM)).toEqual([VALUE]);
    expect(forest.written).toHaveLength(1);
  });

  it('never replaces another value, which is named', async () => {
    forest.values.set(KIM, [OTHER]);
    const { kind, error } = await applyWrite(message(), options);
    expect({ kind, code: error?.code }).toEqual({ kind: 'failed', code: 'ADJ-EXP-3201' });
    expect(error?.message).toContain(OTHER.toString('base64'));
    expect(forest.values.get(KIM)).toEqual([OTHER]);
  });

  it('nor one that somebody writes in the same moment', async () => {
    forest.faster = () => forest.values.set(KIM, [OTHER]);
    expect(await applyWrite(message(), options)).toMatchObject({ kind: 'failed', error: { code: 'ADJ-EXP-3201' } });
    forest.values.set(KIM, []);
    forest.faster = () => forest.values.set(KIM, [VALUE]);
    expect(await applyWrite(message(), options)).toEqual({ kind: 'applied' });
  });

  it.each<[string, Partial<ForestExportMessage>]>([
    ['another attribute', { attributes: { displayName: 'Kim' } }],
    ['an attribute beside it', { attributes: { [ATTRIBUTE]: { $binary: '' }, mail: 'k@corp.test' } }],
    ['clearing it', { attributes: { [ATTRIBUTE]: null } }],
    ['the attribute of a group', { objectType: 'group' }],
    ['a new object', { operation: 'add' }],
    ['a deletion', { operation: 'delete' }],
    ['members', { references: { member: { add: [{ mv: 'm', cloudId: KIM }], remove: [] } } }],
    ['an object without objectGUID', { cloudId: undefined }],
  ])('is all that is written: %s is refused before anything is sent', async (_words, changes) => {
    expect(await applyWrite(message(changes), options)).toMatchObject({
      kind: 'failed',
      error: { code: 'ADJ-EXP-3203' },
    });
    expect(forest.written).toEqual([]);
  });

  it('needs a right, which is named with the command that grants it', async () => {
    forest.refusal = new LdapResultError(50, 'insufficient access');
    const { kind, error } = await applyWrite(message(), options);
    expect({ kind, code: error?.code }).toEqual({ kind: 'failed', code: 'ADJ-EXP-3202' });
    expect(error?.message).toContain(`CORP\\sync lacks the right Write ${ATTRIBUTE}`);
    expect(error?.hint).toContain(`/G "CORP\\sync:WP;${ATTRIBUTE};user"`);
  });

  it('waits while the object is not found: only an import says that it is gone', async () => {
    forest.values.clear();
    expect(await applyWrite(message(), options)).toMatchObject({ kind: 'deferred', error: { code: 'ADJ-EXP-3204' } });
  });

  it('shows what else the domain controller refuses', async () => {
    forest.refusal = new LdapResultError(53, 'unwilling');
    expect(await applyWrite(message(), options)).toMatchObject({ kind: 'failed', error: { code: 'ADJ-EXP-3205' } });
  });
});

describe('what Exchange hybrid writes back', () => {
  const HASH = 'msExchSafeSendersHash';
  const text = (...values: string[]): readonly Buffer[] => values.map((value) => Buffer.from(value));
  const shown = (): readonly string[] => (forest.values.get(KIM) ?? []).map(String);
  const addresses = (...values: string[]) => message({ objectType: 'group', attributes: { proxyAddresses: values } });
  beforeEach(() => {
    options = { ...options, writable: writableAttributes({ writeBack: ['exchange-hybrid'] }) };
  });

  it('adds an address to the list and leaves all others alone, however they were written', async () => {
    forest = new AddressList();
    options = { ...options, writer: forest };
    forest.values.set(KIM, text('SMTP:kim@corp.test', 'smtp:new@corp.test'));
    const wanted = addresses('SMTP:kim@corp.test', 'smtp:removed@corp.test', 'x500:/o=cloud/cn=kim');
    expect(await applyWrite(wanted, options)).toEqual({ kind: 'applied' });
    expect(shown()).toEqual(['SMTP:kim@corp.test', 'smtp:new@corp.test', 'x500:/o=cloud/cn=kim']);
    expect(await applyWrite(wanted, options)).toEqual({ kind: 'applied' });
    expect(await applyWrite(addresses('X500:/O=CLOUD/CN=KIM'), options)).toEqual({ kind: 'applied' });
    expect(forest.written).toEqual([`proxyAddresses of ${KIM}: x500:/o=cloud/cn=kim`]);
  });

  it('replaces a value by the one of the cloud, and clears it with that', async () => {
    forest.values.set(KIM, [OTHER]);
    const change = message({ attributes: { [HASH]: { $binary: VALUE.toString('base64') } } });
    expect(await applyWrite(change, options)).toEqual({ kind: 'applied' });
    expect(forest.values.get(KIM)).toEqual([VALUE]);
    expect(await applyWrite(change, options)).toEqual({ kind: 'applied' });
    expect(await applyWrite(message({ attributes: { [HASH]: null } }), options)).toEqual({ kind: 'applied' });
    expect(forest.values.get(KIM)).toEqual([]);
    expect(forest.written).toHaveLength(2);
  });

  it('is the addresses alone for a group, and nothing where the feature is off', async () => {
    const hash = message({ objectType: 'group', attributes: { [HASH]: 'x' } });
    expect(await applyWrite(hash, options)).toMatchObject({ error: { code: 'ADJ-EXP-3203' } });
    options = { ...options, writable: writableAttributes({ writeBack: ['consistency-guid'] }) };
    expect(await applyWrite(addresses('x500:a'), options)).toMatchObject({ error: { code: 'ADJ-EXP-3203' } });
  });

  it('says so when the schema has no such attribute, and which right is lacking on which type', async () => {
    const change = message({ objectType: 'inetOrgPerson', attributes: { [HASH]: { $binary: 'AA==' } } });
    forest.refusal = new LdapResultError(17, 'attribute not found');
    const outcome = await applyWrite(change, options);
    expect(outcome).toMatchObject({ kind: 'applied', unsupported: [HASH], error: { code: 'ADJ-EXP-3206' } });
    forest.refusal = new LdapResultError(50, 'insufficient access');
    const { error } = await applyWrite(change, options);
    expect(error?.hint).toContain(`:WP;${HASH};inetOrgPerson"`);
    expect(error?.hint).toContain('--features exchange-hybrid');
  });
});

describe('a batch of exports to a forest', () => {
  const config = { name: 'corp', writeBack: ['consistency-guid'], bindDn: 'sync' } as unknown as AdConnectorConfig;
  const incoming = (value: unknown) => ({
    key: 'k',
    value: Buffer.from(JSON.stringify(value)),
    offset: '1',
    headers: {},
  });
  const sent: { topic: string; value: unknown }[] = [];
  const producer: MessageProducer = {
    send: (topic, messages) => Promise.resolve(void sent.push(...messages.map(({ value }) => ({ topic, value })))),
    close: () => Promise.resolve(),
  };
  const run = async (values: readonly unknown[], admits = true): Promise<readonly ResultMessage[]> => {
    sent.length = 0;
    const gate = { refresh: () => Promise.resolve(), admits: () => admits };
    const batch = { topic: 'adjoin.exports.corp.normal', partition: 0, messages: values.map(incoming) };
    await writeBatch({ config, gate, producer, log: createLogger('t', 'silent') }, forest, batch, () =>
      Promise.resolve(),
    );
    return sent.filter(({ topic }) => topic === 'adjoin.results.corp').map(({ value }) => value as ResultMessage);
  };

  it('is answered one by one: what goes wrong with one says nothing about the others', async () => {
    const results = await run([
      message({ objectId: 'a', attributes: { mail: 'x' } }),
      'poison',
      message({ objectId: 'b' }),
    ]);
    expect(results).toMatchObject([
      { objectId: 'a', version: 3, outcome: 'failed', code: 'ADJ-EXP-3203' },
      { objectId: 'b', outcome: 'applied' },
    ]);
    expect(sent.map(({ topic }) => topic)).toContain('adjoin.exports.corp.normal.dlq');
  });

  it('writes nothing in staging mode or under an old gate epoch', async () => {
    expect(await run([message()], false)).toMatchObject([{ outcome: 'stale-gate' }]);
    expect(forest.written).toEqual([]);
  });

  it('is put off as a whole when no domain controller answers, and asks only once', async () => {
    let asked = 0;
    forest.faster = () => (asked += 1);
    forest.refusal = new SyncError('ADJ-IMP-1001', 'The connection ended.');
    const results = await run([message({ objectId: 'a' }), message({ objectId: 'b' })]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['deferred', 'deferred']);
    expect(asked).toBe(1);
  });

  it('has topics only where something is written', () => {
    expect(writeBackTopics(config, 3).map(({ topic }) => topic)).toContain('adjoin.exports.corp.normal');
    expect(writeBackTopics({ ...config, writeBack: undefined }, 3)).toEqual([]);
  });
});
