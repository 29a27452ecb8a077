import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeDirectory } from '@adjoin/testing';
import { runCli, type CliResult } from '../testing/run-cli.js';

let directory: FakeDirectory;
let folder: string;
let file: string;

beforeEach(async () => {
  directory = await FakeDirectory.start();
  folder = mkdtempSync(join(tmpdir(), 'adjoin-ad-'));
  file = join(folder, 'adjoin.json');
  write();
});
afterEach(() => {
  directory.stop();
  rmSync(folder, { recursive: true });
});

function write(changes: object = {}, password = 'pass'): void {
  writeFileSync(join(folder, 'password'), password);
  const connector = {
    name: 'corp',
    type: 'ad',
    id: 'i',
    forest: 'fake.test',
    netbios: 'FAKE',
    servers: [directory.url],
    bindDn: 'FAKE\\sync',
    passwordFile: join(folder, 'password'),
    domains: [{ dn: 'DC=fake,DC=test', fqdn: 'fake.test', netbios: 'FAKE' }],
    ...changes,
  };
  writeFileSync(file, JSON.stringify({ connectors: [connector] }));
}

async function adjoin(...args: string[]): Promise<CliResult & { json: Record<string, unknown> }> {
  const result = await runCli(['ad', ...args, '--config', file, '--json']);
  return { ...result, json: result.out === '' ? {} : (JSON.parse(result.out) as Record<string, unknown>) };
}

describe('adjoin ad check', () => {
  it('passes when the account may do what is asked for', async () => {
    const { exit, json } = await adjoin('check', '--features', 'import');
    expect(exit).toBe(0);
    expect(json).toMatchObject({ connectors: [{ connector: 'corp', state: 'passed', servers: [{ signedIn: true }] }] });
  });

  it('ends with 3 when imports work and another feature cannot', async () => {
    const { exit, json } = await adjoin('check', '--features', 'import,password-hashes');
    expect(exit).toBe(3);
    expect(JSON.stringify(json)).toContain('CA;Replicating Directory Changes All');
  });

  it('fails with the code, the right and the command when DirSync is refused', async () => {
    directory.behaviour.mayReplicate = false;
    const { exit, json } = await adjoin('check');
    expect(exit).toBe(1);
    const command = 'dsacls "DC=fake,DC=test" /G "FAKE\\sync:CA;Replicating Directory Changes"';
    expect(json).toMatchObject({
      connectors: [{ state: 'failed', failure: { code: 'ADJ-IMP-1004', hint: `Grant it: ${command}` } }],
    });
    const text = await runCli(['ad', 'check', '--config', file]);
    expect(text.out).toContain('error ADJ-IMP-1004');
    expect(text.out).toContain(command);
  });

  it('tells a refused password, a closed port and a domain that the server does not hold apart, and shows no password', async () => {
    write({}, 'wrong');
    const refused = await adjoin('check');
    expect(refused.json).toMatchObject({ connectors: [{ failure: { code: 'ADJ-IMP-1002' } }] });
    expect(refused.out).not.toContain('wrong');
    write({ domains: [{ dn: 'DC=other,DC=test', fqdn: 'other.test', netbios: 'OTHER' }] });
    expect((await adjoin('check')).json).toMatchObject({ connectors: [{ failure: { code: 'ADJ-IMP-1013' } }] });
    write({ servers: ['ldap://127.0.0.1:1'] });
    const closed = await adjoin('check');
    expect(closed.exit).toBe(1);
    expect(closed.json).toMatchObject({
      connectors: [{ failure: { code: 'ADJ-IMP-1001' }, servers: [{ ports: [{ port: 1, open: false }, {}] }] }],
    });
  });

  it('refuses a group filter that could let nobody through', async () => {
    const { state } = directory;
    const [staff, left] = ['Staff', 'Left'].map((name) =>
      state.add({ rdn: `OU=${name}`, parent: state.head, classes: ['organizationalUnit'] }),
    );
    for (const parent of [staff, left]) state.add({ rdn: 'CN=pilot', parent: parent ?? '', classes: ['top', 'group'] });
    state.add({ rdn: 'CN=kim', parent: staff ?? '', classes: ['user'] });
    const scope = { include: ['OU=Staff,DC=fake,DC=test'] };
    for (const [groupFilter, why] of [
      ['CN=none,OU=Staff,DC=fake,DC=test', 'does not exist'],
      ['CN=kim,OU=Staff,DC=fake,DC=test', 'is no group'],
      ['CN=pilot,OU=Left,DC=fake,DC=test', 'lies outside the selected containers'],
      ['CN=pilot,DC=other,DC=test', 'lies in none of the selected domains'],
    ] as const) {
      write({ scope, groupFilter });
      const { exit, json } = await adjoin('check', '--features', 'import');
      expect(exit).toBe(1);
      const failure = { code: 'ADJ-IMP-1013', message: expect.stringContaining(why) as string };
      expect(json).toMatchObject({ connectors: [{ state: 'failed', failure }] });
    }
    write({ scope, groupFilter: 'CN=pilot,OU=Staff,DC=fake,DC=test' });
    expect((await adjoin('check', '--features', 'import')).exit).toBe(0);
  });

  it('ends with 2 for a connector or a file that is not there', async () => {
    expect((await adjoin('check', 'nobody')).exit).toBe(2);
    expect((await runCli(['ad', 'check', '--config', join(folder, 'none.yaml')])).exit).toBe(2);
    expect((await runCli(['ad', 'check'])).exit).toBe(2);
    expect((await adjoin('check', '--features', 'flying')).exit).toBe(2);
  });
});

