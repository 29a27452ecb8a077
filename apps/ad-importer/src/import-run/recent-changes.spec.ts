import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';
import { RecentChanges, usnFilter } from './recent-changes.js';

describe('recent changes', () => {
  let now = 0;
  let recent: RecentChanges;
  beforeEach(() => {
    now = 1_000;
    recent = new RecentChanges(true, () => now);
  });

  it('are listed from what the cookie covers to some more than the server has committed', () => {
    expect(recent.next('100')).toBeUndefined();
    recent.covered('100', true);
    expect(recent.next('103')).toEqual({ after: 100n, until: 303n });
    expect(usnFilter({ after: 100n, until: 103n })).toBe('(|(uSNChanged=101)(uSNChanged=102)(uSNChanged=103))');
  });

  it.each([
    ['too many', '700'],
    ['fewer than before: a server that was restored', '99'],
    ['unknown', undefined],
  ])('are not listed when they are %s', (_words, highest) => {
    recent.covered('100', true);
    expect(recent.next(highest)).toBeUndefined();
  });

  it('are not listed once a minute while there are none, and once in ten minutes all the same', () => {
    recent.covered('100', true);
    now += 59_000;
    recent.covered('101', false);
    expect(recent.next('101')).toBeDefined();
    now += 2_000;
    expect(recent.next('101')).toBeUndefined();
    expect(recent.next('102')).toBeDefined();
    now += 540_000;
    expect(recent.next('102')).toBeUndefined();
    recent.covered('102', true);
    expect(recent.next('102')).toBeDefined();
  });

  it('are not listed after a failure, and for a server with an index', () => {
    recent.covered('102', true);
    expect(recent.next('102')).toBeDefined();
    recent.forget();
    expect(recent.next('102')).toBeUndefined();
    const indexed = new RecentChanges(false);
    indexed.covered('100', true);
    expect(indexed.next('101')).toBeUndefined();
  });
});

describe('a domain controller without an index over change numbers', () => {
  let harness: ImportHarness;
  let ou: string;
  const users: string[] = [];
  beforeEach(async () => {
    harness = await ImportHarness.start();
    harness.directory.behaviour.vendor = 'Samba Team (https://www.samba.org)';
    users.length = 0;
    ou = harness.state.add({ rdn: 'OU=Staff', parent: harness.state.head, classes: ['organizationalUnit'] });
    for (let made = 0; made < 5; made += 1)
      users.push(harness.state.add({ rdn: `CN=u${String(made)}`, parent: ou, classes: ['user'] }));
    expect(await harness.full()).toBeUndefined();
  });
  afterEach(() => harness.stop());

  const nameOf = (guid: string) => harness.receiver.objects.get(guid)?.attributes['displayName'];

  it('is asked for the few changes by their numbers, and nothing is passed over', async () => {
    const filters = harness.directory.behaviour.dirSyncFilters;
    const error = await harness.deltas(4, (round) => {
      filters.length = 0;
      harness.state.set(users[round] ?? '', 'displayName', `Round ${String(round)}`);
    });
    expect(error).toBeUndefined();
    expect(filters.join()).toMatch(/uSNChanged/i);
    for (const round of [0, 1, 2, 3]) expect(nameOf(users[round] ?? '')).toBe(`Round ${String(round)}`);
  });

  it('is asked so for what changed during a full import, and for everything by the poll after it', async () => {
    const filters = harness.directory.behaviour.dirSyncFilters;
    filters.length = 0;
    expect(await harness.full()).toBeUndefined();
    expect(filters.at(-1)).toMatch(/uSNChanged/i);
    filters.length = 0;
    const error = await harness.deltas(1, () => harness.state.set(users[0] ?? '', 'displayName', 'New'));
    expect(error).toBeUndefined();
    expect(filters.join()).not.toMatch(/uSNChanged/i);
    expect(nameOf(users[0] ?? '')).toBe('New');
  });

  it('is asked for everything when it commits more than was listed while it answers', async () => {
    const { behaviour } = harness.directory;
    const error = await harness.deltas(3, (round) => {
      harness.state.set(users[0] ?? '', 'displayName', `Round ${String(round)}`);
      if (round !== 2) return;
      // After the number was asked for, and before the changes are: the last one has a number that is not listed.
      behaviour.beforeDirSync = () => {
        behaviour.beforeDirSync = () => undefined;
        for (let more = 0; more < 300; more += 1)
          harness.state.set(users[1] ?? '', 'displayName', `More ${String(more)}`);
      };
    });
    expect(error).toBeUndefined();
    expect(nameOf(users[1] ?? '')).toBe('More 299');
  });
});
