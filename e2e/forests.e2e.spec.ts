import { readDirectory, type DirectoryEntry } from '@adjoin/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './support/lab.js';
import { deletions, expectNothingDoubledOrDeleted, userByAnchor, waitUntilEqual } from './support/tenant.js';
import { waitFor } from './support/wait-for.js';

const RESOURCE_FOREST = 'res';

/** An enabled account of the first forest and its mailbox in the second. */
interface LinkedPerson {
  readonly account: DirectoryEntry;
  readonly mailbox: DirectoryEntry;
}

describe('an account forest and a resource forest', () => {
  let lab: Lab;
  let person: LinkedPerson;

  beforeAll(async () => {
    lab = await Lab.openReady({ name: 'forests', users: 60, forests: 2 });
    person = await linkedPerson(lab);
  });
  afterAll(async () => lab?.close());

  it('become one tenant: persons by SID, contacts by mail, members by foreign security principals', async () => {
    await waitUntilEqual(lab, 'after the first synchronization');
    await expectNothingDoubledOrDeleted(lab);
    const { linkedMailboxes, linkedContacts, foreignPrincipals, users } = loadedOf(lab);
    expect([linkedMailboxes, linkedContacts, foreignPrincipals]).toEqual([24, 6, 15]);
    expect((await lab.simulator.stats()).objects.users, 'users of both forests, those with a mailbox once').toBe(
      60 + users,
    );
  });

  it('a person with a linked mailbox signs in by the account and has the address book entry of the mailbox', async () => {
    const { account, mailbox } = person;
    expect(await userByAnchor(lab, account.anchor)).toMatchObject({
      userPrincipalName: account.values.get('userprincipalname')?.[0],
      displayName: mailbox.values.get('displayname')?.[0],
      jobTitle: account.values.get('title')?.[0],
    });
    expect(await userByAnchor(lab, mailbox.anchor)).toBeUndefined();
  });

  it('a forest that cannot be reached keeps its people, and the other one goes on', async () => {
    const since = await lab.simulator.last();
    const resources = lab.service(`samba-${RESOURCE_FOREST}`);
    await resources.stop();
    await lab
      .directory()
      .then((directory) => directory.replace(person.account.dn, 'title', 'While the mailboxes are away'));
    await waitFor(
      lab,
      'the title of the account to arrive',
      async () => (await titleOf(lab, person)) === 'While the mailboxes are away',
    );
    expect(await deletions(lab, since)).toEqual([]);
    await resources.restart();
    await lab
      .directory(RESOURCE_FOREST)
      .then((directory) => directory.replace(person.mailbox.dn, 'title', 'Known by the mailbox'));
    await waitFor(
      lab,
      'the title of the mailbox to arrive',
      async () => (await titleOf(lab, person)) === 'Known by the mailbox',
    );
    expect(await deletions(lab, since)).toEqual([]);
  });

  it('a mailbox whose account leaves is nobody, and the same person when the account comes back', async () => {
    const { account } = person;
    const directory = await lab.directory();
    const moved = await directory.move(account.dn, lab.forest.outOfScopeOu);
    await waitUntilEqual(lab, 'after an account with a mailbox left the scope');
    expect(await userByAnchor(lab, account.anchor)).toBeUndefined();
    await directory.move(moved, account.dn.replace(/^(?:\\.|[^\\,])*,/s, ''));
    await waitUntilEqual(lab, 'after the account came back');
    expect(await titleOf(lab, person)).toBe('Known by the mailbox');
  });
});

async function titleOf(lab: Lab, { account }: LinkedPerson): Promise<unknown> {
  return (await userByAnchor(lab, account.anchor))?.['jobTitle'];
}

function loadedOf(lab: Lab) {
  const forest = lab.stack.forests.find((one) => one.forest.name === RESOURCE_FOREST);
  if (forest === undefined) throw new Error('The lab has no resource forest.');
  return forest.forest.loaded;
}

/** Somebody who leads nobody, by SID. */
async function linkedPerson(lab: Lab): Promise<LinkedPerson> {
  const accounts = await (await lab.directory()).plainUsers();
  const forest = lab.stack.forests.find((one) => one.forest.name === RESOURCE_FOREST)?.forest;
  if (forest === undefined) throw new Error('The lab has no resource forest.');
  for (const mailbox of await readDirectory(forest)) {
    const master = mailbox.values.get('msexchmasteraccountsid')?.[0];
    const account = accounts.find(
      (entry) => entry.values.get('objectsid')?.[0] === master && entry.values.get('useraccountcontrol')?.[0] === '512',
    );
    if (master !== undefined && account !== undefined) return { account, mailbox };
  }
  throw new Error('No account has a linked mailbox.');
}
