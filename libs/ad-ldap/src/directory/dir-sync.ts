import { SyncError } from '@adjoin/contracts';
import type { Control } from 'ldapts';
import type { LdapConnection } from '../connection/ldap-connection.js';
import type { RawEntry } from '../connection/raw-entry.js';
import { DirSyncControl, type DirSyncResponse } from '../controls/dirsync-control.js';

export interface DirSyncOptions {
  /** Head of a naming context; a container below it is refused by the server. */
  readonly partition: string;
  readonly cookie: Buffer;
  readonly flags: number;
  readonly filter?: string | undefined;
  readonly attributes: readonly string[];
  readonly controls?: readonly Control[] | undefined;
  /** A wish only: Samba always answers in one page. */
  readonly maxBytes?: number | undefined;
}

/** A filter that no object matches: DirSync with it returns a current cookie without reading the directory. */
export const NOTHING = '(objectClass=doesNotExist)';

/**
 * One DirSync page. The returned cookie must be stored only after the consequences of all entries are durable. Errors: ADJ-IMP-1011
 * for a refused cookie, ADJ-IMP-1004 for missing rights.
 */
export async function dirSyncPage(
  connection: LdapConnection,
  options: DirSyncOptions,
  onEntry: (entry: RawEntry) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<DirSyncResponse & { readonly entries: number }> {
  const control = new DirSyncControl({
    flags: options.flags,
    maxBytes: options.maxBytes ?? 1_048_576,
    cookie: options.cookie,
  });
  const search = {
    base: options.partition,
    scope: 'sub' as const,
    filter: options.filter,
    attributes: options.attributes,
    controls: [control, ...(options.controls ?? [])],
  };
  const { entries } = await connection.search(search, onEntry, signal).catch((error: unknown) => {
    throw namedRight(error, connection, options);
  });
  if (control.response === undefined) {
    throw new SyncError(
      'ADJ-IMP-1010',
      `${connection.server} answered without a DirSync cookie for ${options.partition}`,
    );
  }
  return { ...control.response, entries };
}

/** A refusal names the right, where it is missing, and what grants it. */
function namedRight(error: unknown, { account, server }: LdapConnection, { partition }: DirSyncOptions): unknown {
  if (!(error instanceof SyncError) || error.code !== 'ADJ-IMP-1004') return error;
  const message = `${account} lacks the right Replicating Directory Changes on ${partition}; ${server} refused DirSync.`;
  const hint = `Grant it: dsacls "${partition}" /G "${account}:CA;Replicating Directory Changes". \`adjoin ad check\` lists every right.`;
  return new SyncError('ADJ-IMP-1004', message, { cause: error, hint });
}

/** A current cookie, without entries; a real DC may need several empty pages. */
export async function dirSyncCookieNow(
  connection: LdapConnection,
  options: Omit<DirSyncOptions, 'cookie' | 'filter'>,
  signal?: AbortSignal,
): Promise<Buffer> {
  let cookie: Buffer = Buffer.alloc(0);
  for (;;) {
    const page = await dirSyncPage(connection, { ...options, cookie, filter: NOTHING }, () => undefined, signal);
    cookie = page.cookie;
    if (!page.more) return cookie;
  }
}
