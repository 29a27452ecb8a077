import { writtenBy, type WriteBackFeature } from '@adjoin/contracts';
import { EqualityFilter } from 'ldapts';
import type { LdapConnection } from '../connection/ldap-connection.js';
import { LDAP_RESULT, statusOf } from '../connection/ldap-error.js';
import { rawAttribute, rawText, rawValue } from '../connection/raw-entry.js';
import { daclOnly } from '../controls/plain-control.js';
import { DIRSYNC_FLAGS } from '../controls/dirsync-control.js';
import { dirSyncPage, NOTHING } from '../directory/dir-sync.js';
import { readRootDse } from '../directory/root-dse.js';
import { guidText } from '../names/guid.js';
import { sidText } from '../names/sid.js';
import { seesDeletedObjects } from './deleted-objects.js';
import { firstEntry } from './first-entry.js';
import { grantsExtendedRight } from './security-descriptor.js';

export type FeatureName =
  'import' | 'deletions' | 'password-hashes' | 'consistency-guid' | 'exchange-hybrid' | 'password-writeback';

/** Whether the account may do what a feature needs in one domain, found out without changing anything. */
export interface FeatureCheck {
  readonly feature: FeatureName;
  /** unknown: the account may not see whether it has the right, or there is no object to look at. */
  readonly state: 'granted' | 'lacking' | 'unknown';
  /** The rights that the feature needs and the account lacks, by the names that the tools of Windows give them. */
  readonly lacks: readonly string[];
  /** Commands that grant what is lacking. */
  readonly commands: readonly string[];
  readonly note?: string | undefined;
}

interface Account {
  /** `NETBIOS\\name`, as dsacls wants it; what the connector says where the account cannot be found. */
  readonly name: string;
  /** The DN, as samba-tool wants it. */
  readonly dn: string;
  /** Undefined where the account cannot be found. */
  readonly sid: string | undefined;
  readonly domain: string;
  readonly sids: ReadonlySet<string>;
  readonly isSamba: boolean;
}

/** Rights-Guid of extended rights ([MS-ADTS] 5.1.3.2.1). */
const RIGHTS = {
  getChangesAll: '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2',
  resetPassword: '00299570-246d-11d0-a768-00aa006e0529',
} as const;
/** Types of objects that are written, with the schemaIDGUID of their class ([MS-ADSC] 2.268, 2.77, 2.53, 2.29). */
const CLASSES = {
  user: 'bf967aba-0de6-11d0-a285-00aa003049e2',
  inetOrgPerson: '4828cc14-1437-45bc-9b07-ad6f015e5f28',
  group: 'bf967a9c-0de6-11d0-a285-00aa003049e2',
  contact: '5cb41ed0-0e4c-11d0-a286-00aa003049e2',
} as const;
const ORDINARY_USER = '(&(objectClass=user)(!(objectClass=computer))(!(isCriticalSystemObject=TRUE))(!(adminCount=1)))';

/**
 * Looks in one domain for the rights of every feature. DirSync is tried; rights over all objects are read from the access control list
 * of the domain, rights to write from what the server says it would allow on one ordinary user. Errors: those of the connection.
 */
export async function checkFeatures(
  connection: LdapConnection,
  options: {
    readonly domain: string;
    readonly netbios: string;
    readonly account: string;
    readonly isSamba: boolean;
  },
): Promise<readonly FeatureCheck[]> {
  const account = {
    ...(await accountNames(connection, options)),
    domain: options.domain,
    isSamba: options.isSamba,
    sids: await tokenSids(connection),
  };
  const canImport = await mayDirSync(connection, options.domain);
  const descriptor = await domainDescriptor(connection, options.domain);
  const user = await firstEntry(connection, {
    base: options.domain,
    filter: ORDINARY_USER,
    attributes: ['allowedAttributesEffective', 'allowedAttributes', 'nTSecurityDescriptor'],
    controls: [daclOnly()],
  });
  const text = (name: string): ReadonlySet<string> =>
    new Set(
      (user === undefined ? [] : (rawAttribute(user, name)?.values ?? [])).map((value) =>
        value.toString('utf8').toLowerCase(),
      ),
    );
  const writable = { allowed: text('allowedAttributesEffective'), known: text('allowedAttributes') };
  return [
    importCheck(account, canImport),
    deletionsCheck(account, await seesDeletedObjects(connection, options.domain)),
    hashesCheck(account, canImport, descriptor),
    await writeCheck(connection, account, 'consistency-guid', writable),
    await writeCheck(connection, account, 'exchange-hybrid', writable),
    resetCheck(account, user === undefined ? undefined : rawValue(user, 'nTSecurityDescriptor')),
  ];
}

