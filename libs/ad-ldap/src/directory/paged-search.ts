import { PagedResultsControl } from 'ldapts';
import type { LdapConnection, SearchOptions } from '../connection/ldap-connection.js';
import type { RawEntry } from '../connection/raw-entry.js';
import { EntryBuffer } from './entry-buffer.js';

/**
 * Reads a search to its end page by page (RFC 2696). An empty page with a cookie is followed (AD may send one): only an empty cookie
 * ends the read, so a normal return means that every page was read with result code success and every entry was handled.
 * The server gathers the next page while entries of the last one are handled; the buffer between the two is bounded.
 */
export async function pagedSearch(
  connection: LdapConnection,
  options: SearchOptions,
  onEntry: (entry: RawEntry) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<{ readonly entries: number; readonly pages: number }> {
  const buffer = new EntryBuffer(onEntry);
  let cookie: Buffer = Buffer.alloc(0);
  let entries = 0;
  try {
    for (let pages = 1; ; pages += 1) {
      const control = new PagedResultsControl({ critical: true, value: { size: connection.pageSize, cookie } });
      const page = await connection.search(
        { ...options, controls: [...(options.controls ?? []), control] },
        (entry) => buffer.add(entry),
        signal,
      );
      entries += page.entries;
      const response = page.controls.find((candidate) => candidate instanceof PagedResultsControl);
      cookie = Buffer.from(response?.value?.cookie ?? Buffer.alloc(0));
      if (cookie.length > 0) continue;
      await buffer.drained();
      return { entries, pages };
    }
  } catch (error) {
    // Nothing of a read that failed is handled after its caller knows of the failure.
    await buffer.dropped();
    throw error;
  }
}
