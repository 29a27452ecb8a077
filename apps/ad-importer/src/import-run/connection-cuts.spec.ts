import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportHarness } from '../testing/import-harness.js';

const USERS = 40;
/** Every cut is a session of its own. */
const MANY_SESSIONS_MS = 60_000;
let harness: ImportHarness;
let ou: string;
let users: string[];
let group: string;

beforeEach(async () => {
  harness = await ImportHarness.start();
  const { state } = harness;
  ou = state.add({ rdn: 'OU=Staff', parent: state.head, classes: ['organizationalUnit'] });
  users = Array.from({ length: USERS }, (_, index) =>
    state.add({
      rdn: `CN=user${String(index)}`,
      parent: ou,
      classes: ['top', 'person', 'user'],
      attributes: { displayName: `User ${String(index)}` },
    }),
  );
  group = state.add({ rdn: 'CN=team', parent: ou, classes: ['top', 'group'] });
  state.link(group, 'member', { add: users });
  // Small enough that a page, a range and a link change all meet a cut.
  Object.assign(harness.directory.behaviour, { dirSyncPage: 7, maxValues: 25 });
});
afterEach(() => harness.stop());

/** What the receiver knows equals what the directory holds. */
function expectComplete(): void {
  const { state, receiver } = harness;
  const expected = [...state.objects.values()].filter((object) => !object.deleted);
  expect([...receiver.objects.keys()].sort()).toEqual(expected.map(({ guid }) => guid).sort());
  for (const object of expected) {
    const known = receiver.objects.get(object.guid);
    expect({ rdn: known?.rdn, parent: known?.parent }).toEqual({ rdn: object.rdn, parent: object.parent });
    const displayName = object.attributes.get('displayname')?.values[0]?.toString();
    expect(known?.attributes['displayName'] ?? undefined).toBe(displayName);
  }
  const present = [...(state.get(group).links.get('member') ?? [])]
    .filter(([, link]) => link.present)
    .map(([guid]) => guid);
  expect([...(receiver.objects.get(group)?.members ?? [])].sort()).toEqual(present.sort());
}

/** Messages of the server during a read that succeeds. */
async function messagesOf(read: () => Promise<string | undefined>): Promise<number> {
  const before = harness.directory.sent;
  expect(await read()).toBeUndefined();
  return harness.directory.sent - before;
}

describe('a connection that is cut', () => {
  it(
    'at any message of a full import takes nothing away, and the next run is complete',
    async () => {
      const messages = await messagesOf(() => harness.full());
      expectComplete();
      expect(messages).toBeGreaterThan(USERS);
      for (let at = 0; at < messages; at += 1) {
        harness.receiver.reset();
        if (at % 3 === 0) harness.restart();
        harness.directory.cutAt = harness.directory.sent + at;
        expect(await harness.full(), `cut at message ${String(at)}`).toBe('ADJ-IMP-1001');
        expect(harness.receiver.removals).toEqual([]);
        expect(harness.receiver.absent(harness.state.domain)).toEqual([]);
      }
      expect(await harness.full()).toBeUndefined();
      expect(harness.receiver.removals).toEqual([]);
      expectComplete();
    },
    MANY_SESSIONS_MS,
  );

  it(
    'at any message of a delta import loses no change, and takes only away what is gone',
    async () => {
      expect(await harness.full()).toBeUndefined();
      let messages = 60;
      for (let at = 0; at < messages; at += 1) {
        const gone = change(at);
        harness.receiver.reset();
        const before = harness.directory.sent;
        harness.directory.cutAt = before + at;
        const failed = await harness.delta();
        if (failed === undefined) messages = harness.directory.sent - before;
        if (at % 3 === 0) harness.restart();
        harness.directory.cutAt = undefined;
        expect(await harness.delta()).toBeUndefined();
        expect(new Set(harness.receiver.removals), `cut at message ${String(at)}`).toEqual(gone);
        expectComplete();
      }
    },
    MANY_SESSIONS_MS,
  );

  /** A bit of everything: more than one DirSync page. Returns what has to be taken away. */
  function change(round: number): Set<string> {
    const { state } = harness;
    const name = `r${String(round)}`;
    for (const user of users.slice(0, 8)) state.set(user, 'displayName', `${name} of ${user}`);
    state.move(users[9] ?? '', { rdn: `CN=${name}` });
    const container = state.add({ rdn: `OU=${name}`, parent: ou, classes: ['organizationalUnit'] });
    state.move(users[10] ?? '', { parent: container });
    const fresh = state.add({
      rdn: `CN=new ${name}`,
      parent: container,
      classes: ['user'],
      attributes: { displayName: name },
    });
    const [removed, deleted] = users.splice(20, 2);
    state.link(group, 'member', { add: [fresh], remove: [removed ?? ''] });
    state.delete(deleted ?? '');
    const next = [0, 1].map((index) =>
      state.add({ rdn: `CN=next${String(index)} ${name}`, parent: ou, classes: ['user'] }),
    );
    state.link(group, 'member', { add: next });
    users.push(...next);
    return new Set([`member ${removed ?? ''} of ${group}`, `object ${deleted ?? ''}`]);
  }
});

describe('a full import that finds fewer objects', () => {
  it.each([
    ['none', () => true],
    ['half of them', (guid: string) => users.indexOf(guid) % 2 !== 0],
  ])('%s: derives no deletion, says why, and loses none that happened meanwhile', async (_words, isHidden) => {
    expect(await harness.full()).toBeUndefined();
    harness.receiver.reset();
    const deleted = users.pop();
    harness.state.delete(deleted ?? '');
    harness.directory.behaviour.hidden = ({ guid, attributes }) =>
      attributes.get('objectclass')?.values.some((value) => /user|group/.test(value.toString())) === true &&
      isHidden(guid);
    expect(await harness.full()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([]);
    const markers = harness.receiver.messages.filter((message) => message.kind === 'marker');
    expect(markers.length).toBeGreaterThan(0);
    for (const marker of markers) expect(marker).toMatchObject({ complete: false, failure: { code: 'ADJ-IMP-1012' } });
    harness.directory.behaviour.hidden = () => false;
    expect(await harness.delta()).toBeUndefined();
    expect(harness.receiver.removals).toEqual([`object ${deleted ?? ''}`]);
    expect(await harness.full()).toBeUndefined();
    expect(harness.receiver.removals).toHaveLength(1);
    expectComplete();
  });
});
