import { SyncError } from '@adjoin/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, ForestHarness, NO_FOREST } from '../testing/forest-harness.js';
import { randomPassword, type LabUser } from '../testing/lab-directory.js';

const RETRY = { kind: 'retry', error: new SyncError('ADJ-PHS-7105', 'Later.') } as const;

describe.skipIf(NO_FOREST)('the passwords of a forest', () => {
  let harness: ForestHarness;
  let user: LabUser;
  const first = randomPassword();

  beforeEach(async () => {
    harness = await ForestHarness.open();
    user = await harness.directory.addUser('ann', first);
  });
  afterEach(() => harness.close());

  const signsIn = (who: LabUser, password: string): boolean => harness.tenant.signsIn(who.anchor, password);

  it('work in the target after the first pass, and the new one after a change instead of the old one', async () => {
    await harness.bring(user);
    harness.start();
    await eventually(() => expect(signsIn(user, first)).toBe(true));
    const second = randomPassword();
    await harness.directory.setPassword(user, second);
    await eventually(() => expect(signsIn(user, second)).toBe(true));
    expect(signsIn(user, first)).toBe(false);
    await eventually(async () => expect((await harness.state(user))?.need).toBeUndefined());
    expect((await harness.state(user))?.result?.status).toBe('Success');
  });

  it('are not sent for who is out of scope, and sent when he comes into scope or has his account created', async () => {
    const other = await harness.directory.addUser('bob', first);
    await harness.publish({ user: other, change: { cloudId: undefined } });
    await harness.bring(user);
    harness.start();
    await eventually(() => expect(signsIn(user, first)).toBe(true));
    await eventually(async () =>
      expect((await harness.state(other))?.result?.status).toBe('TargetNotExportedToDirectory'),
    );
    expect(signsIn(other, first)).toBe(false);
    await harness.bring(other);
    await eventually(() => expect(signsIn(other, first)).toBe(true));
    await harness.publish({ user: other, change: null });
    await eventually(async () => expect((await harness.state(other))?.scope).toBeUndefined());
    const second = randomPassword();
    await harness.directory.setPassword(other, second);
    const third = randomPassword();
    await harness.directory.setPassword(user, third);
    await eventually(() => expect(signsIn(user, third)).toBe(true));
    expect(signsIn(other, second)).toBe(false);
  });

  it('wait while they are temporary, and go once they are not', async () => {
    await harness.directory.set(user, 'pwdLastSet', '0');
    await harness.bring(user);
    harness.start();
    await eventually(async () => expect((await harness.state(user))?.result?.status).toBe('FilteredByTarget'));
    expect(harness.tenant.calls).toBe(0);
    await harness.directory.set(user, 'pwdLastSet', '-1');
    await eventually(() => expect(signsIn(user, first)).toBe(true));
  });

  it('go as passwords to be changed where the tenant takes temporary ones', async () => {
    harness.tenant.tenantFeatures = { ...harness.tenant.tenantFeatures, forcePasswordChange: true };
    await harness.directory.set(user, 'pwdLastSet', '0');
    await harness.bring(user);
    harness.start();
    await eventually(() => expect(harness.tenant.credentials.get(user.anchor)?.forceChange).toBe(true));
  });

  it('wait in staging mode, and what changed meanwhile goes afterwards', async () => {
    await harness.staging('on');
    await harness.bring(user);
    harness.start();
    const second = randomPassword();
    const cursors = harness.mongo.db.collection('replicationCursors');
    await eventually(async () => expect(await cursors.findOne({ watermark: { $exists: true } })).not.toBeNull());
    await harness.directory.setPassword(user, second);
    await eventually(async () => expect((await harness.state(user))?.need?.reason).toBe('changed'));
    expect(harness.tenant.calls).toBe(0);
    await harness.staging('off');
    await eventually(() => expect(signsIn(user, second)).toBe(true));
  });

  it('that changed while the process was down go after its start, without another full pass', async () => {
    await harness.bring(user);
    harness.start();
    await eventually(() => expect(signsIn(user, first)).toBe(true));
    await harness.stop();
    const cursors = harness.mongo.db.collection('replicationCursors');
    const before = await cursors.findOne({ namingContext: { $exists: true } });
    const second = randomPassword();
    await harness.directory.setPassword(user, second);
    harness.start();
    await eventually(() => expect(signsIn(user, second)).toBe(true));
    expect((await cursors.findOne({ namingContext: { $exists: true } }))?.['lastFullPassAt']).toEqual(
      before?.['lastFullPassAt'],
    );
  });

  it('are read and compared anew when the watermark is lost or the domain controller was replaced', async () => {
    await harness.bring(user);
    harness.start();
    await eventually(() => expect(signsIn(user, first)).toBe(true));
    await harness.stop();
    const second = randomPassword();
    await harness.directory.setPassword(user, second);
    const cursors = harness.mongo.db.collection('replicationCursors');
    await cursors.updateOne(
      { namingContext: { $exists: true } },
      { $set: { 'watermark.invocationId': '11111111-2222-4333-8444-555555555555' } },
    );
    harness.start();
    await eventually(() => expect(signsIn(user, second)).toBe(true));
    await harness.stop();
    const third = randomPassword();
    await harness.directory.setPassword(user, third);
    await cursors.updateOne({ namingContext: { $exists: true } }, { $unset: { watermark: '' } });
    harness.start();
    await eventually(() => expect(signsIn(user, third)).toBe(true));
  });

  it('are sent by the replica that stood by once the first is gone', async () => {
    await harness.bring(user);
    harness.start();
    await eventually(() => expect(signsIn(user, first)).toBe(true));
    harness.start();
    await harness.stop(1);
    const second = randomPassword();
    await harness.directory.setPassword(user, second);
    await eventually(() => expect(signsIn(user, second)).toBe(true));
  });

  it('are sent anew on request', async () => {
    await harness.bring(user);
    harness.start();
    await eventually(() => expect(signsIn(user, first)).toBe(true));
    const before = harness.tenant.sent;
    const command = await harness.resync([user.guid]);
    await eventually(() => expect(harness.tenant.sent).toBe(before + 1));
    const answers = harness.mongo.db.collection<{ _id: string }>('replicationCursors');
    expect(await answers.findOne({ _id: `command:${command}` })).toMatchObject({
      status: 'done',
      result: { users: 1 },
    });
    await harness.resync();
    await eventually(() => expect(harness.tenant.sent).toBe(before + 2));
  });

  it('all arrive although a fifth of the sends fails and the process is stopped again and again', async () => {
    const users = [user];
    for (let n = 0; n < 30; n++) users.push(await harness.directory.addUser(`many${String(n)}`, first));
    let turn = 0;
    harness.tenant.isLost = () => turn++ % 5 === 0;
    harness.tenant.fault = () => (Math.random() < 0.2 ? RETRY : undefined);
    await harness.bring(...users);
    const passwords = new Map<LabUser, string>();
    for (let round = 0; round < 4; round++) {
      harness.start();
      for (const each of users.slice(round * 5, round * 5 + 10)) {
        const password = randomPassword();
        await harness.directory.setPassword(each, password);
        passwords.set(each, password);
      }
      await harness.stop();
    }
    harness.start();
    await eventually(() => {
      for (const each of users) expect(signsIn(each, passwords.get(each) ?? first)).toBe(true);
    });
  });
});

