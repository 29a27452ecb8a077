/** Operations of the provisioning web service that this library speaks (operations/sync-service.md section 1). */
export const SYNC_OPERATIONS = [
  'Capabilities',
  'GetCompanyConfiguration',
  'ProvisionAzureADSyncObjects',
  'ProvisionAzureADSyncObjects2',
  'ReadBackAzureADSyncObjects',
  'ReadBackAzureADSyncObjects2',
  'ProvisionCredentials',
  'FinalizeExport',
  'SetCompanyDirsyncFeatures',
] as const;
export type SyncOperationName = (typeof SYNC_OPERATIONS)[number];
