import { readFileSync } from 'node:fs';
import { adjoinConfig, SyncError, type AdConnectorConfig } from '@adjoin/contracts';
import { locateServers, type LdapServerOptions } from '@adjoin/ad-ldap';
import { parse } from 'yaml';
import { z } from 'zod';

/** The AD connectors of a connector file, or the one that is named. Errors: ADJ-CFG-0001, ADJ-CLI-6001. */
export function adConnectors(file: string | undefined, name: string | undefined): readonly AdConnectorConfig[] {
  if (file === undefined) {
    throw new SyncError('ADJ-CLI-6001', 'No connector file is named.', {
      hint: 'Give it with --config, or in ADJOIN_CONFIG.',
    });
  }
  const found = read(file).connectors.filter((connector) => connector.type === 'ad');
  const wanted = found.filter((connector) => name === undefined || connector.name === name);
  if (wanted.length > 0) return wanted;
  throw new SyncError('ADJ-CLI-6001', `${file} has no AD connector${name === undefined ? '' : ` named ${name}`}.`, {
    hint: `It has: ${found.map((connector) => connector.name).join(', ') || 'none'}.`,
  });
}

function read(file: string): z.infer<typeof adjoinConfig> {
  let raw: unknown;
  try {
    raw = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SyncError('ADJ-CLI-6002', `The connector file ${file} cannot be read: ${reason}`, { cause });
  }
  const parsed = adjoinConfig.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new SyncError('ADJ-CLI-6002', `The connector file ${file} is invalid:\n${z.prettifyError(parsed.error)}`);
}

/** How to sign in to each server of a connector, in the order in which the importer tries them. Errors: ADJ-CFG-0001, ADJ-CFG-0002, ADJ-IMP-1005. */
export async function serversOf(connector: AdConnectorConfig): Promise<readonly LdapServerOptions[]> {
  const password = contentOf(connector.passwordFile, 'ADJ-CFG-0002').replace(/\r?\n$/, '');
  const ca = connector.tls.caFile === undefined ? undefined : contentOf(connector.tls.caFile, 'ADJ-CFG-0001');
  const urls = await locateServers(connector.servers);
  return urls.map((url) => ({
    url,
    startTls: connector.startTls,
    ca,
    serverName: connector.servers.includes(url) ? connector.tls.serverName : undefined,
    bindDn: connector.bindDn,
    password: () => password,
  }));
}

function contentOf(path: string, code: 'ADJ-CFG-0001' | 'ADJ-CFG-0002'): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SyncError(code, `The file ${path} cannot be read.`, { cause });
  }
}
