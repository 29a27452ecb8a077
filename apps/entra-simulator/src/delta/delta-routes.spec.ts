import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import { isJsonObject } from '../json.js';
import type { ServiceUnderTest } from '../testing/service-under-test.js';
import { aGroup, aService, aUser, bodyOf, create, errorOf, reference, valueOf } from '../testing/service-under-test.js';

interface Round {
  readonly items: readonly JsonObject[];
  readonly pages: number;
  readonly link: string;
}

/** Follows nextLinks up to the deltaLink. */
function round(sut: ServiceUnderTest, url: string): Round {
  const items: JsonObject[] = [];
  let next = url;
  for (let pages = 1; ; pages += 1) {
    const reply = sut.send('GET', next);
    expect(reply.status).toBe(200);
    items.push(...valueOf(reply));
    const body = bodyOf(reply);
    const link = body['@odata.deltaLink'];
    if (typeof link === 'string') return { items, pages, link };
    next = String(body['@odata.nextLink']);
  }
}
const bind = (...ids: readonly string[]) => ({ 'members@odata.bind': ids.map(reference) });
const memberEntries = (items: readonly JsonObject[]): readonly JsonObject[] =>
  items.flatMap((item) => (Array.isArray(item['members@delta']) ? item['members@delta'].filter(isJsonObject) : []));

