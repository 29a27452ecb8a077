import { TENANT_FEATURES } from '@adjoin/contracts';

/** Bits of DirSyncFeatures (spec operations/sync-service.md section 1, SetCompanyDirsyncFeatures). */
export const FEATURES = TENANT_FEATURES;

/** A new tenant: password hashes, duplicates held back, soft match on the name, names of managed users. */
export const DEFAULT_FEATURES =
  FEATURES.PasswordHashSync |
  FEATURES.DuplicateUPNResiliency |
  FEATURES.SoftMatchOnUpn |
  FEATURES.DuplicateProxyAddressResiliency |
  FEATURES.SynchronizeUpnForManagedUsers;
