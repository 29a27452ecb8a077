import { FakeDirectory } from '@adjoin/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';

let harness: ImportHarness;
let first: FakeDirectory;
let second: FakeDirectory;
let user: string;
beforeEach(async () => {
  harness = await ImportHarness.start();
  first = harness.directory;
  second = await FakeDirectory.start(harness.state.domain, first.state);
  harness.replicas = [second];
  user = first.state.add({ rdn: 'CN=kim', parent: first.state.head, classes: ['user'], attributes: { mail: 'a@b' } });
  for (let index = 0; index < 5; index += 1)
    first.state.add({ rdn: `CN=user${String(index)}`, parent: first.state.head, classes: ['user'] });
});
afterEach(() => harness.stop());

const mail = () => harness.receiver.objects.get(user)?.attributes['mail'];
const down = (directory: FakeDirectory, isDown = true): void => {
  directory.behaviour.refuses = () => (isDown ? 52 : 0);
};

describe('a domain controller that is down', () => {
  it('is followed by the next: a full import there, with nothing taken away; back at the first the deltas go on', async () => {
    expect(await harness.full()).toBeUndefined();
    down(first);
    first.state.set(user, 'mail', 'second@b');
    expect(await harness.fullImportReason()).toBe('another domain controller');
    expect(await harness.full()).toBeUndefined();
    expect(mail()).toBe('second@b');
    first.state.set(user, 'mail', 'delta@b');
    expect(await harness.delta()).toBeUndefined();
    expect(mail()).toBe('delta@b');

    down(first, false);
    down(second);
    harness.restart();
    expect(await harness.fullImportReason()).toBeUndefined();
    first.state.set(user, 'mail', 'back@b');
    const gone = [...harness.receiver.objects.keys()].at(-1) ?? '';
    first.state.delete(gone);
    expect(await harness.delta()).toBeUndefined();
    expect(mail()).toBe('back@b');
    expect(harness.receiver.removals).toEqual([`object ${gone}`]);

    down(second, false);
    down(first);
    expect(await harness.fullImportReason()).toBeUndefined();
    first.state.set(user, 'mail', 'again@b');
    expect(await harness.delta()).toBeUndefined();
    expect(mail()).toBe('again@b');
  });

  it('and was restored meanwhile has another database: everything is read again', async () => {
    expect(await harness.full()).toBeUndefined();
    first.behaviour.invocationId = '11111111-2222-3333-4444-555555555555';
    expect(await harness.fullImportReason()).toBe('another domain controller');
    expect(await harness.full()).toBeUndefined();
    expect(await harness.fullImportReason()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([]);
  });

  it('together with all others is an error that names the first', async () => {
    down(first);
    down(second);
    expect(await harness.full()).toBe('ADJ-IMP-1010');
    expect(harness.failure?.message).toContain(new URL(first.url).host);
  });
});

describe('the password of the account', () => {
  it('is read from its file for each connection, so that it can be exchanged while the importer runs', async () => {
    harness.setPassword('wrong');
    expect(await harness.full()).toBe('ADJ-IMP-1002');
    harness.setPassword('right');
    expect(await harness.full()).toBeUndefined();
  });
});

describe('answers that a domain controller may give', () => {
  it('references to other domains are not followed', async () => {
    first.behaviour.referrals = [
      'ldap://child.fake.test/DC=child,DC=fake,DC=test',
      'ldap://fake.test/CN=Configuration',
    ];
    expect(await harness.full()).toBeUndefined();
    expect(harness.receiver.objects.has(user)).toBe(true);
    expect(harness.receiver.removals).toEqual([]);
  });

  it.each([
    ['time limit exceeded', 3],
    ['size limit exceeded', 4],
    ['busy', 51],
    ['administrative limit exceeded', 11],
    ['operations error', 1],
  ])('%s ends the read early and takes nothing away', async (_words, code) => {
    expect(await harness.full()).toBeUndefined();
    harness.replicas = [];
    const gone = [...harness.receiver.objects.keys()].at(-1) ?? '';
    first.state.delete(gone);
    let searches = 0;
    first.behaviour.refuses = (base) => (base === first.state.domain && ++searches > 1 ? code : 0);
    expect(await harness.full()).toBe('ADJ-IMP-1010');
    expect(harness.receiver.removals).toEqual([]);
    down(first, false);
    expect(await harness.delta()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([`object ${gone}`]);
    second.stop();
  });
});
