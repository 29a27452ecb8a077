import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdConnectorConfig } from '@adjoin/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serverOptions } from './directory-session.js';

let folder: string;
let config: AdConnectorConfig;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adjoin-servers-'));
  config = {
    servers: ['ldaps://10.0.0.1', 'ldaps+srv://corp.test'],
    tls: { caFile: join(folder, 'ca.pem'), serverName: 'dc1.corp.test' },
    bindDn: 'sync@corp.test',
    passwordFile: join(folder, 'password'),
  } as AdConnectorConfig;
  write('ca.pem', 'first authority');
  write('password', 'first');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, content: string): void => writeFileSync(join(folder, file), content, { mode: 0o600 });
const locator = {
  random: () => 0,
  resolveSrv: () => Promise.resolve([{ name: 'dc2.corp.test', port: 389, priority: 0, weight: 1 }]),
};

describe('how servers are connected to', () => {
  it('is read anew each time: an exchanged password or authority needs no restart', async () => {
    const [first] = await serverOptions(config, locator);
    expect([first?.ca, first?.password()]).toEqual(['first authority', 'first']);
    write('ca.pem', 'second authority');
    write('password', 'second');
    const [second] = await serverOptions(config, locator);
    expect([second?.ca, second?.password()]).toEqual(['second authority', 'second']);
    rmSync(join(folder, 'ca.pem'));
    await expect(serverOptions(config, locator)).rejects.toMatchObject({ code: 'ADJ-CFG-0001' });
  });

  it('gives the name of the certificate to listed servers only', async () => {
    expect((await serverOptions(config, locator)).map(({ url, serverName }) => [url, serverName])).toEqual([
      ['ldaps://10.0.0.1', 'dc1.corp.test'],
      ['ldaps://dc2.corp.test:636', undefined],
    ]);
  });
});
