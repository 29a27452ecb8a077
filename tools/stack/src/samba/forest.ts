/** A forest of the lab: one domain, one domain controller, one loopback address. */
export interface ForestDefinition {
  /** Connector name and folder name: `corp`, `res`. */
  readonly name: string;
  /** DNS domain in lower case, `corp.test`. */
  readonly domain: string;
  readonly netbios: string;
  /** Samba cannot move ports 88, 135, 389, 636, 3268 and 3269, so each forest needs an address of its own. */
  readonly ip: string;
  /** Host name of the domain controller without domain. */
  readonly host: string;
  /** First digits of employeeID, so that two forests have different ones. */
  readonly employeePrefix: string;
}

/** The two forests of the demo. */
export const FORESTS = {
  corp: { name: 'corp', domain: 'corp.test', netbios: 'CORP', ip: '127.0.0.10', host: 'dc1', employeePrefix: '1' },
  res: { name: 'res', domain: 'res.test', netbios: 'RES', ip: '127.0.0.11', host: 'dc1', employeePrefix: '2' },
} as const satisfies Record<string, ForestDefinition>;

/** What a forest is filled with. */
export interface DirectoryLoad {
  readonly users: number;
  readonly groups: number;
  readonly contacts: number;
  readonly computers: number;
  readonly membersMin: number;
  readonly membersMax: number;
  readonly seed: number;
  /** Four in ten users have their mailbox in another forest and no mail attributes in this one. */
  readonly mailboxesElsewhere?: boolean | undefined;
}

const MEMBERS_MIN = 25;
const MEMBERS_MAX = 50;

/** Fills in what was not asked for: max(10, N/20) groups of 25 to 50; a number of groups that was asked for gets 50 each. */
export function directoryLoad(wanted: {
  readonly users?: number | undefined;
  readonly groups?: number | undefined;
  readonly seed?: number | undefined;
}): DirectoryLoad {
  const users = wanted.users ?? 500;
  return {
    users,
    groups: wanted.groups ?? Math.max(10, Math.floor(users / 20)),
    contacts: Math.floor(users / 20),
    computers: Math.min(50, Math.floor(users / 50)),
    membersMin: wanted.groups === undefined ? MEMBERS_MIN : MEMBERS_MAX,
    membersMax: MEMBERS_MAX,
    seed: wanted.seed ?? 1,
  };
}

/** A login of the lab. The passwords are constants: nothing but loopback ever sees such a forest. */
export interface LabAccount {
  readonly name: string;
  readonly dn: string;
  readonly password: string;
}

/** Counts the loader reported. */
export interface LoadedCounts {
  readonly users: number;
  readonly enabledUsers: number;
  readonly groups: number;
  readonly contacts: number;
  readonly computers: number;
  /** Direct (group, member) pairs, nested groups included. */
  readonly memberships: number;
  /** Objects that stand for accounts of another forest. */
  readonly linkedMailboxes: number;
  readonly linkedContacts: number;
  readonly foreignPrincipals: number;
}

/** Everything a client needs to use a running forest; plain data, written as JSON for the integration tests. */
export interface ForestDescription {
  readonly name: string;
  /** Kerberos realm, `CORP.TEST`. */
  readonly realm: string;
  readonly domain: string;
  readonly netbios: string;
  readonly ip: string;
  readonly ldapsUrl: string;
  readonly ldapUrl: string;
  /** PEM file of the authority that signed the domain controller's certificate. */
  readonly caFile: string;
  /** TLS name to expect: the certificate has CN=DC1.<domain> and no subject alternative name. */
  readonly serverName: string;
  readonly baseDn: string;
  /** The subtree in scope of synchronization. */
  readonly adjoinOu: string;
  /** Outside `adjoinOu`; objects are moved here to leave the scope. */
  readonly outOfScopeOu: string;
  /** Members from other forests; outside `adjoinOu`, in scope when there is another forest. */
  readonly foreignPrincipals: string;
  /** Least privilege for reading: DS-Replication-Get-Changes only. */
  readonly sync: LabAccount;
  /** May replicate password hashes: Get-Changes and Get-Changes-All. */
  readonly hash: LabAccount;
  /** An ordinary user without rights. */
  readonly plain: LabAccount;
  readonly admin: LabAccount;
  readonly loaded: LoadedCounts;
}

/** Service accounts with the replication rights they get on the domain. */
export const SERVICE_ACCOUNTS = [
  {
    name: 'adjoin-sync',
    password: 'Lab-Sync-Passw0rd-1!',
    description: 'Reads the directory',
    rights: ['get-changes'],
  },
  {
    name: 'adjoin-hash',
    password: 'Lab-Hash-Passw0rd-1!',
    description: 'Replicates password hashes',
    rights: ['get-changes', 'get-changes-all'],
  },
  { name: 'plainuser', password: 'Lab-Plain-Passw0rd-1!', description: 'Has no rights', rights: [] },
] as const;

/** Password of the domain's Administrator. */
export const ADMIN_PASSWORD = 'Lab-Admin-Passw0rd-1!';

/** The password of a loaded user, by the value of its employeeID. */
export function loadedUserPassword(employeeId: string): string {
  return `Lab-${employeeId}-Word!`;
}

/** `corp.test` becomes `DC=corp,DC=test`. */
export function domainDn(domain: string): string {
  return domain
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',');
}

/** Describes a forest whose domain controller lives in `folder`. */
export function describeForest(definition: ForestDefinition, folder: string, loaded: LoadedCounts): ForestDescription {
  const baseDn = domainDn(definition.domain);
  const [sync, hash, plain] = SERVICE_ACCOUNTS.map(({ name, password }) => ({
    name,
    password,
    dn: `CN=${name},CN=Users,${baseDn}`,
  })) as [LabAccount, LabAccount, LabAccount];
  return {
    name: definition.name,
    realm: definition.domain.toUpperCase(),
    domain: definition.domain,
    netbios: definition.netbios,
    ip: definition.ip,
    ldapsUrl: `ldaps://${definition.ip}:636`,
    ldapUrl: `ldap://${definition.ip}:389`,
    caFile: `${folder}/private/tls/ca.pem`,
    serverName: `${definition.host}.${definition.domain}`,
    baseDn,
    adjoinOu: `OU=Adjoin,${baseDn}`,
    outOfScopeOu: `OU=Out of Scope,${baseDn}`,
    foreignPrincipals: `CN=ForeignSecurityPrincipals,${baseDn}`,
    sync,
    hash,
    plain,
    admin: { name: 'Administrator', password: ADMIN_PASSWORD, dn: `CN=Administrator,CN=Users,${baseDn}` },
    loaded,
  };
}
