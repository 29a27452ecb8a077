import type { ForestDefinition } from './forest.js';

/**
 * The smb.conf of a lab domain controller: LDAP, Kerberos and RPC only, in one process (`-M single` needs 42 MB).
 *
 * - `smb ports = 0` would end samba without a message; file sharing is left out of `server services` instead.
 * - An endpoint server that cannot initialise keeps port 135 closed, hence the short list of those that do.
 * - `server require strong auth = no` lets tests try a simple bind without TLS; a real domain controller refuses it.
 */
export function controllerConfig(definition: ForestDefinition, folder: string): string {
  const realm = definition.domain.toUpperCase();
  const global: Readonly<Record<string, string>> = {
    'netbios name': definition.host.toUpperCase(),
    realm,
    workgroup: definition.netbios,
    'server role': 'active directory domain controller',
    'server services': 'rpc, ldap, kdc',
    'dcerpc endpoint servers': 'epmapper, drsuapi, lsarpc, samr, netlogon',
    interfaces: `${definition.ip}/8`,
    'bind interfaces only': 'yes',
    'rpc server port': '49152',
    'rpc server dynamic port range': '49152-49200',
    'disable netbios': 'yes',
    'private dir': `${folder}/private`,
    'state directory': `${folder}/state`,
    'cache directory': `${folder}/cache`,
    'lock directory': folder,
    'pid directory': `${folder}/run`,
    'ncalrpc dir': `${folder}/ncalrpc`,
    'ntp signd socket directory': `${folder}/ntp_signd`,
    'winbindd socket directory': `${folder}/winbindd`,
    'log file': `${folder}/log/samba.log`,
    logging: 'file',
    'log level': '1',
    'ldap server require strong auth': 'no',
    'tls enabled': 'yes',
    'ntlm auth': 'ntlmv2-only',
  };
  const share = (name: string, path: string): string => `[${name}]\n  path = ${path}\n  read only = no\n`;
  const sysvol = `${folder}/state/sysvol`;
  return [
    '[global]\n',
    ...Object.entries(global).map(([key, value]) => `  ${key} = ${value}\n`),
    share('sysvol', sysvol),
    share('netlogon', `${sysvol}/${definition.domain}/scripts`),
  ].join('');
}
