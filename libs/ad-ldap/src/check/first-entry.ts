import { PagedResultsControl } from 'ldapts';
import type { LdapConnection, SearchOptions } from '../connection/ldap-connection.js';
import type { RawEntry } from '../connection/raw-entry.js';

/** One object that a search finds, whichever the server names first. */
export async function firstEntry(
  connection: LdapConnection,
  options: SearchOptions,
  signal?: AbortSignal,
): Promise<RawEntry | undefined> {
  const one = new PagedResultsControl({ critical: true, value: { size: 1, cookie: Buffer.alloc(0) } });
  const [entry] = await connection.read({ ...options, controls: [...(options.controls ?? []), one] }, signal);
  return entry;
}
