import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { adjoinConfig } from '@adjoin/contracts';
import type { InitChecks } from '../init/checks.js';
import { silentSession } from '../reference/silent-io.js';
import { Session } from '../session.js';
import { addInit } from './init.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'adjoin-init-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const checks: InitChecks = {
  forest: () =>
    Promise.resolve({
      forest: 'corp.test',
      domain: { dn: 'DC=corp,DC=test', fqdn: 'corp.test', netbios: 'CORP' },
      otherDomains: [],
    }),
  tenant: () => Promise.resolve({ initialDomain: 'lab.onmicrosoft.com', verifiedDomains: ['corp.test'] }),
};

async function init(answers: unknown): Promise<{ session: Session; out: string }> {
  const file = join(folder, 'answers.json');
  writeFileSync(file, JSON.stringify(answers));
  let out = '';
  const session = new Session({ ...silentSession, io: { ...silentSession.io, out: (text) => void (out += text) } });
  const program = new Command('adjoin').option('--json');
  addInit(program, session, checks);
  await program.parseAsync(['init', '--json', '--answers', file, '--folder', join(folder, 'out')], { from: 'user' });
  return { session, out };
}

const answers = {
  forest: { name: 'corp', server: 'ldaps://dc.corp.test', account: 'sync@corp.test', password: 'pass-word' },
  tenant: { tenantId: 't', clientId: 'c', clientSecret: 'top-secret' },
};

it('writes a valid connector file that names the secrets and does not contain them', async () => {
  const { session, out } = await init(answers);
  expect(session.exitCode).toBe(0);
  expect(out).not.toMatch(/pass-word|top-secret/);
  const { file } = JSON.parse(out) as { file: string };
  const written = readFileSync(file, 'utf8');
  expect(written).not.toMatch(/pass-word|top-secret/);
  const config = adjoinConfig.parse(parse(written));
  expect(config.connectors).toMatchObject([
    { name: 'corp', netbios: 'CORP', domains: [{ dn: 'DC=corp,DC=test' }] },
    { name: 'entra', tenantId: 't' },
  ]);
  const secret = join(folder, 'out/secrets/corp-password');
  expect(readFileSync(secret, 'utf8')).toBe('pass-word');
  expect(statSync(secret).mode & 0o777).toBe(0o600);
});

it('never writes over a configuration', async () => {
  await init(answers);
  const { session, out } = await init(answers);
  expect(session.exitCode).toBe(2);
  expect(out).toContain('exists already');
});

it('names everything that is missing in the answers', async () => {
  const { session, out } = await init({ forest: { server: 'dc' }, tenant: {} });
  expect(session.exitCode).toBe(2);
  for (const word of ['forest.server', 'forest.account', 'tenant.tenantId', 'tenant.clientId'])
    expect(out).toContain(word);
});
