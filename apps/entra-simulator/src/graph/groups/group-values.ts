import type { Json } from '../../json.js';
import { stringsOf } from '../../json.js';
import { invalidValue } from '../../schema/check-type.js';
import { badProperty, badRequest } from '../graph-error.js';

/** ASCII without `@ ( ) \ [ ] " ; : . < > ,` and space (section 2). */
const NICKNAME = /^[\x21-\x7e]+$/;
const NICKNAME_REFUSED = /[@()\\[\]";:.<>,\s]/;
const TYPES = new Set(['Unified', 'DynamicMembership']);
const VISIBILITY = new Set(['Public', 'Private', 'HiddenMembership']);

/** Refuses values that have the right type but that the service does not take for groups. */
export function checkGroupValues(values: Readonly<Record<string, Json>>): void {
  const { mailNickname, visibility } = values;
  if (typeof mailNickname === 'string' && (!NICKNAME.test(mailNickname) || NICKNAME_REFUSED.test(mailNickname))) {
    throw invalidValue('mailNickname', 'Group');
  }
  if (typeof visibility === 'string' && !VISIBILITY.has(visibility)) throw invalidValue('visibility', 'Group');
  for (const type of stringsOf(values['groupTypes'])) {
    if (!TYPES.has(type)) throw invalidValue('groupTypes', 'Group');
  }
}

/** Graph creates only security groups and M365 groups (section 2). */
export function checkGroupKind(values: Readonly<Record<string, Json>>): void {
  const types = stringsOf(values['groupTypes']);
  const unified = types.includes('Unified');
  if (values['mailEnabled'] === true && !unified) {
    throw badProperty(
      'InvalidValue',
      'mailEnabled',
      'Cannot Create a mail-enabled security group or a distribution list. Only security groups and Microsoft 365 groups can be created.',
    );
  }
  if (unified && values['mailEnabled'] !== true) {
    throw badProperty('InvalidValue', 'mailEnabled', 'A Microsoft 365 group must be mail-enabled.');
  }
  if (!unified && values['securityEnabled'] !== true) {
    throw badProperty('InvalidValue', 'securityEnabled', 'A group that is not mail-enabled must be security-enabled.');
  }
  if (types.includes('DynamicMembership') && typeof values['membershipRule'] !== 'string') {
    throw badRequest('A membershipRule is required for a group with dynamic membership.');
  }
}
