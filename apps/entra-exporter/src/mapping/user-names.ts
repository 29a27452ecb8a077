import type { WireChanges, WireValue } from '@adjoin/contracts';
import type { TenantDomains } from '@adjoin/graph';

/** A dot is refused in the mailNickname of groups and taken in that of users (operations/graph-export.md section 2). */
const USER_NICKNAME_REFUSED = /[^\x21-\x7e]|[@()\\[\]";:<>,]/g;
const GROUP_NICKNAME_REFUSED = /[^\x21-\x7e]|[@()\\[\]";:.<>,]/g;
const UPN_LOCAL = /^[A-Za-z0-9'._!#^~-]+$/;

/** Attributes of an export by lower-case name: names compare without case. */
export type AttributesByName = ReadonlyMap<string, WireValue | null>;
export function byName(attributes: WireChanges): AttributesByName {
  const map = new Map<string, WireValue | null>();
  for (const name in attributes) map.set(name.toLowerCase(), attributes[name] ?? null);
  return map;
}

/** Text of an attribute (lower-case name); the first value of a list. */
export function textOf(attributes: AttributesByName, name: string): string | undefined {
  const value = attributes.get(name);
  const single = Array.isArray(value) ? value[0] : value;
  return typeof single === 'string' && single !== '' ? single : undefined;
}

/**
 * The cloud mailNickname of a new user: the first that exists of alias, prefix of the primary SMTP address, of mail, of the user principal
 * name, of another SMTP address (engine/entra-service.md section 3), without characters the service refuses, at most 64.
 */
export function mailNickname(attributes: AttributesByName): string | undefined {
  const prefix = (address: string | undefined): string | undefined => address?.split('@')[0];
  const proxies = listOf(attributes, 'proxyaddresses');
  const candidates = [
    textOf(attributes, 'alias'),
    prefix(proxies.find((value) => value.startsWith('SMTP:'))?.slice(5)),
    prefix(textOf(attributes, 'mail')),
    prefix(textOf(attributes, 'userprincipalname')),
    prefix(proxies.find((value) => value.startsWith('smtp:'))?.slice(5)),
  ];
  for (const candidate of candidates) {
    const cleaned = nicknameOf(candidate);
    if (cleaned !== undefined) return cleaned;
  }
  return undefined;
}

/** Text as the mail nickname of a user; undefined when nothing is left of it. */
export const nicknameOf = (text: string | undefined): string | undefined => clean(text, USER_NICKNAME_REFUSED);
/** Text as the mail nickname of a group; undefined when nothing is left of it. */
export const groupNicknameOf = (text: string | undefined): string | undefined => clean(text, GROUP_NICKNAME_REFUSED);

function clean(text: string | undefined, refused: RegExp): string | undefined {
  const cleaned = text?.replace(refused, '').slice(0, 64);
  return cleaned === undefined || cleaned === '' ? undefined : cleaned;
}

/**
 * The user principal name the service will take: the asked one when its suffix is verified and its characters are allowed, else
 * `<mailNickname>@<initial domain>` (engine/entra-service.md section 3).
 */
export function acceptedUpn(asked: string | undefined, nickname: string, domains: TenantDomains): string {
  const at = asked?.lastIndexOf('@') ?? -1;
  if (
    asked !== undefined &&
    at > 0 &&
    domains.verified.has(asked.slice(at + 1).toLowerCase()) &&
    UPN_LOCAL.test(asked.slice(0, at))
  )
    return asked;
  return `${nickname}@${domains.initial}`;
}

/** Placeholder when the substituted name is taken too: `<prefix><4 digits>@<initial domain>` (section 4). */
export function placeholderUpn(substituted: string, digits: number): string {
  const [prefix = '', domain = ''] = substituted.split('@');
  return `${prefix.slice(0, 60)}${String(digits).padStart(4, '0')}@${domain}`;
}

function listOf(attributes: AttributesByName, name: string): readonly string[] {
  const found = attributes.get(name);
  return (Array.isArray(found) ? found : [found]).filter((value) => typeof value === 'string');
}
