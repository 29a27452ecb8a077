import { describe, expect, it } from 'vitest';
import { acceptedUpn, byName, mailNickname, placeholderUpn } from './user-names.js';

const domains = { initial: 'lab.onmicrosoft.com', verified: new Set(['lab.onmicrosoft.com', 'ok.test']) };

describe('names of cloud users', () => {
  it('takes the mail nickname from the primary SMTP address when there is no alias', () => {
    const given = byName({
      proxyAddresses: ['smtp:p0@lab.test', 'SMTP:p1@lab.test'],
      mail: 'p2@lab.test',
      userPrincipalName: 'p3@lab.test',
    });
    expect(mailNickname(given)).toBe('p1');
    expect(acceptedUpn('p3@lab.test', 'p1', domains)).toBe('p1@lab.onmicrosoft.com');
  });

  it.each([
    [{ alias: 'p4', mail: 'p2@lab.test' }, 'p4'],
    [{ MAIL: 'p2@lab.test', userPrincipalName: 'p3@lab.test' }, 'p2'],
    [{ userPrincipalName: 'p3@lab.test' }, 'p3'],
    [{ alias: 'J. Doe (ext)' }, 'J.Doeext'],
    [{}, undefined],
  ])('%j gives %s', (attributes, expected) => {
    expect(mailNickname(byName(attributes))).toBe(expected);
  });

  it('keeps a user principal name with a verified suffix', () => {
    expect(acceptedUpn('p5@OK.test', 'p4', domains)).toBe('p5@OK.test');
  });

  it.each(['p 5@ok.test', 'p5', undefined, '@ok.test', 'pä@ok.test'])('substitutes %j', (asked) => {
    expect(acceptedUpn(asked, 'p4', domains)).toBe('p4@lab.onmicrosoft.com');
  });

  it('makes a placeholder with four digits', () => {
    expect(placeholderUpn('p4@lab.onmicrosoft.com', 42)).toBe('p40042@lab.onmicrosoft.com');
  });
});
