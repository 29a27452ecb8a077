import { holdsRole } from '../graph/roles/role-routes.js';
import type { Tenant } from '../graph/tenant.js';
import type { DirectoryObject, DirectoryType } from '../store/directory-object.js';
import { FEATURES } from './features.js';
import { SyncFailure } from './sync-failure.js';
import { DIRECTORY_TYPE } from './sync-state.js';
import type { CheckedObject } from './check-object.js';

/** What an object new to the sync is matched with (spec engine/entra-service.md section 2). */
export type Match =
  | { readonly kind: 'hard' | 'soft'; readonly object: DirectoryObject }
  | { readonly kind: 'recycled'; readonly object: DirectoryObject }
  | { readonly kind: 'none' };

const MAIL_TYPES: readonly DirectoryType[] = ['user', 'group', 'orgContact'];

/** Finds the match of a new object. @throws SyncFailure when there is one that must not be taken */
export function findMatch(tenant: Tenant, object: CheckedObject & { readonly sourceAnchor: string }): Match {
  const hard = hardMatch(tenant, object);
  if (hard.kind !== 'none') return hard;
  const soft = object.type === 'Device' ? undefined : softMatch(tenant, object);
  return soft === undefined ? { kind: 'none' } : { kind: 'soft', object: soft };
}

function hardMatch(tenant: Tenant, { type, sourceAnchor }: CheckedObject & { readonly sourceAnchor: string }): Match {
  if (type !== 'User') return { kind: 'none' };
  const { directory } = tenant;
  const [recycled] = directory.recycledIndex.find('user', 'onPremisesImmutableId', sourceAnchor);
  const bin = recycled === undefined ? undefined : directory.recycled.get(recycled);
  const [active] = directory.index.find('user', 'onPremisesImmutableId', sourceAnchor);
  const object = active === undefined ? undefined : directory.active.get(active);
  if (object !== undefined) {
    if ((tenant.dirSyncFeatures() & FEATURES.BlockCloudObjectTakeoverThroughHardMatch) !== 0)
      throw new SyncFailure('InvalidHardMatch', 'Taking over a cloud object by its immutable id is blocked.');
    return { kind: 'hard', object };
  }
  return bin === undefined ? { kind: 'none' } : { kind: 'recycled', object: bin };
}

function softMatch(tenant: Tenant, object: CheckedObject): DirectoryObject | undefined {
  if ((tenant.dirSyncFeatures() & FEATURES.BlockSoftMatch) !== 0) return undefined;
  const candidate = byAddress(tenant, object) ?? byUpn(tenant, object);
  if (candidate === undefined) return undefined;
  if (candidate.type !== DIRECTORY_TYPE[object.type])
    throw new SyncFailure('ObjectTypeMismatch', `The address belongs to a ${candidate.type}.`);
  // An object with another anchor keeps it: the duplicate value of the new one is held back (section 4).
  if (candidate.properties['onPremisesSyncEnabled'] === true) return undefined;
  if (typeof candidate.properties['onPremisesImmutableId'] === 'string') return undefined;
  if (holdsRole(tenant, candidate.id))
    throw new SyncFailure('ExistingAdminRoleConflict', 'The matching user holds an administrator role.');
  return candidate;
}

function byUpn(tenant: Tenant, object: CheckedObject): DirectoryObject | undefined {
  if (object.type !== 'User' || (tenant.dirSyncFeatures() & FEATURES.SoftMatchOnUpn) === 0) return undefined;
  const upn = object.values.find(({ name }) => name === 'userPrincipalName')?.value;
  if (upn?.type !== 'string') return undefined;
  const [id] = tenant.directory.index.find('user', 'userPrincipalName', upn.value);
  return id === undefined ? undefined : tenant.directory.active.get(id);
}

/** Only the primary address joins: the value with `SMTP:` in upper case. */
function byAddress(tenant: Tenant, object: CheckedObject): DirectoryObject | undefined {
  const addresses = object.values.find(({ name }) => name === 'proxyAddresses')?.value;
  if (addresses?.type !== 'strings') return undefined;
  const primary = addresses.values.find((address) => address.startsWith('SMTP:'));
  if (primary === undefined) return undefined;
  for (const type of [DIRECTORY_TYPE[object.type], ...MAIL_TYPES]) {
    for (const id of tenant.directory.index.find(type, 'proxyAddresses', primary)) {
      const found = tenant.directory.active.get(id);
      const holds = found?.properties['proxyAddresses'];
      const isPrimary =
        Array.isArray(holds) &&
        holds.some(
          (one) => typeof one === 'string' && one.startsWith('SMTP:') && one.toLowerCase() === primary.toLowerCase(),
        );
      if (found !== undefined && isPrimary) return found;
    }
  }
  return undefined;
}
