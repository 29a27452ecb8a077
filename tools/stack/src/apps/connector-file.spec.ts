import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adjoinConfig } from '@adjoin/contracts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { defaultPorts } from '../ports.js';
import { describeForest, FORESTS, SERVICE_ACCOUNTS } from '../samba/forest.js';
import { repositoryRoot } from '../state-folder.js';
import { connectorConfig, writeConnectorFile } from './connector-file.js';

const loaded = {
  ...{ users: 1, enabledUsers: 1, groups: 0, contacts: 0, computers: 0, memberships: 0 },
  ...{ linkedMailboxes: 0, linkedContacts: 0, foreignPrincipals: 0 },
};
const corp = describeForest(FORESTS.corp, '/lab/corp', loaded);
const res = describeForest(FORESTS.res, '/lab/res', loaded);

describe('the connector file', () => {
  it('fits the contract and names secrets by files that only their owner may read', async () => {
    const runFolder = await mkdtemp(join(tmpdir(), 'adjoin-stack-'));
    try {
      const text = await readFile(
        await writeConnectorFile({ runFolder, forests: [corp, res], ports: defaultPorts() }),
        'utf8',
      );
      const { connectors } = adjoinConfig.parse(parse(text));
      expect(connectors.map(({ name }) => name)).toEqual(['corp', 'res', 'entra']);
      expect(text).not.toContain(corp.sync.password);
      const [first] = connectors;
      const file = first?.type === 'ad' ? first.passwordFile : '';
      expect(await readFile(file, 'utf8')).toBe(corp.sync.password);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    } finally {
      await rm(runFolder, { recursive: true, force: true });
    }
  });

  it('recognizes people of two forests by SID and reads members of the other forest; of one forest neither', () => {
    const common = { runFolder: '/run', ports: defaultPorts() };
    const two = connectorConfig({ ...common, forests: [corp, res] });
    const one = connectorConfig({ ...common, forests: [corp] });
    expect([two, one].map(({ rules }) => rules.options.identifyUsersBy)).toEqual(['sid', 'once']);
    expect([two, one].map(({ connectors: [first] }) => (first?.type === 'ad' ? first.scope.include : []))).toEqual([
      ['OU=Adjoin,DC=corp,DC=test', 'CN=ForeignSecurityPrincipals,DC=corp,DC=test'],
      ['OU=Adjoin,DC=corp,DC=test'],
    ]);
    const byMail = connectorConfig({ ...common, forests: [corp, res], identifyUsersBy: 'mail' });
    expect(byMail.rules.options.identifyUsersBy).toBe('mail');
  });

  it('of docker compose fits the contract and has the same identifiers', async () => {
    const runFolder = await mkdtemp(join(tmpdir(), 'adjoin-stack-'));
    try {
      const local = adjoinConfig.parse(
        parse(await readFile(await writeConnectorFile({ runFolder, forests: [corp], ports: defaultPorts() }), 'utf8')),
      );
      const compose = adjoinConfig.parse(parse(await readFile(join(repositoryRoot(), 'docker/adjoin.yaml'), 'utf8')));
      expect(compose.connectors.map(({ name, id }) => [name, id])).toEqual(
        local.connectors.map(({ name, id }) => [name, id]),
      );
    } finally {
      await rm(runFolder, { recursive: true, force: true });
    }
  });

  it('of docker compose uses the accounts of the local stack', async () => {
    const { accounts } = JSON.parse(
      await readFile(join(repositoryRoot(), 'docker/lab-secrets/accounts.json'), 'utf8'),
    ) as { accounts: unknown };
    expect(accounts).toEqual(SERVICE_ACCOUNTS);
  });
});
