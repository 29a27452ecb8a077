import { connectDrs, type DrsSession } from '@adjoin/ad-drsr';
import { SyncError, type AdConnectorConfig, type PasswordHashSyncConfig } from '@adjoin/contracts';
import { readSecretFile } from '@adjoin/shared';

export interface OpenSession {
  readonly session: DrsSession;
  readonly server: string;
}

/** Opens a replication session with a domain controller of a domain; the first that answers. Rejects with the failure of the last. */
export type OpenHashSource = (signal: AbortSignal) => Promise<OpenSession>;

/**
 * For one domain. Of several servers those whose name is in the domain are asked, else all. The password is read from its file for every session, so
 * that a rotated one is picked up.
 */
export function hashSource(
  connector: AdConnectorConfig,
  config: PasswordHashSyncConfig,
  namingContext: string,
): OpenHashSource {
  const all = config.servers.length > 0 ? config.servers : connector.servers.map(hostOf);
  const fqdn = connector.domains.find(({ dn }) => dn === namingContext)?.fqdn.toLowerCase();
  const own = all.filter((host) => host.toLowerCase().replace(/^[^.]*\./, '') === fqdn);
  const servers = own.length > 0 ? own : all;
  const login = loginOf(config.account, connector.netbios);
  return async (signal) => {
    let failure: unknown;
    for (const host of servers) {
      try {
        const password = readSecretFile(config.passwordFile).reveal();
        return { session: await connectDrs({ host, ...login, password, signal }), server: host };
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
    throw failure ?? new SyncError('ADJ-CFG-0001', `The connector ${connector.name} names no domain controller.`);
  };
}

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

/** `CORP\name`, a user principal name, or a name in the forest's own domain. */
function loginOf(account: string, netbios: string): { readonly domain: string; readonly user: string } {
  const [domain = '', user] = account.split('\\');
  if (user !== undefined) return { domain, user };
  return account.includes('@') ? { domain: '', user: account } : { domain: netbios, user: account };
}