describe.skipIf(NO_FOREST)('a forged scope record', () => {
  let harness: ForestHarness;
  let user: LabUser;
  let victim: LabUser;

  beforeAll(async () => {
    harness = await ForestHarness.open();
    user = await harness.directory.addUser('mallory', randomPassword());
    victim = await harness.directory.addUser('victim', randomPassword());
    harness.tenant.put({
      cloudId: 'admin',
      sourceAnchor: undefined,
      synchronized: false,
      roles: ['Global Administrator'],
    });
    harness.tenant.put({
      ...{ cloudId: 'synced-admin', sourceAnchor: user.anchor, synchronized: true },
      roles: ['Global Administrator'],
    });
    harness.tenant.put({ cloudId: 'cloud-only', sourceAnchor: user.anchor, synchronized: false, roles: [] });
    harness.tenant.put({ cloudId: 'victim', sourceAnchor: victim.anchor, synchronized: true, roles: [] });
    harness.start();
  });
  afterAll(() => harness.close());

  it.each([
    ['a privileged account of the cloud', 'admin', false, 'ADJ-PHS-7101'],
    ['a privileged account that is synchronized', 'synced-admin', false, 'ADJ-PHS-7102'],
    ['an account that is managed in the cloud', 'cloud-only', false, 'ADJ-PHS-7103'],
    ['the account of somebody else', 'victim', false, 'ADJ-PHS-7101'],
    ['somebody else, anchor included', 'victim', true, 'ADJ-PHS-7101'],
  ])('that leads to %s sends nothing and raises a security event', async (_what, cloudId, forgeAnchor, code) => {
    harness.logged.length = 0;
    const change = { cloudId, ...(forgeAnchor ? { sourceAnchor: victim.anchor } : {}) };
    await harness.publish({ user, change });
    await eventually(async () =>
      expect(await harness.state(user)).toMatchObject({
        scope: { cloudId, sourceAnchor: change.sourceAnchor ?? user.anchor },
        result: { status: 'BindingRefused', code },
      }),
    );
    await eventually(() =>
      expect(harness.logged.some((line) => line.includes('password.binding-refused') && line.includes(code))).toBe(
        true,
      ),
    );
    expect(harness.tenant.calls).toBe(0);
  });
});
