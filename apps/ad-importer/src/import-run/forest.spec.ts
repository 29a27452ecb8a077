import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';

let root: ImportHarness;
let child: ImportHarness;
let staff: string;
let branch: string;
let user: string;
let team: string;
beforeEach(async () => {
  [root, child] = await ImportHarness.startForest();
  staff = root.state.add({ rdn: 'OU=Staff', parent: root.state.head, classes: ['organizationalUnit'] });
  branch = child.state.add({ rdn: 'OU=Branch', parent: child.state.head, classes: ['organizationalUnit'] });
  user = root.state.add({ rdn: 'CN=kim', parent: staff, classes: ['user'], attributes: { mail: 'kim@fake.test' } });
  team = child.state.add({ rdn: 'CN=team', parent: branch, classes: ['group'] });
  child.state.foreign.set(user, 'CN=kim,OU=Staff,DC=fake,DC=test');
  child.state.link(team, 'member', { add: [user] });
  for (const domain of [root, child]) expect(await domain.full()).toBeUndefined();
  root.receiver.reset();
});
afterEach(() => {
  root.stop();
  child.stop();
});

const known = () => root.receiver.objects.get(user);

/** Both domains are read, in the order in which they happen to be read. */
async function readBoth(order: 'old domain first' | 'new domain first', read: 'delta' | 'full'): Promise<void> {
  for (const domain of order === 'old domain first' ? [root, child] : [child, root])
    expect(await domain[read]()).toBeUndefined();
}

describe('a forest of two domains', () => {
  it('has members from the other domain', () => {
    expect([...(root.receiver.objects.get(team)?.members ?? [])]).toEqual([user]);
    expect(known()?.partition).toBe('DC=fake,DC=test');
  });

  const orders = ['old domain first', 'new domain first'] as const;
  it.each(
    orders.flatMap((order) =>
      [true, false].flatMap((tombstone) => (['delta', 'full'] as const).map((read) => ({ order, tombstone, read }))),
    ),
  )('an object that moves to the other domain is the same object: %o', async ({ order, tombstone, read }) => {
    root.state.moveTo(child.state, user, branch, { tombstone });
    await readBoth(order, read);
    expect(root.receiver.removals).toEqual([]);
    expect(known()).toMatchObject({ partition: child.state.domain, parent: branch });
    expect(known()?.dn).toBe('CN=kim,OU=Branch,DC=child,DC=fake,DC=test');
    expect([...(root.receiver.objects.get(team)?.members ?? [])]).toEqual([user]);
    child.state.set(user, 'mail', 'new@fake.test');
    await readBoth(order, 'delta');
    expect(known()?.attributes['mail']).toBe('new@fake.test');
  });

  it('and moves back is read as a whole again', async () => {
    root.state.moveTo(child.state, user, branch);
    await readBoth('old domain first', 'delta');
    child.state.moveTo(root.state, user, staff);
    await readBoth('old domain first', 'delta');
    expect(known()).toMatchObject({ partition: root.state.domain, parent: staff });
    expect(root.receiver.removals).toEqual([]);
  });

  it('of which one is selected has objects of that one only', async () => {
    const alone = await ImportHarness.start();
    alone.state.add({ rdn: 'CN=lee', parent: alone.state.head, classes: ['user'] });
    alone.directory.behaviour.referrals = [`${child.directory.url}/${child.state.domain}`];
    expect(await alone.full()).toBeUndefined();
    expect([...alone.receiver.objects.values()].map(({ rdn }) => rdn)).toContain('CN=lee');
    expect(alone.receiver.objects.has(team)).toBe(false);
    alone.stop();
  });

  it('selects containers in each by itself: one listed in the child says nothing about the root', async () => {
    for (const domain of [root, child]) domain.scope = { include: ['OU=Branch,DC=child,DC=fake,DC=test'], exclude: [] };
    const outside = child.state.add({ rdn: 'CN=out', parent: child.state.head, classes: ['user'] });
    const lee = root.state.add({ rdn: 'CN=lee', parent: root.state.head, classes: ['user'] });
    await readBoth('old domain first', 'full');
    expect(root.receiver.objects.has(lee)).toBe(true);
    expect(root.receiver.objects.has(team)).toBe(true);
    expect(root.receiver.objects.has(outside)).toBe(false);
    expect(root.receiver.objects.has(user)).toBe(true);
  });

  it('out of the scope there is gone', async () => {
    root.scope = { include: [], exclude: ['OU=Branch,DC=child,DC=fake,DC=test'] };
    child.scope = root.scope;
    root.state.moveTo(child.state, user, branch, { tombstone: true });
    expect(await root.delta()).toBeUndefined();
    expect(root.receiver.removals).toContain(`object ${user}`);
  });

  it('deletes nothing while the domain to which an object may have moved cannot be asked', async () => {
    const gone = root.state.add({ rdn: 'CN=gone', parent: staff, classes: ['user'] });
    expect(await root.delta()).toBeUndefined();
    root.state.delete(gone);
    const { behaviour } = child.directory;
    behaviour.refuses = (base) => (base === child.state.domain ? 52 : 0);
    expect(await root.delta()).toBe('ADJ-IMP-1010');
    expect(root.receiver.removals).toEqual([]);
    behaviour.refuses = () => 0;
    expect(await root.delta()).toBeUndefined();
    expect(root.receiver.removals).toEqual([`object ${gone}`]);
  });
});
