import { readFileSync } from 'node:fs';
import { Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './support/lab.js';
import { expectNothingDoubledOrDeleted, readIds } from './support/tenant.js';
import { waitFor } from './support/wait-for.js';
import { grantWriteBack, isConfirmed, turnOnWriteBack } from './support/write-back.js';

const X500 = 'x500:/o=cloud/ou=exchange/cn=recipients/cn=';

describe('a forest whose users have mailboxes in the cloud', () => {
  let lab: Lab;
  let client: Client;

  beforeAll(async () => {
    lab = await Lab.open({ name: 'hybrid', users: 40, groups: 3, passwords: true });
    const { forest } = lab;
    const tlsOptions = { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName };
    client = new Client({ url: forest.ldapsUrl, timeout: 30_000, tlsOptions });
    await client.bind(forest.admin.dn, forest.admin.password);
    await turnOnWriteBack(lab, 'exchange-hybrid', { features: ['exchange', 'hybridExchange'] });
    await grantWriteBack(lab, 'exchange-hybrid');
    await lab.startApps();
    await waitFor(lab, 'all users in the tenant', async () => (await lab.simulator.stats()).objects.users === 40);
  });
  afterAll(async () => {
    await client?.unbind();
    await lab?.close();
  });

  interface Person {
    readonly dn: string;
    readonly anchor: string;
    readonly addresses: readonly string[];
  }
  const people = async (): Promise<readonly Person[]> => {
    const filter = '(&(objectCategory=person)(objectClass=user)(!(objectClass=inetOrgPerson)))';
    const attributes = ['objectGUID', 'proxyAddresses'];
    const options = { filter, attributes, explicitBufferAttributes: ['objectGUID'] };
    const { searchEntries } = await client.search(lab.forest.adjoinOu, options);
    return searchEntries.map((entry) => ({
      dn: entry.dn,
      anchor: (entry['objectGUID'] as Buffer).toString('base64'),
      addresses: [entry['proxyAddresses'] ?? []].flat().map(String),
    }));
  };
  it('gets the address that Exchange made of each mailbox; every other address stays as it is', async () => {
    const before = await people();
    const ids = await readIds(lab.graph);
    const withMailbox = before.filter(({ addresses, anchor }) => addresses.length > 0 && ids.has(anchor)).slice(0, 5);
    expect(withMailbox.length, 'users with addresses').toBe(5);
    const made = (person: Person): string => `${X500}${ids.get(person.anchor) ?? ''}`;
    await lab.simulator.setComputed(
      Object.fromEntries(
        withMailbox.map((person) => [
          ids.get(person.anchor) ?? '',
          { cloudLegacyExchangeDN: made(person).slice('x500:'.length), cloudMSExchRecipientDisplayType: 1_073_741_824 },
        ]),
      ),
    );
    await waitFor(lab, 'the addresses', async () => {
      const now = new Map((await people()).map((person) => [person.dn, person.addresses]));
      return withMailbox.every((person) => now.get(person.dn)?.includes(made(person)) === true);
    });
    await waitFor(lab, 'every address confirmed', () => isConfirmed(lab));
    const chosen = new Set(withMailbox.map(({ dn }) => dn));
    const expected = before.map((person) => ({
      ...person,
      addresses: [...person.addresses, ...(chosen.has(person.dn) ? [made(person)] : [])].toSorted(),
    }));
    const now = (await people()).map((person) => ({ ...person, addresses: person.addresses.toSorted() }));
    expect(now).toEqual(expected);
    await expectNothingDoubledOrDeleted(lab);
  });
});
