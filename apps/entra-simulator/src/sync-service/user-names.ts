import type { Tenant } from '../graph/tenant.js';
import { verifiedDomain } from '../graph/tenant.js';
import { SyncFailure } from './sync-failure.js';

/** Values the names of a cloud object come from. */
export interface NameSource {
  readonly alias: string | undefined;
  readonly mail: string | undefined;
  readonly userPrincipalName: string | undefined;
  readonly proxyAddresses: readonly string[];
}

const prefixOf = (address: string | undefined): string | undefined => {
  const prefix = address?.replace(/^smtp:/i, '').split('@')[0];
  return prefix === '' ? undefined : prefix;
};

/** The cloud's mailNickname of a new object: the first source that has one (spec engine/entra-service.md section 3). */
export function firstNickname({ alias, mail, userPrincipalName, proxyAddresses }: NameSource): string | undefined {
  const primary = proxyAddresses.find((address) => address.startsWith('SMTP:'));
  const secondary = proxyAddresses.find((address) => address.startsWith('smtp:'));
  return alias ?? prefixOf(primary) ?? prefixOf(mail) ?? prefixOf(userPrincipalName) ?? prefixOf(secondary);
}

const ALLOWED = /^[A-Za-z0-9'.\-_!#^~]+@[A-Za-z0-9.-]+$/;

/**
 * The cloud's user principal name: the given one when its suffix is verified, else nickname and initial domain. Blanks and line breaks count as
 * an unverified name.
 * @throws SyncFailure IdentityDataValidationFailed for a name that is none
 */
export function cloudUpn(tenant: Tenant, given: string | undefined, nickname: string): string {
  const fallback = `${nickname}@${tenant.initialDomain}`;
  if (given === undefined || /\s/.test(given)) return fallback;
  if (!ALLOWED.test(given))
    throw new SyncFailure('IdentityDataValidationFailed', `${given} is no valid userPrincipalName.`);
  return verifiedDomain(tenant, given.slice(given.indexOf('@') + 1)) === undefined ? fallback : given;
}

/** Placeholder for a name that another object has: `<prefix>+<4 digits>@<initial domain>` (section 4). */
export function placeholderUpn(tenant: Tenant, upn: string, random: number): string {
  const digits = String(Math.floor(random * 10_000)).padStart(4, '0');
  return `${upn.split('@')[0] ?? ''}+${digits}@${tenant.initialDomain}`;
}
