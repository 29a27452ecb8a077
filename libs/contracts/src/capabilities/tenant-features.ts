/** Bits of DirSyncFeatures, the switches of a tenant for synchronization (operations/sync-service.md section 1). */
export const TENANT_FEATURES = {
  PasswordHashSync: 1,
  PasswordWriteBack: 2,
  DirectoryExtensions: 4,
  DuplicateUPNResiliency: 8,
  SoftMatchOnUpn: 16,
  DuplicateProxyAddressResiliency: 32,
  EnforceCloudPasswordPolicy: 512,
  UnifiedGroupWriteback: 1024,
  UserWriteback: 2048,
  DeviceWriteback: 4096,
  SynchronizeUpnForManagedUsers: 8192,
  UserForcePasswordChangeOnLogon: 16_384,
  BlockSoftMatch: 524_288,
  BlockCloudObjectTakeoverThroughHardMatch: 1_048_576,
} as const;
export type TenantFeature = keyof typeof TENANT_FEATURES;

/** Switches that Adjoin can set; the others are about writing back and pass-through authentication, which it does not do. */
export const SETTABLE_FEATURES = [
  'PasswordHashSync',
  'DuplicateUPNResiliency',
  'SoftMatchOnUpn',
  'DuplicateProxyAddressResiliency',
  'EnforceCloudPasswordPolicy',
  'SynchronizeUpnForManagedUsers',
  'UserForcePasswordChangeOnLogon',
  'BlockSoftMatch',
  'BlockCloudObjectTakeoverThroughHardMatch',
] as const satisfies readonly TenantFeature[];
export type SettableFeature = (typeof SETTABLE_FEATURES)[number];
