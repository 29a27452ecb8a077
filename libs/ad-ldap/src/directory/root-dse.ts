import { SyncError } from '@adjoin/contracts';
import type { LdapConnection } from '../connection/ldap-connection.js';
import { rawAttribute, rawText, rawValue } from '../connection/raw-entry.js';
import { guidText } from '../names/guid.js';

/** What the importer needs to know about the server behind a connection. */
export interface RootDse {
  readonly defaultNamingContext: string;
  readonly namingContexts: readonly string[];
  readonly schemaNamingContext: string;
  /** DN of the DC's NTDS settings object. */
  readonly dsServiceName: string;
  readonly dnsHostName: string | undefined;
  readonly supportedControls: ReadonlySet<string>;
  /** Counts up with every change that this DC commits. */
  readonly highestCommittedUsn: string | undefined;
  /** Set by Samba; a Windows domain controller has none. */
  readonly vendorName: string | undefined;
}

const ATTRIBUTES = [
  'defaultNamingContext',
  'namingContexts',
  'schemaNamingContext',
  'dsServiceName',
  'dnsHostName',
  'supportedControl',
  'highestCommittedUSN',
  'vendorName',
];

export async function readRootDse(connection: LdapConnection, signal?: AbortSignal): Promise<RootDse> {
  const [entry] = await connection.read({ base: '', scope: 'base', attributes: ATTRIBUTES }, signal);
  if (entry === undefined) throw new SyncError('ADJ-IMP-1010', `${connection.server} returned no root entry`);
  const all = (name: string): readonly string[] =>
    (rawAttribute(entry, name)?.values ?? []).map((value) => value.toString('utf8'));
  return {
    defaultNamingContext: rawText(entry, 'defaultNamingContext') ?? '',
    namingContexts: all('namingContexts'),
    schemaNamingContext: rawText(entry, 'schemaNamingContext') ?? '',
    dsServiceName: rawText(entry, 'dsServiceName') ?? '',
    dnsHostName: rawText(entry, 'dnsHostName'),
    supportedControls: new Set(all('supportedControl')),
    highestCommittedUsn: rawText(entry, 'highestCommittedUSN'),
    vendorName: rawText(entry, 'vendorName'),
  };
}

/** The USN of the last change the DC committed, in one cheap read; undefined where it does not tell. */
export async function readHighestUsn(connection: LdapConnection, signal?: AbortSignal): Promise<string | undefined> {
  const [entry] = await connection.read({ base: '', scope: 'base', attributes: ['highestCommittedUSN'] }, signal);
  return entry === undefined ? undefined : rawText(entry, 'highestCommittedUSN');
}

/**
 * Identity of the DC's database: its invocationId, which changes when the DC was restored from a backup; where the account may not
 * read it, the name of the NTDS settings object. A DirSync cookie is valid for one such identity.
 */
export async function readInvocationId(
  connection: LdapConnection,
  rootDse: RootDse,
  signal?: AbortSignal,
): Promise<string> {
  const [entry] = await connection.read(
    { base: rootDse.dsServiceName, scope: 'base', attributes: ['invocationId'] },
    signal,
  );
  const bytes = entry === undefined ? undefined : rawValue(entry, 'invocationId');
  return bytes === undefined ? rootDse.dsServiceName : guidText(bytes);
}
