import { readFileSync } from 'node:fs';
import type { ForestDescription, LabAccount } from '@adjoin/stack';
import { Client, type Entry } from 'ldapts';
import type { DirectoryEntry } from './directory-object.js';

const PAGE_SIZE = 1000;
/** Everything the comparison needs; `member` of the lab's controllers comes whole, without ranges. */
const ATTRIBUTES = [
  ...['objectGUID', 'objectClass', 'cn', 'sAMAccountName', 'userPrincipalName', 'userAccountControl', 'groupType'],
  ...[
    'isCriticalSystemObject',
    'adminDescription',
    'msExchRecipientTypeDetails',
    'msExchUsageLocation',
    'mailNickname',
  ],
  ...[
    'proxyAddresses',
    'mail',
    'displayName',
    'givenName',
    'sn',
    'title',
    'department',
    'company',
    'manager',
    'member',
  ],
  ...['l', 'st', 'co', 'streetAddress', 'postalCode', 'physicalDeliveryOfficeName', 'telephoneNumber', 'mobile'],
  ...['objectSid', 'msExchMasterAccountSid'],
  ...['facsimileTelephoneNumber', 'preferredLanguage', 'employeeID', 'employeeType', 'description'],
];

/** Opens a bound LDAPS connection to a forest of the lab. The caller unbinds it. */
export async function openDirectory(forest: ForestDescription, account: LabAccount): Promise<Client> {
  const client = new Client({
    url: forest.ldapsUrl,
    timeout: 60_000,
    connectTimeout: 10_000,
    tlsOptions: { ca: readFileSync(forest.caFile, 'utf8'), servername: forest.serverName, minVersion: 'TLSv1.2' },
  });
  try {
    await client.bind(account.dn, account.password);
    return client;
  } catch (error) {
    await client.unbind(); // a failed bind keeps its socket open
    throw error;
  }
}

const SIDS = ['objectSid', 'msExchMasterAccountSid'];
const OBJECTS = '(|(&(objectClass=user)(!(objectClass=computer)))(objectClass=group)(objectClass=contact))';

/** Reads users, groups and contacts in scope (below `OU=Adjoin`) and foreign security principals, by plain paged searches. */
export async function readDirectory(forest: ForestDescription): Promise<readonly DirectoryEntry[]> {
  const client = await openDirectory(forest, forest.admin);
  try {
    const search = async (base: string, filter: string): Promise<readonly DirectoryEntry[]> => {
      const { searchEntries } = await client.search(base, {
        scope: 'sub',
        filter,
        attributes: ATTRIBUTES,
        explicitBufferAttributes: ['objectGUID', ...SIDS],
        paged: { pageSize: PAGE_SIZE },
      });
      return searchEntries.map((entry) => directoryEntry(entry, forest.domain));
    };
    const objects = await search(forest.adjoinOu, OBJECTS);
    return [...objects, ...(await search(forest.foreignPrincipals, '(objectClass=foreignSecurityPrincipal)'))];
  } finally {
    await client.unbind();
  }
}

function directoryEntry(entry: Entry, domain: string): DirectoryEntry {
  const values = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(entry)) {
    if (name === 'dn' || name === 'objectGUID') continue;
    const texts = (Array.isArray(value) ? value : [value]).map((one) =>
      Buffer.isBuffer(one) ? sidText(one) : String(one),
    );
    if (texts.length > 0) values.set(name.toLowerCase(), texts);
  }
  const classes = new Set((values.get('objectclass') ?? []).map((name) => name.toLowerCase()));
  return { dn: entry.dn, domain, anchor: anchorOf(entry), classes, values };
}

/** A SID as text, `S-1-5-21-...`: authority in six bytes, then 32-bit parts in little-endian order; MS-DTYP 2.4.2.2. */
export function sidText(bytes: Buffer): string {
  const parts = Array.from({ length: bytes[1] ?? 0 }, (_, index) => bytes.readUInt32LE(8 + 4 * index));
  return ['S', bytes[0], bytes.readUIntBE(2, 6), ...parts].join('-');
}

/** The source anchor: the bytes of objectGUID in the order of the directory, in Base64. */
export function anchorOf(entry: Entry): string {
  const guid = entry['objectGUID'];
  const bytes = Array.isArray(guid) ? guid[0] : guid;
  if (!Buffer.isBuffer(bytes)) throw new Error(`${entry.dn} was read without objectGUID`);
  return bytes.toString('base64');
}
