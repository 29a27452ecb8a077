import {
  checkFeatures,
  checkPorts,
  LdapConnection,
  readCertificate,
  readRootDse,
  sameDn,
  type CertificateFacts,
  type FeatureCheck,
  type FeatureName,
  type LdapServerOptions,
  type PortCheck,
} from '@adjoin/ad-ldap';
import { toSyncError, type AdConnectorConfig } from '@adjoin/contracts';
import { checkGroupFilter } from './check-group-filter.js';
import { serversOf } from './connector-file.js';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}
export interface DomainCheck {
  readonly domain: string;
  readonly features: readonly FeatureCheck[];
}
export interface ServerCheck {
  readonly url: string;
  readonly ports: readonly PortCheck[];
  readonly certificate: CertificateFacts | undefined;
  readonly signedIn: boolean;
  readonly domains: readonly DomainCheck[];
  readonly failure: Failure | undefined;
  readonly warnings: readonly string[];
}
export interface ConnectorCheck {
  readonly connector: string;
  readonly account: string;
  readonly servers: readonly ServerCheck[];
  /** failed: imports cannot work; lacking: they do, but a feature asked for does not. */
  readonly state: 'passed' | 'lacking' | 'failed';
  /** The first reason why imports cannot work. */
  readonly failure: Failure | undefined;
}

/** Days before the end of a certificate at which it is mentioned. */
const SOON_DAYS = 30;

/** Looks at every server of a connector as the importer would use it; changes nothing. */
export async function checkConnector(
  connector: AdConnectorConfig,
  features: readonly FeatureName[],
): Promise<ConnectorCheck> {
  const servers: ServerCheck[] = [];
  for (const server of await serversOf(connector)) servers.push(await checkServer(connector, server));
  const usable = servers.filter(({ failure }) => failure === undefined);
  const missing = connector.domains.find(
    ({ dn }) => !usable.some(({ domains }) => domains.some(({ domain }) => sameDn(domain, dn))),
  );
  const noServer: Failure = {
    code: 'ADJ-IMP-1013',
    message: `The domain ${missing?.dn ?? ''} is held by none of the servers.`,
    hint: 'Name a domain controller of it in `servers`, or take the domain out of `domains`.',
  };
  // The other modes work with what the account may read.
  const needsRight = connector.readMode === 'dirsync';
  const lacksImport = (needsRight ? usable : []).map(importFailure).find((failure) => failure !== undefined);
  const failure =
    lacksImport ?? (missing === undefined ? undefined : (servers.find((one) => one.failure)?.failure ?? noServer));
  const lacking = usable
    .flatMap(({ domains }) => domains.flatMap((domain) => domain.features))
    .some(
      ({ feature, state }) => state !== 'granted' && features.includes(feature) && (needsRight || feature !== 'import'),
    );
  const state = failure !== undefined ? 'failed' : lacking || usable.length < servers.length ? 'lacking' : 'passed';
  return { connector: connector.name, account: connector.bindDn, servers, state, failure };
}

async function checkServer(connector: AdConnectorConfig, options: LdapServerOptions): Promise<ServerCheck> {
  const { url, startTls = false, serverName } = options;
  const ports = await checkPorts(url);
  const certificate = await readCertificate({ url, startTls, serverName, now: new Date() });
  const warnings = warningsOf(url, startTls, certificate);
  let connection: LdapConnection | undefined;
  try {
    connection = await LdapConnection.open(options);
    const { namingContexts, vendorName } = await readRootDse(connection);
    await checkGroupFilter(connection, connector, namingContexts);
    const domains: DomainCheck[] = [];
    for (const { dn, netbios } of connector.domains.filter((domain) =>
      namingContexts.some((held) => sameDn(held, domain.dn)),
    )) {
      const account = { domain: dn, netbios, account: connector.bindDn, isSamba: vendorName !== undefined };
      domains.push({ domain: dn, features: await checkFeatures(connection, account) });
    }
    return { url, ports, certificate, signedIn: true, domains, failure: undefined, warnings };
  } catch (cause) {
    const { code, message, hint } = toSyncError(cause);
    const signedIn = connection !== undefined;
    return { url, ports, certificate, signedIn, domains: [], failure: { code, message, hint }, warnings };
  } finally {
    await connection?.close();
  }
}

/** The same code and words with which the importer would fail. */
function importFailure({ url, domains }: ServerCheck): Failure | undefined {
  for (const { domain, features } of domains) {
    const check = features.find(({ feature, state }) => feature === 'import' && state === 'lacking');
    if (check !== undefined) {
      return {
        code: 'ADJ-IMP-1004',
        message: `${url}: the account lacks the right ${check.lacks.join(', ')} on ${domain}; DirSync is refused.`,
        hint: `Grant it: ${check.commands.join('; ')}`,
      };
    }
  }
  return undefined;
}

function warningsOf(url: string, startTls: boolean, certificate: CertificateFacts | undefined): string[] {
  if (!url.toLowerCase().startsWith('ldaps:') && !startTls)
    return ['The password goes over an unencrypted connection.'];
  if (certificate === undefined || certificate.daysLeft > SOON_DAYS) return [];
  const days = certificate.daysLeft;
  return [days < 0 ? 'The certificate has expired.' : `The certificate ends in ${String(days)} days.`];
}
