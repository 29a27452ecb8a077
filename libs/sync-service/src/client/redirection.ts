import { SyncError } from '@adjoin/contracts';

/** The service sends a client to another server up to this often for one call (operations/sync-service.md section 1). */
export const MAX_REDIRECTIONS = 3;

/**
 * The address of a redirection, checked: the call carries an access token, which must not go to another organization's server. Allowed are
 * https addresses of the same host, or of the same domain as the configured endpoint (`x.microsoftonline.com`).
 * @throws ADJ-EXP-3104
 */
export function redirectedEndpoint(configured: string, target: string): string {
  const from = new URL(configured);
  const to = URL.canParse(target) ? new URL(target) : undefined;
  if (to === undefined || to.protocol !== 'https:' || !(to.hostname === from.hostname || sameDomain(from, to)))
    throw new SyncError('ADJ-EXP-3104', `The sync service pointed to ${to?.host ?? 'no address'}; not followed.`);
  return to.href;
}

function sameDomain(from: URL, to: URL): boolean {
  const labels = from.hostname.split('.');
  // The last two labels of a name are its owner's; an address or a short name has no such part.
  if (labels.length < 3 || /^[\d.]+$|:/.test(from.hostname)) return false;
  return to.hostname.endsWith(`.${labels.slice(-2).join('.')}`);
}
