import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { ForestDescription } from './forest.js';

const file = process.env['ADJOIN_TEST_FOREST'];

describe.skipIf(file === undefined)('the forest of the integration tests', () => {
  const forest = (): ForestDescription => JSON.parse(readFileSync(file ?? '', 'utf8')) as ForestDescription;

  it('serves LDAP over TLS with a certificate of its authority and the server name that is described', async () => {
    const { ip, caFile, serverName } = forest();
    const authorized = await new Promise<boolean>((settle, fail) => {
      const socket = connect({ host: ip, port: 636, ca: readFileSync(caFile), servername: serverName }, () => {
        settle(socket.authorized);
        socket.destroy();
      });
      socket.once('error', fail);
    });
    expect(authorized).toBe(true);
  });

  it('was filled with what the description counts', () => {
    const { loaded } = forest();
    expect(loaded).toMatchObject({ users: 60, groups: 10, contacts: 3, computers: 1 });
    expect(loaded.memberships).toBeGreaterThanOrEqual(250);
  });
});