/** Finds the account, given as DN, userPrincipalName or `NETBIOS\\name`, in its domain. */
async function accountNames(
  connection: LdapConnection,
  { domain, netbios, account }: { readonly domain: string; readonly netbios: string; readonly account: string },
): Promise<Pick<Account, 'name' | 'dn' | 'sid'>> {
  const isDn = account.includes('=');
  const [attribute, value] = account.includes('@')
    ? ['userPrincipalName', account]
    : ['sAMAccountName', account.slice(account.indexOf('\\') + 1)];
  const filter = new EqualityFilter({ attribute, value });
  const search = isDn ? ({ base: account, scope: 'base' } as const) : { base: domain, filter };
  const found = await firstEntry(connection, { ...search, attributes: ['sAMAccountName', 'objectSid'] }).catch(
    () => undefined,
  ); // of another domain
  const name = found === undefined ? undefined : rawText(found, 'sAMAccountName');
  if (found === undefined || name === undefined) return { name: account, dn: account, sid: undefined };
  const sid = rawValue(found, 'objectSid');
  return { name: `${netbios}\\${name}`, dn: found.dn, sid: sid === undefined ? undefined : sidText(sid) };
}

/** SIDs of the account and all its groups, as the server sees them (rootDSE tokenGroups, [MS-ADTS] 3.1.1.3.2). */
async function tokenSids(connection: LdapConnection): Promise<ReadonlySet<string>> {
  const [root] = await connection.read({ base: '', scope: 'base', attributes: ['tokenGroups'] });
  const sids = root === undefined ? [] : (rawAttribute(root, 'tokenGroups')?.values ?? []);
  return new Set(sids.map((sid) => sidText(sid)));
}

