import { readFile, writeFile } from 'node:fs/promises';
import { FakeDirectory, type DirectoryState } from '@adjoin/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Lab } from './support/lab.js';
import { deletions, expectNothingDoubledOrDeleted } from './support/tenant.js';
import { waitFor } from './support/wait-for.js';

const GLOBAL_SECURITY_GROUP = '-2147483646';

/** The local domain controller has one domain; these two are served by a domain controller in memory each. */
describe('two domains of a forest', () => {
  let lab: Lab;
  let root: FakeDirectory;
  let child: FakeDirectory;
  let branch: string;
  let kim: string;
  const users = (): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    lab.graph.list('/users?$select=id,displayName,jobTitle,userPrincipalName&$top=999');
  const userOf = async (name: string) =>
    (await users()).find((user) => user['userPrincipalName'] === `${name}@corp.test`);
  const titleOf = async (name: string): Promise<unknown> => (await userOf(name))?.['jobTitle'];

  beforeAll(async () => {
    lab = await Lab.open({ name: 'domains', users: 20, groups: 2 });
    root = await FakeDirectory.start('DC=corp,DC=test');
    child = await FakeDirectory.start('DC=child,DC=corp,DC=test');
    const staff = root.state.add({ rdn: 'OU=Staff', parent: root.state.head, classes: ['organizationalUnit'] });
    branch = child.state.add({ rdn: 'OU=Branch', parent: child.state.head, classes: ['organizationalUnit'] });
    kim = addUser(root.state, staff, 'kim');
    addUser(root.state, staff, 'lee');
    const may = addUser(child.state, branch, 'may');
    const attributes = { sAMAccountName: 'team', displayName: 'team', groupType: GLOBAL_SECURITY_GROUP };
    const team = child.state.add({ rdn: 'CN=team', parent: branch, classes: ['top', 'group'], attributes });
    child.state.foreign.set(kim, 'CN=kim,OU=Staff,DC=corp,DC=test');
    child.state.link(team, 'member', { add: [kim, may] });
    await connectTo(lab.stack.connectorFile, [root, child]);
    await lab.startApps();
  });
  afterAll(async () => {
    await lab?.close();
    root?.stop();
    child?.stop();
  });

  it('become one tenant, with members from both', async () => {
    await waitFor(lab, 'three users', async () => (await users()).length === 3 || undefined);
    await waitFor(lab, 'two members of the group', async () => (await members()).length === 2);
    await expectNothingDoubledOrDeleted(lab);
  });

  it('an account that moves from one to the other stays the same user and the same member', async () => {
    const before = await userOf('kim');
    root.state.moveTo(child.state, kim, branch, { tombstone: true });
    child.state.set(kim, 'title', 'In the branch');
    await waitFor(lab, 'the title from the new domain', async () => (await titleOf('kim')) === 'In the branch');
    expect((await userOf('kim'))?.['id']).toBe(before?.['id']);
    expect(await members()).toContain(before?.['id']);
    expect(await deletions(lab)).toEqual([]);
  });

  it('one that cannot be reached keeps its people, and the other one goes on', async () => {
    root.behaviour.refuses = () => 52;
    child.state.set(kim, 'title', 'While the root is away');
    await waitFor(lab, 'the title', async () => (await titleOf('kim')) === 'While the root is away');
    root.behaviour.refuses = () => 0;
    const lee = [...root.state.objects.values()].find(({ rdn }) => rdn === 'CN=lee')?.guid ?? '';
    root.state.set(lee, 'title', 'Back');
    await waitFor(lab, 'the title of the other', async () => (await titleOf('lee')) === 'Back');
    expect(await deletions(lab)).toEqual([]);
    root.state.delete(lee);
    await waitFor(lab, 'the user to be deleted', async () => (await userOf('lee')) === undefined);
  });

  async function members(): Promise<readonly unknown[]> {
    const [group] = await lab.graph.list(`/groups?$filter=${encodeURIComponent("displayName eq 'team'")}&$select=id`);
    const found = await lab.graph.list(`/groups/${String(group?.['id'])}/members?$select=id`);
    return found.map(({ id }) => id);
  }
});

function addUser(state: DirectoryState, parent: string, name: string): string {
  const attributes = {
    sAMAccountName: name,
    userPrincipalName: `${name}@corp.test`,
    displayName: name,
    userAccountControl: '512',
  };
  return state.add({
    rdn: `CN=${name}`,
    parent,
    classes: ['top', 'person', 'organizationalPerson', 'user'],
    attributes,
  });
}

/** Lets the AD connector of a connector file read these domains. */
async function connectTo(file: string, domains: readonly FakeDirectory[]): Promise<void> {
  const config = parse(await readFile(file, 'utf8')) as { connectors: Record<string, unknown>[] };
  const connectors = config.connectors.map((connector) =>
    connector['type'] !== 'ad'
      ? connector
      : {
          ...connector,
          servers: domains.map(({ url }) => url),
          tls: {},
          scope: {},
          domains: domains.map(({ state }) => ({
            dn: state.domain,
            fqdn: state.domain.replace(/DC=/g, '').replaceAll(',', '.'),
            netbios: state.domain === 'DC=corp,DC=test' ? 'CORP' : 'CHILD',
          })),
        },
  );
  await writeFile(file, JSON.stringify({ ...config, connectors }));
}
