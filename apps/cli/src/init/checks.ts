import { readFileSync } from 'node:fs';
import { dirSyncPage, LdapConnection, NOTHING, parentDn, rawText, readRootDse } from '@adjoin/ad-ldap';
import { SyncError } from '@adjoin/contracts';
import { GraphApi, readDomains } from '@adjoin/graph';
import { secretOf, type InitAnswers } from './answers.js';

/** What the domain controller says about its domain. */
export interface ForestFacts {
  readonly forest: string;
  readonly domain: { readonly dn: string; readonly fqdn: string; readonly netbios: string };
  /** Other domains of the forest; each needs a domain controller of its own in the configuration. */
  readonly otherDomains: readonly string[];
}
export interface TenantFacts {
  readonly initialDomain: string;
  readonly verifiedDomains: readonly string[];
}

/** Looks at both sides by signing in to them, and changes nothing. */
export interface InitChecks {
  forest(answers: InitAnswers['forest']): Promise<ForestFacts>;
  tenant(answers: InitAnswers['tenant']): Promise<TenantFacts>;
}

export const networkChecks: InitChecks = { forest: checkForest, tenant: checkTenant };

async function checkForest(answers: InitAnswers['forest']): Promise<ForestFacts> {
  const password = secretOf(answers.password, answers.passwordFile);
  const connection = await LdapConnection.open({
    url: answers.server,
    startTls: answers.server.startsWith('ldap:'),
    ca: answers.caFile === undefined ? undefined : readPem(answers.caFile),
    serverName: answers.serverName,
    bindDn: answers.account,
    password: () => password,
  });
  try {
    const root = await readRootDse(connection);
    const configuration = parentDn(root.schemaNamingContext) ?? '';
    const domains = await readDomainsOf(connection, configuration);
    const own = domains.find(({ dn }) => dn.toLowerCase() === root.defaultNamingContext.toLowerCase());
    if (own === undefined) throw new SyncError('ADJ-IMP-1013', `${answers.server} holds no domain of its own.`);
    for (const container of answers.include) await requireContainer(connection, container);
    // Fails with ADJ-IMP-1004 when the account lacks the right to replicate changes.
    await dirSyncPage(
      connection,
      { partition: own.dn, flags: 0, cookie: Buffer.alloc(0), filter: NOTHING, attributes: ['objectGUID'] },
      () => undefined,
    );
    const forestDn = parentDn(configuration) ?? own.dn;
    return {
      forest: fqdnOf(forestDn),
      domain: own,
      otherDomains: domains.filter((domain) => domain !== own).map(({ fqdn }) => fqdn),
    };
  } finally {
    await connection.close();
  }
}

/** crossRef objects of domains (systemFlags bit 2), [MS-ADTS] 6.1.1.2.1.1. */
async function readDomainsOf(connection: LdapConnection, configuration: string): Promise<ForestFacts['domain'][]> {
  const filter = '(&(objectClass=crossRef)(systemFlags:1.2.840.113556.1.4.803:=2))';
  const entries = await connection.read({
    base: `CN=Partitions,${configuration}`,
    scope: 'one',
    filter,
    attributes: ['nCName', 'dnsRoot', 'nETBIOSName'],
  });
  return entries.map((entry) => {
    const dn = rawText(entry, 'nCName') ?? '';
    return { dn, fqdn: rawText(entry, 'dnsRoot') ?? fqdnOf(dn), netbios: rawText(entry, 'nETBIOSName') ?? '' };
  });
}

async function requireContainer(connection: LdapConnection, dn: string): Promise<void> {
  const found = await connection.read({ base: dn, scope: 'base', attributes: ['objectClass'] }).catch(() => []); // absent and unreadable are the same here
  if (found.length === 0)
    throw new SyncError('ADJ-IMP-1013', `The container ${dn} does not exist, or the account cannot read it.`);
}

const fqdnOf = (dn: string): string =>
  dn
    .split(',')
    .map((part) => part.replace(/^DC=/i, ''))
    .join('.');

async function checkTenant(answers: InitAnswers['tenant']): Promise<TenantFacts> {
  const secret = secretOf(answers.clientSecret, answers.clientSecretFile);
  const api = new GraphApi({
    graphUrl: answers.graphUrl,
    authority: answers.authority,
    tenantId: answers.tenantId,
    clientId: answers.clientId,
    credential: { kind: 'secret', secret: () => secret },
    tls: answers.caFile === undefined ? {} : { ca: readPem(answers.caFile) },
    giveUpMs: 10_000,
  });
  const domains = await readDomains(api);
  return { initialDomain: domains.initial, verifiedDomains: [...domains.verified] };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SyncError('ADJ-CFG-0001', `The CA file ${path} cannot be read.`, { cause });
  }
}
