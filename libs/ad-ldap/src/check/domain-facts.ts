import type { LdapConnection } from '../connection/ldap-connection.js';
import { rawAttribute, rawText } from '../connection/raw-entry.js';
import { readRootDse } from '../directory/root-dse.js';
import { parentDn } from '../names/dn.js';

/** What a domain controller says about itself and its forest. */
export interface DomainFacts {
  readonly host: string | undefined;
  readonly product: 'Active Directory' | 'Samba';
  readonly namingContexts: readonly string[];
  /** objectVersion of the schema: 88 is Windows Server 2019 and 2022, 87 is 2016, 69 is 2012 R2, 47 is 2008 R2. */
  readonly schemaVersion: number | undefined;
  /** msDS-Behavior-Version: 7 is 2016, 6 is 2012 R2, 4 is 2008 R2 ([MS-ADTS] 6.1.4). */
  readonly functionalLevel: {
    readonly forest: number | undefined;
    readonly domain: number | undefined;
    readonly domainController: number | undefined;
  };
  readonly exchange: { readonly attributes: boolean; readonly schemaVersion: number | undefined };
  readonly consistencyGuid: boolean;
  readonly recycleBin: boolean;
  readonly dirSync: boolean;
}

const DIRSYNC = '1.2.840.113556.1.4.841';
const LEVELS = ['forestFunctionality', 'domainFunctionality', 'domainControllerFunctionality'] as const;

/** Reads versions and levels; what the account may not read is undefined or false. */
export async function readDomainFacts(connection: LdapConnection): Promise<DomainFacts> {
  const root = await readRootDse(connection);
  const schema = root.schemaNamingContext;
  const [levels] = await connection.read({ base: '', scope: 'base', attributes: LEVELS });
  const [forest, domain, domainController] = LEVELS.map((name) =>
    numberOf(levels === undefined ? undefined : rawText(levels, name)),
  );
  const has = async (name: string): Promise<boolean> =>
    (
      await connection.read({
        base: schema,
        scope: 'one',
        filter: `(lDAPDisplayName=${name})`,
        attributes: ['objectClass'],
      })
    ).length > 0;
  return {
    host: root.dnsHostName,
    product: root.vendorName === undefined ? 'Active Directory' : 'Samba',
    namingContexts: root.namingContexts,
    schemaVersion: numberOf(await valueOf(connection, schema, 'objectVersion')),
    functionalLevel: { forest, domain, domainController },
    exchange: {
      attributes: await has('msExchMailboxGuid'),
      schemaVersion: numberOf(await valueOf(connection, `CN=ms-Exch-Schema-Version-Pt,${schema}`, 'rangeUpper')),
    },
    consistencyGuid: await has('mS-DS-ConsistencyGuid'),
    recycleBin: await hasRecycleBin(connection, parentDn(schema)),
    dirSync: root.supportedControls.has(DIRSYNC),
  };
}

async function hasRecycleBin(connection: LdapConnection, configuration: string): Promise<boolean> {
  const options = {
    base: `CN=Partitions,${configuration}`,
    scope: 'base',
    attributes: ['msDS-EnabledFeature'],
  } as const;
  const [entry] = await connection.read(options).catch(() => []); // absent in old forests
  return (entry === undefined ? [] : (rawAttribute(entry, 'msDS-EnabledFeature')?.values ?? [])).some((value) =>
    value.toString('utf8').includes('Recycle Bin Feature'),
  );
}

async function valueOf(connection: LdapConnection, base: string, attribute: string): Promise<string | undefined> {
  const [entry] = await connection.read({ base, scope: 'base', attributes: [attribute] }).catch(() => []); // absent and unreadable are the same here
  return entry === undefined ? undefined : rawText(entry, attribute);
}

const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
