import { describe, expect, it } from 'vitest';
import { aGroup, aService, aUser, bodyOf, create, errorOf, valueOf } from '../testing/service-under-test.js';

const ADVANCED = { consistencylevel: 'eventual' };

function filled() {
  const sut = aService();
  create(sut, 'users', aUser('ann', { department: 'Sales', mail: 'ann@corp.test', onPremisesImmutableId: 'AAAA' }));
  create(sut, 'users', aUser('bob', { department: 'Sales', accountEnabled: false, city: "L'Aquila" }));
  create(sut, 'users', aUser('cid', { employeeHireDate: '2020-01-01T00:00:00Z' }));
  const names = (filter: string, advanced = false): unknown => {
    const query = `$select=mailNickname&$filter=${encodeURIComponent(filter)}${advanced ? '&$count=true' : ''}`;
    const reply = sut.send('GET', `/users?${query}`, undefined, advanced ? ADVANCED : {});
    return reply.status === 200 ? valueOf(reply).map((user) => user['mailNickname']) : errorOf(reply)['code'];
  };
  return { sut, names };
}

describe('$filter', () => {
  it.each([
    ["userPrincipalName eq 'ANN@corp.test'", ['ann']],
    ["onPremisesImmutableId eq 'AAAA'", ['ann']],
    ["mail eq 'ann@corp.test' or mailNickname eq 'bob'", ['ann', 'bob']],
    ["department eq 'Sales' and accountEnabled eq false", ['bob']],
    ["startsWith(displayName,'User b')", ['bob']],
    ["startswith(mailNickname,'a') or startswith(mailNickname,'c')", ['ann', 'cid']],
    ["userPrincipalName in ('ann@corp.test','cid@corp.test')", ['ann', 'cid']],
    ["proxyAddresses/any(p:p eq 'smtp:ann@corp.test')", ['ann']],
    ["proxyAddresses/any(p:startsWith(p,'smtp:ann'))", ['ann']],
    ["city eq 'L''Aquila'", ['bob']],
    ['employeeHireDate ge 2019-01-01T00:00:00Z', ['cid']],
    ["(mailNickname eq 'ann' or mailNickname eq 'bob') and accountEnabled eq true", ['ann']],
    ['onPremisesImmutableId eq null', ['bob', 'cid']],
  ])('%s', (filter, expected) => {
    expect(filled().names(filter)).toEqual(expected);
  });

  it.each([
    ["department ne 'Sales'", ['cid']],
    ["not(startsWith(mailNickname,'a'))", ['bob', 'cid']],
    ["endsWith(mail,'@corp.test')", ['ann']],
  ])('%s needs ConsistencyLevel: eventual and $count=true', (filter, expected) => {
    const { names } = filled();
    expect(names(filter)).toBe('Request_UnsupportedQuery');
    expect(names(filter, true)).toEqual(expected);
  });

  it.each([
    ["nonsense eq 'x'", 'Request_BadRequest'],
    ["displayName eq 'x", 'Request_BadRequest'],
    ['displayName eq', 'Request_BadRequest'],
    ["displayName like 'x'", 'Request_BadRequest'],
    ["contains(displayName,'x')", 'Request_UnsupportedQuery'],
    ["aboutMe eq 'x'", 'Request_UnsupportedQuery'],
    ["extension_abc_x eq 'x'", 'Request_BadRequest'],
    [`mail in (${Array(16).fill("'x'").join(',')})`, 'Request_UnsupportedQuery'],
  ])('refuses %s', (filter, code) => {
    expect(filled().names(filter)).toBe(code);
  });
});

describe('lists', () => {
  it('page with nextLink and no item twice', () => {
    const { sut } = filled();
    const first = sut.send('GET', '/users?$select=id&$top=2');
    const second = sut.send('GET', String(bodyOf(first)['@odata.nextLink']));
    expect(new Set([...valueOf(first), ...valueOf(second)].map((user) => user['id'])).size).toBe(3);
    expect(bodyOf(second)).not.toHaveProperty('@odata.nextLink');
  });

  it('keep their place when objects go between pages', () => {
    const { sut } = filled();
    const first = sut.send('GET', '/users?$select=id,mailNickname&$top=1');
    sut.send('DELETE', `/users/${String(valueOf(first)[0]?.['id'])}`);
    const rest = sut.send('GET', String(bodyOf(first)['@odata.nextLink']).replace('%24top=1', '%24top=9'));
    expect(valueOf(rest).map((user) => user['mailNickname'])).toEqual(['bob', 'cid']);
  });

  it.each(['$top=0', '$top=1000', '$top=x', '$foo=1', '$select=nonsense', '$skiptoken=zz', '$orderby=displayName'])(
    'refuse %s',
    (query) => {
      expect(filled().sut.send('GET', `/users?${query}`).status).toBe(400);
    },
  );

  it('count advanced queries', () => {
    const { sut } = filled();
    expect(bodyOf(sut.send('GET', '/users?$count=true', undefined, ADVANCED))['@odata.count']).toBe(3);
    expect(sut.send('GET', '/users/$count', undefined, ADVANCED).body).toBe(3);
    expect(sut.send('GET', '/users/$count').status).toBe(400);
  });

  it('expand the manager and members', () => {
    const { sut } = filled();
    const group = create(sut, 'groups', aGroup('g'));
    expect(bodyOf(sut.send('GET', `/groups/${group}?$expand=members($select=id)`))['members']).toEqual([]);
  });
});
