import type { Tenant } from '../graph/tenant.js';
import { verifiedDomain } from '../graph/tenant.js';
import type { Json } from '../json.js';
import { isJsonObject } from '../json.js';
import type { DirectoryObject } from '../store/directory-object.js';
import { graphProperties, textOf, textsOf } from './graph-view.js';
import type { Quarantined, SyncedObject } from './sync-state.js';
import { cloudUpn, firstNickname, placeholderUpn } from './user-names.js';

/** Which exported values changed; the service calculates some things only then (spec engine/entra-service.md section 3). */
export interface Changed {
  readonly first: boolean;
  readonly upn: boolean;
  readonly alias: boolean;
}

/** What Graph will show of an object, and what of it is held back. */
export interface Calculated {
  readonly properties: Record<string, Json>;
  readonly quarantined: readonly Quarantined[];
}

const MAIL_TYPES = ['user', 'group', 'orgContact'] as const;

/** Calculates the visible properties from the exported ones. @throws SyncFailure IdentityDataValidationFailed */
export function calculate(
  tenant: Tenant,
  object: SyncedObject,
  current: DirectoryObject | undefined,
  changed: Changed,
): Calculated {
  const properties: Record<string, Json> = {
    ...graphProperties(object),
    onPremisesSyncEnabled: true,
    onPremisesLastSyncDateTime: new Date(tenant.directory.now()).toISOString(),
  };
  if (object.type === 'Device') return { properties, quarantined: [] };
  const quarantined: Quarantined[] = [];
  const addresses = cloudAddresses(tenant, object, current, quarantined);
  properties['proxyAddresses'] = addresses;
  properties['mailNickname'] = nickname(object, current, changed);
  if (object.type === 'Group') {
    properties['mailEnabled'] = addresses.length > 0;
    properties['groupTypes'] = [];
    properties['securityEnabled'] ??= false;
  }
  if (object.type === 'User')
    properties['userPrincipalName'] = userPrincipalName(tenant, object, current, changed, quarantined, properties);
  properties['onPremisesProvisioningErrors'] = quarantined.map(({ property, value, since }) => ({
    category: 'PropertyConflict',
    occurredDateTime: new Date(since).toISOString(),
    propertyCausingError: property,
    value,
  }));
  return { properties, quarantined };
}

function nickname(object: SyncedObject, current: DirectoryObject | undefined, changed: Changed): string {
  const before = current?.properties['mailNickname'];
  const alias = textOf(object, 'alias');
  if (!changed.first && typeof before === 'string') return changed.alias && alias !== undefined ? alias : before;
  const source = {
    alias,
    mail: textOf(object, 'mail'),
    userPrincipalName: textOf(object, 'userPrincipalName'),
    proxyAddresses: textsOf(object, 'proxyAddresses'),
  };
  return firstNickname(source) ?? (textOf(object, 'displayName') ?? object.id).replaceAll(/[^A-Za-z0-9]/g, '');
}

/** The exported addresses without those that another object has; a mailbox user keeps those of verified domains only (ProxyCalc). */
function cloudAddresses(
  tenant: Tenant,
  object: SyncedObject,
  current: DirectoryObject | undefined,
  quarantined: Quarantined[],
): readonly string[] {
  const exported = textsOf(object, 'proxyAddresses');
  const mail = textOf(object, 'mail');
  const hasPrimary = exported.some((address) => address.startsWith('SMTP:'));
  const wanted = hasPrimary || mail === undefined ? exported : [`SMTP:${mail}`, ...exported];
  const mailbox = current !== undefined && hasMailbox(current);
  return wanted.filter((address) => {
    const domain = address.slice(address.indexOf('@') + 1);
    if (mailbox && /^smtp:/i.test(address) && verifiedDomain(tenant, domain) === undefined) return false;
    if (!/^smtp:/i.test(address) || !taken(tenant, address, object.id)) return true;
    quarantined.push(held(tenant, object, 'ProxyAddress', address.slice('smtp:'.length)));
    return false;
  });
}

function taken(tenant: Tenant, address: string, self: string): boolean {
  return MAIL_TYPES.some((type) =>
    [...tenant.directory.index.find(type, 'proxyAddresses', address)].some((id) => id !== self),
  );
}

function hasMailbox(object: DirectoryObject): boolean {
  const plans = object.properties['assignedPlans'];
  return (
    Array.isArray(plans) &&
    plans.some(
      (plan: Json) => isJsonObject(plan) && plan['service'] === 'exchange' && plan['capabilityStatus'] === 'Enabled',
    )
  );
}

function userPrincipalName(
  tenant: Tenant,
  object: SyncedObject,
  current: DirectoryObject | undefined,
  changed: Changed,
  quarantined: Quarantined[],
  properties: Readonly<Record<string, Json>>,
): string {
  const before = current?.properties['userPrincipalName'];
  const waiting = object.quarantined.find(({ property }) => property === 'UserPrincipalName');
  if (!changed.first && !changed.upn && waiting === undefined && typeof before === 'string') return before;
  const wanted = cloudUpn(tenant, textOf(object, 'userPrincipalName'), String(properties['mailNickname']));
  const others = [...tenant.directory.index.find('user', 'userPrincipalName', wanted)].filter((id) => id !== object.id);
  if (others.length === 0) return wanted;
  quarantined.push(held(tenant, object, 'UserPrincipalName', wanted));
  // A placeholder stays while its value waits.
  return waiting !== undefined && typeof before === 'string' ? before : placeholderUpn(tenant, wanted, tenant.random());
}

/** A value that was held back before keeps its time. */
function held(tenant: Tenant, object: SyncedObject, property: Quarantined['property'], value: string): Quarantined {
  return (
    object.quarantined.find((one) => one.property === property && one.value.toLowerCase() === value.toLowerCase()) ?? {
      property,
      value,
      since: tenant.directory.now(),
    }
  );
}
