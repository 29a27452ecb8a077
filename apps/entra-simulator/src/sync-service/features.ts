/** Bits of DirSyncFeatures (spec operations/sync-service.md section 1, SetCompanyDirsyncFeatures). */
export const FEATURES = {
  PasswordHashSync: 1,
  PasswordWriteBack: 2,
  DirectoryExtensions: 4,
  DuplicateUPNResiliency: 8,
  SoftMatchOnUpn: 16,
  DuplicateProxyAddressResiliency: 32,
  EnforceCloudPasswordPolicy: 512,
  SynchronizeUpnForManagedUsers: 8192,
  UserForcePasswordChangeOnLogon: 16_384,
  BlockSoftMatch: 524_288,
  BlockCloudObjectTakeoverThroughHardMatch: 1_048_576,
} as const;

/** A new tenant: password hashes, duplicates held back, soft match on the name, names of managed users. */
export const DEFAULT_FEATURES =
  FEATURES.PasswordHashSync |
  FEATURES.DuplicateUPNResiliency |
  FEATURES.SoftMatchOnUpn |
  FEATURES.DuplicateProxyAddressResiliency |
  FEATURES.SynchronizeUpnForManagedUsers;
