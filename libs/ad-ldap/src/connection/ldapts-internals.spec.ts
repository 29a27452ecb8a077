import { Client } from 'ldapts';
import { describe, expect, it } from 'vitest';
import { ldaptsInternals } from './ldapts-internals.js';

describe('the private parts of ldapts', () => {
  it('are the ones that the streaming reader relies on', () => {
    const client = new Client({ url: 'ldap://127.0.0.1' });
    const internals = ldaptsInternals(client);
    expect(Object.keys(client)).toContain('messageParser');
    expect(Object.keys(client)).toContain('messageDetailsByMessageId');
    // The socket handler must look the parser up at each chunk, else replacing it has no effect.
    const seen: Buffer[] = [];
    internals.messageParser = { read: (data) => void seen.push(data) };
    const handler: unknown = Reflect.get(client, 'socketDataHandler');
    if (typeof handler !== 'function') throw new Error('socketDataHandler is gone');
    handler(Buffer.from([1]));
    expect(seen).toHaveLength(1);
  });

  it('are missed with a clear error', () => {
    const client = new Client({ url: 'ldap://127.0.0.1' });
    Reflect.set(client, '_send', undefined);
    expect(() => ldaptsInternals(client)).toThrow('_send');
  });
});
