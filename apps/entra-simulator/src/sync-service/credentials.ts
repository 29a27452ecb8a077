import { CREDENTIAL_RESULTS, type CredentialResult, type ReceivedCredential } from '@adjoin/sync-service';
import type { Tenant } from '../graph/tenant.js';
import { parseCredential } from '../sign-in/credential.js';
import { cloudIdOf } from './check-object.js';
import { FEATURES } from './features.js';
import { SyncFailure } from './sync-failure.js';
import type { SyncedObject } from './sync-state.js';

/**
 * Stores the credential of a synchronized user. In order of arrival: the service does not sort by ChangeDate, the sender has to
 * (spec operations/password-hash-sync.md section 1).
 */
export function storeCredential(tenant: Tenant, item: ReceivedCredential): CredentialResult {
  const { sourceAnchor } = item;
  const answer = (code: number, information?: string): CredentialResult => ({ code, information, sourceAnchor });
  const user = userOf(tenant, item);
  if (user === undefined)
    return answer(CREDENTIAL_RESULTS.unknownUser, 'There is no synchronized user with this anchor.');
  const credential = parseCredential(item.credentialData);
  if (credential === undefined) return answer(CREDENTIAL_RESULTS.refused, 'The credential data are malformed.');
  const features = tenant.dirSyncFeatures();
  const mustChange = item.forcePasswordChange && (features & FEATURES.UserForcePasswordChangeOnLogon) !== 0;
  tenant.sync.credentials.set(user.id, { ...credential, changedAt: item.changeDate, mustChange });
  const target = tenant.directory.active.get(user.id);
  if (target !== undefined) {
    tenant.directory.update(target, {
      lastPasswordChangeDateTime: item.changeDate.toISOString(),
      // Each hash sync sets or removes it (section 4).
      passwordPolicies: (features & FEATURES.EnforceCloudPasswordPolicy) === 0 ? 'DisablePasswordExpiration' : null,
    });
  }
  return answer(CREDENTIAL_RESULTS.accepted);
}

/** Both anchors must name the same user when both are given. */
function userOf(tenant: Tenant, { sourceAnchor, cloudAnchor }: ReceivedCredential): SyncedObject | undefined {
  const byCloud = cloudAnchor === undefined ? undefined : byCloudAnchor(tenant, cloudAnchor);
  const bySource = sourceAnchor === undefined ? undefined : tenant.sync.byAnchor('User', sourceAnchor);
  if (cloudAnchor !== undefined && sourceAnchor !== undefined && byCloud !== bySource) return undefined;
  const user = byCloud ?? bySource;
  return user !== undefined && tenant.directory.active.has(user.id) ? user : undefined;
}

function byCloudAnchor(tenant: Tenant, anchor: string): SyncedObject | undefined {
  try {
    return tenant.sync.byId(cloudIdOf(anchor, 'User'));
  } catch (error) {
    if (error instanceof SyncFailure) return undefined; // a malformed anchor names nobody
    throw error;
  }
}