describe('adjoin ad probe', () => {
  it('counts by type, container and scope, and estimates the first synchronization', async () => {
    const { state } = directory;
    const [staff, guests] = ['Staff', 'Guests'].map((name) =>
      state.add({ rdn: `OU=${name}`, parent: state.head, classes: ['organizationalUnit'] }),
    );
    const team = state.add({ rdn: 'OU=Team', parent: staff ?? '', classes: ['organizationalUnit'] });
    for (let index = 0; index < 30; index += 1)
      state.add({ rdn: `CN=u${String(index)}`, parent: team, classes: ['top', 'user'] });
    state.add({ rdn: 'CN=guest', parent: guests ?? '', classes: ['top', 'user'] });
    state.add({ rdn: 'CN=group', parent: staff ?? '', classes: ['top', 'group'] });
    write({ scope: { include: ['OU=Staff,DC=fake,DC=test'] } });
    const { exit, json } = await adjoin('probe');
    expect(exit).toBe(0);
    expect(json).toMatchObject({
      connectors: [
        {
          connector: 'corp',
          domains: [
            {
              facts: { schemaVersion: 88, functionalLevel: { domain: 7, forest: 7 }, exchange: { attributes: false } },
              census: {
                objects: 32,
                byType: { user: 31, group: 1 },
                inScope: { user: 30, group: 1 },
                byContainer: [
                  { dn: 'OU=Staff,DC=fake,DC=test', objects: 31 },
                  { dn: 'OU=Guests,DC=fake,DC=test', objects: 1 },
                ],
              },
              estimate: { objects: 31, exportSeconds: 2 },
            },
          ],
        },
      ],
    });
    expect((await runCli(['ad', 'probe', '--config', file])).out).toContain('OU=Staff,DC=fake,DC=test');
  });
});

describe('adjoin ad scope', () => {
  it('counts what leaves, enters and stays before a changed connector file is used', async () => {
    const { state } = directory;
    const [staff, guests] = ['Staff', 'Guests'].map((name) =>
      state.add({ rdn: `OU=${name}`, parent: state.head, classes: ['organizationalUnit'] }),
    );
    for (let index = 0; index < 12; index += 1)
      state.add({ rdn: `CN=u${String(index)}`, parent: staff ?? '', classes: ['top', 'user'] });
    state.add({ rdn: 'CN=guest', parent: guests ?? '', classes: ['top', 'user'] });
    state.add({ rdn: 'CN=team', parent: guests ?? '', classes: ['top', 'group'] });
    write();
    const before = join(folder, 'before.json');
    copyFileSync(file, before);
    write({ scope: { include: ['OU=Guests,DC=fake,DC=test', 'OU=Typo,DC=fake,DC=test'] }, objectTypes: ['user'] });

    const { exit, json } = await adjoin('scope', '--against', before);
    expect(exit).toBe(0);
    expect(json).toMatchObject({
      leaving: 13,
      connectors: [
        {
          connector: 'corp',
          domains: [
            {
              leaving: { user: 12, group: 1 },
              staying: { user: 1 },
              losing: [
                { dn: 'OU=Staff,DC=fake,DC=test', objects: 12 },
                { dn: 'OU=Guests,DC=fake,DC=test', objects: 1 },
              ],
              missing: ['OU=Typo,DC=fake,DC=test'],
            },
          ],
        },
      ],
    });
    expect((await adjoin('scope', '--against', before, '--at-most', '12')).exit).toBe(3);
    expect((await adjoin('scope', '--against', before, '--at-most', '13')).exit).toBe(0);
    expect((await adjoin('scope')).json).toMatchObject({
      leaving: 0,
      connectors: [{ domains: [{ entering: { user: 1 } }] }],
    });
    const text = await runCli(['ad', 'scope', '--config', file, '--against', before, '--at-most', '1']);
    expect(text.out).toContain('13 (user 12, group 1)');
    expect(text.out).toContain('13 objects leave, more than 1.');
    expect(text.out).toContain('OU=Typo,DC=fake,DC=test');
  });
});
