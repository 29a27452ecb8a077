import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';

let harness: ImportHarness;
let user: string;
beforeEach(async () => {
  harness = await ImportHarness.start();
  user = harness.state.add({
    rdn: 'CN=kim',
    parent: harness.state.head,
    classes: ['user'],
    attributes: { mail: 'a@b' },
  });
});
afterEach(() => harness.stop());

async function expectChangesToCome(): Promise<void> {
  expect(await harness.full()).toBeUndefined();
  harness.state.set(user, 'mail', 'c@d');
  expect(await harness.delta()).toBeUndefined();
  expect(harness.receiver.objects.get(user)?.attributes['mail']).toBe('c@d');
}

describe('an account without Replicating Directory Changes', () => {
  beforeEach(() => (harness.directory.behaviour.mayReplicate = false));

  it('ends the import with an error that names account, right, domain and command', async () => {
    expect(await harness.full()).toBe('ADJ-IMP-1004');
    expect(harness.failure?.message).toContain(
      'sync@fake.test lacks the right Replicating Directory Changes on DC=fake,DC=test',
    );
    expect(harness.failure?.hint).toContain(
      'dsacls "DC=fake,DC=test" /G "sync@fake.test:CA;Replicating Directory Changes"',
    );
    expect(harness.receiver.objects.size).toBe(0);
  });

  it.each(['dirsync-object-security', 'auto'] as const)('reads what it may see with readMode %s', async (mode) => {
    harness.readMode = mode;
    await expectChangesToCome();
  });

  it('that gets the right under auto reads everything again, with nothing taken away', async () => {
    harness.readMode = 'auto';
    await expectChangesToCome();
    expect(await harness.fullImportReason()).toBeUndefined();
    harness.directory.behaviour.mayReplicate = true;
    expect(await harness.fullImportReason()).toBe('scope, object types or rights changed');
    expect(await harness.full()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([]);
  });
});

describe('a domain controller that was replaced', () => {
  it('refuses the cookie; the full import that follows loses and deletes nothing', async () => {
    await expectChangesToCome();
    harness.directory.behaviour.invocationId = '11111111-2222-3333-4444-555555555555';
    expect(await harness.fullImportReason()).toBe('another domain controller');
    harness.state.set(user, 'mail', 'e@f');
    expect(await harness.delta()).toBe('ADJ-IMP-1011');
    expect(await harness.fullImportReason()).toBe('no cookie');
    expect(await harness.full()).toBeUndefined();
    expect(harness.receiver.objects.get(user)?.attributes['mail']).toBe('e@f');
    expect(harness.receiver.removals).toEqual([]);
  });
});
