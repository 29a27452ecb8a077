import { passwordScopeKey, type PasswordScope } from '@adjoin/contracts';
import { createLogger, type IncomingMessage } from '@adjoin/shared';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PasswordStates } from '../state/password-states.js';
import { ScopeBook } from './scope-book.js';

const GUID = '00112233-4455-6677-8899-aabbccddeeff';
const scope = (change: Partial<PasswordScope> = {}): PasswordScope => ({
  ...{ connector: 'corp', objectGuid: GUID, sourceAnchor: 'anchor', target: 'entra', cloudId: 'cloud', version: 1 },
  ...change,
});
const message = (value: unknown, key = passwordScopeKey('corp', GUID)): IncomingMessage => ({
  ...{ key, offset: '0', headers: {} },
  value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});

describe('the scope', () => {
  let stored: { guid: string; scope: PasswordScope | undefined; send: boolean }[];
  let book: ScopeBook;

  beforeEach(() => {
    stored = [];
    const states = {
      applyScope: (records: typeof stored) => {
        stored.push(...records);
        return Promise.resolve();
      },
    } as unknown as PasswordStates;
    book = new ScopeBook({ connector: 'corp', states, log: createLogger('test', 'silent') });
  });

  it('grows and shrinks with the records, and asks for the password of who is new or goes elsewhere', async () => {
    await book.apply([message(scope())]);
    await book.apply([message(scope({ version: 2 }))]);
    await book.apply([message(scope({ version: 3, cloudId: 'other' }))]);
    await book.apply([message(null)]);
    expect(stored.map(({ send, scope: found }) => [found?.version, send])).toEqual([
      [1, true],
      [2, false],
      [3, true],
      [undefined, false],
    ]);
    expect(book.get(GUID)).toBeUndefined();
  });

  it('waits for the account in the target, then asks for the password', async () => {
    await book.apply([message(scope({ cloudId: undefined })), message(scope({ version: 2 }))]);
    expect(stored).toMatchObject([{ guid: GUID, send: true, scope: { version: 2 } }]);
  });

  it('is not changed by an older record, a foreign forest, or what cannot be read', async () => {
    await book.apply([message(scope({ version: 5 }))]);
    stored.length = 0;
    await book.apply([
      message(scope({ version: 4, cloudId: 'older' })),
      message(scope({ connector: 'res' }), passwordScopeKey('res', GUID)),
      message(scope({ connector: 'res' })),
      message(scope({ objectGuid: '99112233-4455-6677-8899-aabbccddeeff' })),
      message('no json'),
      message({ connector: 'corp' }),
    ]);
    expect(stored).toEqual([]);
    expect(book.get(GUID)?.version).toBe(5);
  });
});
