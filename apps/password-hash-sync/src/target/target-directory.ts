import type { TenantFeatures } from '../eligibility/account-rules.js';
import type { TargetAccount } from './binding.js';

/** What is read of the target before anything is sent to it. */
export interface TargetDirectory {
  /** The accounts with these ids, as the target has them now; an id that it does not know is missing. Rejects with a coded error. */
  accounts(cloudIds: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>>;
  features(signal?: AbortSignal): Promise<TenantFeatures>;
  close(): void;
}
