import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, type CliResult } from '../testing/run-cli.js';

interface Account {
  readonly dn: string;
  readonly password: string;
}
interface Forest {
  readonly netbios: string;
  readonly domain: string;
  readonly ldapsUrl: string;
  readonly caFile: string;
  readonly serverName: string;
  readonly baseDn: string;
  /** With the right to replicate changes; with that and the right to replicate secrets; with none. */
  readonly sync: Account;
  readonly hash: Account;
  readonly plain: Account;
}
const { ADJOIN_TEST_FOREST: forestFile } = process.env;

describe.skipIf(forestFile === undefined)('adjoin ad, with a domain controller', () => {
  const forest = forestFile === undefined ? ({} as Forest) : (JSON.parse(readFileSync(forestFile, 'utf8')) as Forest);
  const folder = mkdtempSync(join(tmpdir(), 'adjoin-ad-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function adjoin(command: 'check' | 'probe', account: Account, changes: object = {}): Promise<CliResult> {
    const file = join(folder, 'adjoin.json');
    writeFileSync(join(folder, 'password'), account.password);
    const connector = {
      name: 'corp',
      type: 'ad',
      id: 'i',
      forest: forest.domain,
      netbios: forest.netbios,
      servers: [forest.ldapsUrl],
      tls: { caFile: forest.caFile, serverName: forest.serverName },
      bindDn: account.dn,
      passwordFile: join(folder, 'password'),
      domains: [{ dn: forest.baseDn, fqdn: forest.domain, netbios: forest.netbios }],
      ...changes,
    };
    writeFileSync(file, JSON.stringify({ connectors: [connector] }));
    return runCli(['ad', command, '--config', file, '--json']);
  }

  it('finds everything granted to the account that may replicate changes and secrets', async () => {
    const { exit, out } = await adjoin('check', forest.hash);
    expect(exit).toBe(0);
    const certificate = { names: [expect.stringMatching(new RegExp(forest.serverName, 'i'))] };
    expect(JSON.parse(out)).toMatchObject({
      connectors: [{ state: 'passed', servers: [{ certificate, signedIn: true }] }],
    });
  });

  it('finds that only password hashes are lacking to the account that may replicate changes', async () => {
    const { exit, out } = await adjoin('check', forest.sync);
    expect(exit).toBe(3);
    const features = expect.arrayContaining([
      expect.objectContaining({ feature: 'import', state: 'granted' }),
      expect.objectContaining({
        feature: 'password-hashes',
        state: 'lacking',
        lacks: ['Replicating Directory Changes All'],
        commands: [
          expect.stringContaining(
            `--car=get-changes-all --objectdn="${forest.baseDn}" --trusteedn="${forest.sync.dn}"`,
          ),
        ],
      }),
    ]);
    expect(JSON.parse(out)).toMatchObject({
      connectors: [{ state: 'lacking', servers: [{ domains: [{ features }] }] }],
    });
  });

  it('names the right and the command for an account that has none', async () => {
    const { exit, out } = await adjoin('check', forest.plain);
    expect(exit).toBe(1);
    const hint = expect.stringContaining('--car=get-changes ');
    const failure = { code: 'ADJ-IMP-1004', message: expect.stringContaining('Replicating Directory Changes'), hint };
    expect(JSON.parse(out)).toMatchObject({ connectors: [{ state: 'failed', failure }] });
    expect((await adjoin('check', forest.plain, { readMode: 'auto' })).exit).toBe(3);
  });

  it('shows a certificate that is not trusted, and says so', async () => {
    const { exit, out } = await adjoin('check', forest.sync, { tls: { serverName: forest.serverName } });
    expect(exit).toBe(1);
    const server = { certificate: { daysLeft: expect.any(Number) }, failure: { code: 'ADJ-IMP-1003' } };
    expect(JSON.parse(out)).toMatchObject({ connectors: [{ failure: { code: 'ADJ-IMP-1003' }, servers: [server] }] });
  });

  it('reads versions and counts with any account', async () => {
    const { exit, out } = await adjoin('probe', forest.plain);
    expect(exit).toBe(0);
    const facts = { product: 'Samba', consistencyGuid: true, dirSync: true, schemaVersion: expect.any(Number) };
    const census = { byType: { user: expect.any(Number) }, systemObjects: expect.any(Number) };
    expect(JSON.parse(out)).toMatchObject({ connectors: [{ domains: [{ facts, census }] }] });
  });
});
