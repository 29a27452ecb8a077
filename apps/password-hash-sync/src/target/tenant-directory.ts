import type { GraphApi } from '@adjoin/graph';
import type { SyncService } from '@adjoin/sync-service';
import type { TenantFeatures } from '../eligibility/account-rules.js';
import type { TargetAccount } from './binding.js';
import { readAccounts } from './graph-accounts.js';
import { readRoleHolders } from './graph-roles.js';
import type { TargetDirectory } from './target-directory.js';

/** Bits of DirSyncFeatures (spec: sync service, SetCompanyDirsyncFeatures). */
const FEATURE = { passwordHashSync: 1, enforceCloudPasswordPolicy: 512, forcePasswordChange: 16_384 } as const;
/** Role holders are read again after this time, ms. */
const ROLES_MAX_AGE_MS = 15_000;

/** The tenant as Microsoft Graph shows it (accounts, roles), and its features as the sync service says. */
export class TenantDirectory implements TargetDirectory {
  readonly #api: GraphApi;
  readonly #service: Pick<SyncService, 'companyConfiguration'>;
  readonly #now: () => number;
  #roles: { readonly at: number; readonly holders: ReadonlyMap<string, readonly string[]> } | undefined;

  constructor(api: GraphApi, service: Pick<SyncService, 'companyConfiguration'>, now: () => number = Date.now) {
    this.#api = api;
    this.#service = service;
    this.#now = now;
  }

  async accounts(cloudIds: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    const holders = await this.#roleHolders(signal);
    const found = await readAccounts(this.#api, [...new Set(cloudIds)], signal);
    const accounts = new Map(
      found.map(({ id, sourceAnchor, synchronized }) => {
        const roles = holders.get(id.toLowerCase()) ?? [];
        return [id.toLowerCase(), { cloudId: id, sourceAnchor, synchronized, roles }] as const;
      }),
    );
    return new Map(
      cloudIds.flatMap((id) => {
        const account = accounts.get(id.toLowerCase());
        return account === undefined ? [] : [[id, account] as const];
      }),
    );
  }

  async features(signal?: AbortSignal): Promise<TenantFeatures> {
    const { dirSyncFeatures, isPasswordSyncing } = await this.#service.companyConfiguration(signal);
    const has = (bit: number): boolean => (dirSyncFeatures & bit) !== 0;
    return {
      passwordSync: isPasswordSyncing || has(FEATURE.passwordHashSync),
      forcePasswordChange: has(FEATURE.forcePasswordChange),
      cloudPasswordPolicy: has(FEATURE.enforceCloudPasswordPolicy),
    };
  }

  close(): void {
    this.#api.close();
  }

  async #roleHolders(signal?: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>> {
    const begun = this.#now();
    if (this.#roles === undefined || begun - this.#roles.at > ROLES_MAX_AGE_MS)
      this.#roles = { at: begun, holders: await readRoleHolders(this.#api, signal) };
    return this.#roles.holders;
  }
}
