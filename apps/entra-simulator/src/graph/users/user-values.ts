import type { Json } from '../../json.js';
import { isJsonObject } from '../../json.js';
import { invalidValue } from '../../schema/check-type.js';
import { badProperty } from '../graph-error.js';
import type { Tenant } from '../tenant.js';
import { verifiedDomain } from '../tenant.js';

/** Characters of a user principal name before the `@` (section 1). */
const UPN_LOCAL = /^[A-Za-z0-9'.\-_!#^~]+$/;
const MAIL = /^[\x21-\x3f\x41-\x7e]+@[A-Za-z0-9.-]+$/;
const NICKNAME = /^[\x21-\x7e]+$/;
const NICKNAME_REFUSED = /[@()\\[\]";:<>,\s]/;
const POLICIES = new Set(['None', 'DisablePasswordExpiration', 'DisableStrongPassword']);

const resource = 'User';

/** Refuses values that have the right type but that the service does not take for users. */
export function checkUserValues(tenant: Tenant, values: Readonly<Record<string, Json>>): void {
  const { userPrincipalName, mail, mailNickname, onPremisesImmutableId, usageLocation, businessPhones } = values;
  if (typeof userPrincipalName === 'string') checkUpn(tenant, userPrincipalName);
  if (typeof mail === 'string' && !MAIL.test(mail)) throw invalidValue('mail', resource);
  if (typeof mailNickname === 'string' && (!NICKNAME.test(mailNickname) || NICKNAME_REFUSED.test(mailNickname))) {
    throw invalidValue('mailNickname', resource);
  }
  if (typeof onPremisesImmutableId === 'string' && /[$_]/.test(onPremisesImmutableId)) {
    throw invalidValue('onPremisesImmutableId', resource);
  }
  if (typeof usageLocation === 'string' && !/^[A-Za-z]{2}$/.test(usageLocation)) {
    throw invalidValue('usageLocation', resource);
  }
  if (Array.isArray(businessPhones) && businessPhones.length > 1) throw invalidValue('businessPhones', resource);
  checkPolicies(values['passwordPolicies']);
  checkUserType(values['userType']);
  if (isJsonObject(values['passwordProfile'])) checkPassword(values['passwordProfile'], values['passwordPolicies']);
}

function checkUpn(tenant: Tenant, upn: string): void {
  const [local = '', domain = '', ...rest] = upn.split('@');
  if (rest.length > 0 || !UPN_LOCAL.test(local) || local.length > 64 || local.startsWith('.') || local.endsWith('.')) {
    throw invalidValue('userPrincipalName', resource);
  }
  if (verifiedDomain(tenant, domain) === undefined) {
    throw badProperty(
      'NotVerifiedDomain',
      'userPrincipalName',
      'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
    );
  }
}

function checkPolicies(value: Json | undefined): void {
  if (typeof value !== 'string') return;
  if (!value.split(',').every((policy) => POLICIES.has(policy.trim())))
    throw invalidValue('passwordPolicies', resource);
}

function checkUserType(value: Json | undefined): void {
  if (typeof value === 'string' && value !== 'Member' && value !== 'Guest') throw invalidValue('userType', resource);
}

/** At least 8 characters of three kinds, unless the policy says otherwise. */
function checkPassword(profile: { readonly [name: string]: Json }, policies: Json | undefined): void {
  const { password } = profile;
  if (typeof password !== 'string') throw invalidValue('passwordProfile', resource);
  const strong = !(typeof policies === 'string' && policies.includes('DisableStrongPassword'));
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  if (password.length < 8 || password.length > 256 || (strong && kinds < 3)) {
    throw badProperty(
      'InvalidValue',
      'passwordProfile',
      'The specified password does not comply with password complexity requirements. Please provide a different password.',
    );
  }
}