async function mayDirSync(connection: LdapConnection, partition: string): Promise<boolean> {
  const request = {
    partition,
    flags: DIRSYNC_FLAGS.incrementalValues,
    cookie: Buffer.alloc(0),
    filter: NOTHING,
    attributes: ['objectGUID'],
  };
  try {
    await dirSyncPage(connection, request, () => undefined);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

async function domainDescriptor(connection: LdapConnection, domain: string): Promise<Buffer | undefined> {
  const [head] = await connection.read({
    base: domain,
    scope: 'base',
    attributes: ['nTSecurityDescriptor'],
    controls: [daclOnly()],
  });
  return head === undefined ? undefined : rawValue(head, 'nTSecurityDescriptor');
}

function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status === LDAP_RESULT.insufficientAccessRights || status === LDAP_RESULT.unwillingToPerform;
}

const granted = (feature: FeatureName): FeatureCheck => ({ feature, state: 'granted', lacks: [], commands: [] });

function importCheck(account: Account, canImport: boolean): FeatureCheck {
  if (canImport) return granted('import');
  return {
    feature: 'import',
    state: 'lacking',
    lacks: ['Replicating Directory Changes'],
    commands: [grantControl(account, 'Replicating Directory Changes', 'get-changes')],
  };
}

function deletionsCheck(account: Account, sees: 'yes' | 'no' | 'unknown'): FeatureCheck {
  if (sees === 'yes') return granted('deletions');
  const container = `CN=Deleted Objects,${account.domain}`;
  return {
    feature: 'deletions',
    // With the right to replicate, Windows shows tombstones by DirSync whatever this container allows.
    state: account.isSamba && sees === 'no' ? 'lacking' : 'unknown',
    lacks: ['List Contents and Read Property on CN=Deleted Objects'],
    commands: account.isSamba
      ? []
      : [`dsacls "${container}" /takeOwnership`, `dsacls "${container}" /G "${account.name}:LCRP"`],
    note: 'Without it deletions are found by comparison, some seconds later than other changes, where DirSync does not show them.',
  };
}

function hashesCheck(account: Account, canImport: boolean, descriptor: Buffer | undefined): FeatureCheck {
  const all =
    descriptor === undefined || account.sids.size === 0
      ? undefined
      : grantsExtendedRight(descriptor, account.sids, RIGHTS.getChangesAll);
  const missing = [
    ...(canImport ? [] : ([['Replicating Directory Changes', 'get-changes']] as const)),
    ...(all === true ? [] : ([['Replicating Directory Changes All', 'get-changes-all']] as const)),
  ];
  if (missing.length === 0) return granted('password-hashes');
  return {
    feature: 'password-hashes',
    state: all === undefined && canImport ? 'unknown' : 'lacking',
    lacks: missing.map(([name]) => name),
    commands: missing.map(([name, samba]) => grantControl(account, name, samba)),
  };
}

/** Looked at is an ordinary user, who has all attributes of the feature; the commands grant the right on every type that is written. */
async function writeCheck(
  connection: LdapConnection,
  account: Account,
  feature: WriteBackFeature,
  writable: { readonly allowed: ReadonlySet<string>; readonly known: ReadonlySet<string> },
): Promise<FeatureCheck> {
  if (writable.known.size === 0)
    return { feature, state: 'unknown', lacks: [], commands: [], note: 'There is no ordinary user to look at.' };
  const attributes = writtenBy(feature, 'user').map(inSchema);
  const known = attributes.filter((name) => writable.known.has(name.toLowerCase()));
  const missing = known.filter((name) => !writable.allowed.has(name.toLowerCase()));
  const unknown = attributes.length - known.length;
  const note = unknown === 0 ? {} : { note: `The schema of the forest lacks ${String(unknown)} of the attributes.` };
  if (missing.length === 0) return { ...granted(feature), ...note };
  const rights = Object.keys(CLASSES).flatMap((type) =>
    writtenBy(feature, type)
      .map(inSchema)
      .filter((name) => missing.includes(name))
      .map((attribute) => ({ type: type as keyof typeof CLASSES, attribute })),
  );
  const commands = account.isSamba
    ? await sambaWriteCommands(connection, account, rights)
    : rights.map(
        ({ type, attribute }) => `dsacls "${account.domain}" /I:S /G "${account.name}:WP;${attribute};${type}"`,
      );
  return {
    feature,
    state: 'lacking',
    lacks: missing.map((name) => `Write ${name}`),
    commands,
    ...note,
  };
}

/** Names as the schema of a forest spells them, which is what dsacls wants, where rules spell them otherwise. */
const inSchema = (name: string): string => SCHEMA_NAMES[name] ?? name;
const SCHEMA_NAMES: Readonly<Record<string, string>> = {
  'ms-DS-ConsistencyGuid': 'mS-DS-ConsistencyGuid',
  'msDS-ExternalDirectoryObjectID': 'msDS-ExternalDirectoryObjectId',
};

/** samba-tool knows no names of attributes: one entry of an access control list for each, inherited by objects of the type. */
async function sambaWriteCommands(
  connection: LdapConnection,
  { domain, dn, sid }: Account,
  rights: readonly { readonly type: keyof typeof CLASSES; readonly attribute: string }[],
): Promise<readonly string[]> {
  if (sid === undefined) return [];
  const { schemaNamingContext } = await readRootDse(connection);
  const guids = new Map<string, string>();
  for (const value of new Set(rights.map(({ attribute }) => attribute))) {
    const filter = new EqualityFilter({ attribute: 'lDAPDisplayName', value });
    const entry = await firstEntry(connection, { base: schemaNamingContext, filter, attributes: ['schemaIDGUID'] });
    const guid = entry === undefined ? undefined : rawValue(entry, 'schemaIDGUID');
    if (guid !== undefined) guids.set(value, guidText(guid));
  }
  const aces = rights.flatMap(({ type, attribute }) => {
    const guid = guids.get(attribute);
    return guid === undefined ? [] : [`(OA;CIIO;WP;${guid};${CLASSES[type]};${sid})`];
  });
  if (aces.length === 0) return [];
  return [`samba-tool dsacl set --objectdn="${domain}" --trusteedn="${dn}" --sddl="${aces.join('')}"`];
}

function resetCheck(account: Account, descriptor: Buffer | undefined): FeatureCheck {
  const feature = 'password-writeback';
  if (descriptor === undefined || account.sids.size === 0)
    return { feature, state: 'unknown', lacks: [], commands: [] };
  if (grantsExtendedRight(descriptor, account.sids, RIGHTS.resetPassword)) return granted(feature);
  return {
    feature,
    state: 'lacking',
    lacks: ['Reset Password'],
    commands: account.isSamba ? [] : [`dsacls "${account.domain}" /I:S /G "${account.name}:CA;Reset Password;user"`],
  };
}

function grantControl(account: Account, right: string, car: string): string {
  if (!account.isSamba) return `dsacls "${account.domain}" /G "${account.name}:CA;${right}"`;
  return `samba-tool dsacl set --action=allow --car=${car} --objectdn="${account.domain}" --trusteedn="${account.dn}"`;
}
