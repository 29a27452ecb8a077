import type { WireChanges } from '@adjoin/contracts';
import type { TenantDomains } from '@adjoin/graph';

const NICKNAME_REFUSED = /[^\x21-\x7e]|[@()\\[\]";:.<>,]/g;
const UPN_LOCAL = /^[A-Za-z0-9'._!#^~-]+$/;

/** Reads an attribute without regard to case; the first value of a list. */
export function textOf(attributes: WireChanges, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(attributes)) {
    if (key.toLowerCase() !== wanted) continue;
    const single = Array.isArray(value) ? value[0] : value;
    return typeof single === 'string' && single !== '' ? single : undefined;
  }
  return undefined;
}

/**
 * The cloud mailNickname of a new user: the first that exists of alias, prefix of the primary SMTP address, of mail, of the user principal
 * name, of another SMTP address (engine/entra-service.md section 3), without characters the service refuses, at most 64.
 */
export function mailNickname(attributes: WireChanges): string | undefined {
  const prefix = (address: string | undefined): string | undefined => address?.split('@')[0];
  const proxies = listOf(attributes, 'proxyAddresses');
  const candidates = [
    textOf(attributes, 'alias'),
    prefix(proxies.find((value) => value.startsWith('SMTP:'))?.slice(5)),
    prefix(textOf(attributes, 'mail')),
    prefix(textOf(attributes, 'userPrincipalName')),
    prefix(proxies.find((value) => value.startsWith('smtp:'))?.slice(5)),
  ];
  for (const candidate of candidates) {
    const cleaned = nicknameOf(candidate);
    if (cleaned !== undefined) return cleaned;
  }
  return undefined;
}

/** Text as a mail nickname; undefined when nothing is left of it. */
export function nicknameOf(text: string | undefined): string | undefined {
  const cleaned = text?.replace(NICKNAME_REFUSED, '').slice(0, 64);
  return cleaned === undefined || cleaned === '' ? undefined : cleaned;
}

/**
 * The user principal name the service will take: the asked one when its suffix is verified and its characters are allowed, else
 * `<mailNickname>@<initial domain>` (engine/entra-service.md section 3).
 */
export function acceptedUpn(asked: string | undefined, nickname: string, domains: TenantDomains): string {
  const at = asked?.lastIndexOf('@') ?? -1;
  if (asked !== undefined && at > 0 && domains.verified.has(asked.slice(at + 1).toLowerCase()) && UPN_LOCAL.test(asked.slice(0, at))) return asked;
  return `${nickname}@${domains.initial}`;
}

/** Placeholder when the substituted name is taken too: `<prefix><4 digits>@<initial domain>` (section 4). */
export function placeholderUpn(substituted: string, digits: number): string {
  const [prefix = '', domain = ''] = substituted.split('@');
  return `${prefix.slice(0, 60)}${String(digits).padStart(4, '0')}@${domain}`;
}

function listOf(attributes: WireChanges, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  const found = Object.entries(attributes).find(([key]) => key.toLowerCase() === wanted)?.[1];
  return (Array.isArray(found) ? found : [found]).filter((value) => typeof value === 'string');
}
