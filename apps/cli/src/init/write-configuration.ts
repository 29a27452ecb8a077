import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { adjoinConfig, SyncError, type AdjoinConfig } from '@adjoin/contracts';
import { secretOf, type InitAnswers } from './answers.js';
import type { ForestFacts } from './checks.js';

/** Writes `adjoin.yaml` and the secret files (mode 0600) into a folder; never over an existing configuration. Returns the path. */
export async function writeConfiguration(folder: string, answers: InitAnswers, forest: ForestFacts): Promise<string> {
  const file = resolve(folder, 'adjoin.yaml');
  if (existsSync(file))
    throw new SyncError('ADJ-CLI-6001', `${file} exists already.`, {
      hint: 'Choose another folder with --folder, or edit that file.',
    });
  const secrets = join(resolve(folder), 'secrets');
  await mkdir(secrets, { recursive: true, mode: 0o700 });
  const { name: ad, password, passwordFile } = answers.forest;
  const { name: entra, clientSecret, clientSecretFile } = answers.tenant;
  const config = configurationOf(answers, forest, {
    password: await writeSecret(secrets, `${ad}-password`, secretOf(password, passwordFile)),
    clientSecret: await writeSecret(secrets, `${entra}-client-secret`, secretOf(clientSecret, clientSecretFile)),
  });
  await writeFile(file, stringify(config), { mode: 0o600 });
  return file;
}

async function writeSecret(folder: string, name: string, secret: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, secret, { mode: 0o600 });
  await chmod(path, 0o600); // the mode of writeFile does not change an existing file
  return path;
}

function configurationOf(
  answers: InitAnswers,
  facts: ForestFacts,
  files: { password: string; clientSecret: string },
): AdjoinConfig {
  const { forest, tenant } = answers;
  const tlsOf = (caFile: string | undefined, serverName?: string): object => ({
    tls: {
      ...(caFile === undefined ? {} : { caFile: resolve(caFile) }),
      ...(serverName === undefined ? {} : { serverName }),
    },
  });
  return adjoinConfig.parse({
    connectors: [
      {
        name: forest.name,
        type: 'ad',
        id: randomUUID(),
        forest: facts.forest,
        netbios: facts.domain.netbios,
        servers: [forest.server],
        startTls: forest.server.startsWith('ldap:'),
        ...tlsOf(forest.caFile, forest.serverName),
        bindDn: forest.account,
        passwordFile: files.password,
        domains: [facts.domain],
        scope: { include: forest.include, exclude: [] },
      },
      {
        name: tenant.name,
        type: 'entra',
        id: randomUUID(),
        tenantId: tenant.tenantId,
        clientId: tenant.clientId,
        clientSecretFile: files.clientSecret,
        graphUrl: tenant.graphUrl,
        authority: tenant.authority,
        ...tlsOf(tenant.caFile),
      },
    ],
  });
}