describe('delta queries (graph-export section 7)', () => {
  it('tell all objects first and then only what changed', () => {
    const sut = aService({ deltaPageSize: 2 });
    const ids = ['a', 'b', 'c', 'd', 'e'].map((name) => create(sut, 'users', aUser(name)));
    const first = round(sut, '/users/delta?$select=displayName');
    expect(first.items.map((item) => item['id'])).toEqual(ids);
    expect(first.pages).toBe(3);
    sut.send('PATCH', `/users/${ids[1]}`, { displayName: 'New' });
    const second = round(sut, first.link);
    expect(second.items).toEqual([{ id: ids[1], displayName: 'New' }]);
    expect(round(sut, second.link).items).toEqual([]);
  });

  it('track only properties selected at the start', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('a'));
    const { link } = round(sut, '/users/delta?$select=displayName');
    sut.send('PATCH', `/users/${id}`, { city: 'Bonn' });
    expect(round(sut, link).items).toEqual([]);
  });

  it('leave out properties that were never set and show cleared ones as null', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('a', { city: 'Bonn' }));
    const first = round(sut, '/users/delta?$select=city,state');
    expect(first.items).toEqual([{ id, city: 'Bonn' }]);
    sut.send('PATCH', `/users/${id}`, { city: null });
    expect(round(sut, first.link).items).toEqual([{ id, city: null }]);
  });

  it('show only what changed with Prefer: return=minimal', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('a', { city: 'Bonn' }));
    const { link } = round(sut, '/users/delta?$select=displayName,city');
    sut.send('PATCH', `/users/${id}`, { city: 'Ulm' });
    expect(valueOf(sut.send('GET', link))).toEqual([{ id, displayName: 'User a', city: 'Ulm' }]);
    expect(valueOf(sut.send('GET', link, undefined, { prefer: 'return=minimal' }))).toEqual([{ id, city: 'Ulm' }]);
  });

  it('tell a soft-deleted user as changed and a purged one as deleted', () => {
    const sut = aService();
    const id = create(sut, 'users', aUser('a'));
    const first = round(sut, '/users/delta');
    sut.send('DELETE', `/users/${id}`);
    const second = round(sut, first.link);
    expect(second.items).toEqual([{ id, '@removed': { reason: 'changed' } }]);
    sut.send('DELETE', `/directory/deletedItems/${id}`);
    expect(round(sut, second.link).items).toEqual([{ id, '@removed': { reason: 'deleted' } }]);
  });

  it('tell a deleted security group as deleted', () => {
    const sut = aService();
    const id = create(sut, 'groups', aGroup('g'));
    const { link } = round(sut, '/groups/delta');
    sut.send('DELETE', `/groups/${id}`);
    expect(round(sut, link).items).toEqual([{ id, '@removed': { reason: 'deleted' } }]);
  });

  it('spread the members of a large group over pages with the same id', () => {
    const sut = aService({ deltaPageSize: 1 });
    const ids = Array.from({ length: 12 }, (_, index) => create(sut, 'users', aUser(`u${index}`)));
    const group = create(sut, 'groups', aGroup('g', bind(...ids)));
    const { items, pages } = round(sut, '/groups/delta?$select=displayName,members');
    expect(pages).toBeGreaterThan(2);
    expect(new Set(items.map((item) => item['id']))).toEqual(new Set([group]));
    expect(memberEntries(items).map((member) => member['id'])).toEqual(ids);
  });

  it('tell added and removed members', () => {
    const sut = aService();
    const [a, b] = [create(sut, 'users', aUser('a')), create(sut, 'users', aUser('b'))];
    const group = create(sut, 'groups', aGroup('g', bind(a)));
    const { link } = round(sut, '/groups/delta?$select=members');
    sut.send('PATCH', `/groups/${group}`, bind(b));
    sut.send('DELETE', `/groups/${group}/members/${a}/$ref`);
    expect(memberEntries(round(sut, link).items)).toEqual([
      { '@odata.type': '#microsoft.graph.user', id: b },
      { '@odata.type': '#microsoft.graph.user', id: a, '@removed': { reason: 'deleted' } },
    ]);
  });

  it('tell the manager when selected, and its removal', () => {
    const sut = aService();
    const [a, b] = [create(sut, 'users', aUser('a')), create(sut, 'users', aUser('b'))];
    sut.send('PUT', `/users/${a}/manager/$ref`, { '@odata.id': reference(b) });
    const first = round(sut, '/users/delta?$select=displayName,manager');
    expect(first.items[0]?.['manager@delta']).toEqual([{ '@odata.type': '#microsoft.graph.user', id: b }]);
    sut.send('DELETE', `/users/${a}/manager/$ref`);
    expect(round(sut, first.link).items).toEqual([
      {
        id: a,
        'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: b, '@removed': { reason: 'deleted' } }],
      },
    ]);
  });

  it('start at now with $deltatoken=latest', () => {
    const sut = aService();
    create(sut, 'users', aUser('a'));
    const latest = round(sut, '/users/delta?$deltatoken=latest');
    expect(latest.items).toEqual([]);
    const id = create(sut, 'users', aUser('b'));
    expect(round(sut, latest.link).items.map((item) => item['id'])).toEqual([id]);
  });

  it('answer 410 with a Location to expired tokens', () => {
    const sut = aService({ deltaTokenMs: 1000 });
    const { link } = round(sut, '/users/delta');
    sut.clock.now += 1001;
    const reply = sut.send('GET', link);
    expect(reply.status).toBe(410);
    expect(errorOf(reply)['code']).toBe('resyncRequired');
    expect(reply.headers?.['location']).toBe('https://graph.test/v1.0/users/delta');
  });

  it('answer 410 to tokens that are unknown, of another type or of before a reset', () => {
    const sut = aService();
    const { link } = round(sut, '/users/delta');
    expect(sut.send('GET', '/users/delta?$deltatoken=abc').status).toBe(410);
    expect(sut.send('GET', link.replace('/users/', '/groups/')).status).toBe(410);
    sut.tenant.reset();
    expect(sut.send('GET', link).status).toBe(410);
  });

  it.each(['$top=5', '$orderby=displayName', '$expand=manager'])('refuse %s', (option) => {
    expect(aService().send('GET', `/users/delta?${option}`).status).toBe(400);
  });

  it('filter by id only', () => {
    const sut = aService();
    const [a] = [create(sut, 'users', aUser('a')), create(sut, 'users', aUser('b'))];
    expect(round(sut, `/users/delta?$filter=id eq '${a}'`).items.map((item) => item['id'])).toEqual([a]);
    expect(sut.send('GET', "/users/delta?$filter=displayName eq 'a'").status).toBe(400);
  });

  it('hold back changes that reads do not show yet, and tell them later', () => {
    const sut = aService({ eventualMs: 1000 });
    const id = create(sut, 'users', aUser('a'));
    const first = round(sut, '/users/delta?$select=displayName');
    expect(first.items).toEqual([]);
    sut.clock.now += 1000;
    expect(round(sut, first.link).items).toEqual([{ id, displayName: 'User a' }]);
  });

  it('replayed over any history and page size give the members a full read gives', () => {
    const step = fc.record({ user: fc.nat(4), add: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(29), fc.integer({ min: 1, max: 3 }), (steps, cut, size) => {
        const sut = aService({ deltaPageSize: size });
        const ids = Array.from({ length: 5 }, (_, index) => create(sut, 'users', aUser(`u${index}`)));
        const group = create(sut, 'groups', aGroup('g'));
        const run = ({ user, add }: { user: number; add: boolean }): void => {
          const id = ids[user] ?? '';
          if (add) sut.send('POST', `/groups/${group}/members/$ref`, { '@odata.id': reference(id) });
          else sut.send('DELETE', `/groups/${group}/members/${id}/$ref`);
        };
        steps.slice(0, cut).forEach(run);
        const first = round(sut, '/groups/delta?$select=members');
        steps.slice(cut).forEach(run);
        const held = new Set<unknown>();
        for (const entry of memberEntries([...first.items, ...round(sut, first.link).items])) {
          if ('@removed' in entry) held.delete(entry['id']);
          else held.add(entry['id']);
        }
        expect(held).toEqual(new Set(valueOf(sut.send('GET', `/groups/${group}/members`)).map((m) => m['id'])));
      }),
      { numRuns: 60 },
    );
  });
});
