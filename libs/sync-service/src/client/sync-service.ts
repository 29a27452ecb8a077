import type { SyncError } from '@adjoin/contracts';
import type { WhenBusy } from './service-busy.js';
import type { SyncObject, SyncObjectType } from '../operations/sync-value.js';

/** A password credential of one user (operations/password-hash-sync.md section 2). */
export interface CredentialItem {
  /** Source anchor of the user, as it was exported. The service finds the user by it. */
  readonly sourceAnchor: string;
  /** `User_<object id>`; sent beside the source anchor when given. */
  readonly cloudAnchor?: string | undefined;
  /** `v1;PPH1_MD4,<salt hex>,<iterations>,<hash hex>;`. It is never logged and never part of an error. */
  readonly credentialData: string;
  /** When the password was changed on premises (pwdLastSet). Of two changes the service keeps the later one. */
  readonly changeDate: Date;
  /** The user must change the password at the next sign-in. */
  readonly forcePasswordChange: boolean;
}

/** What became of one credential. */
export type CredentialOutcome =
  | { readonly kind: 'accepted'; readonly sourceAnchor: string }
  /** The service does not know the user (yet): export the object first, then send again. */
  | { readonly kind: 'unknown-user'; readonly sourceAnchor: string; readonly error: SyncError }
  /** The service asks to send it again later. */
  | { readonly kind: 'retry'; readonly sourceAnchor: string; readonly error: SyncError }
  /** Refused for a reason that a repetition does not change. */
  | { readonly kind: 'refused'; readonly sourceAnchor: string; readonly error: SyncError };

/** One page of the synchronized objects of the tenant. */
export interface ReadBackPage {
  readonly objects: readonly SyncObject[];
  /** Give it to the next call; also the last page has one, from which the next delta read continues. */
  readonly cookie: string | undefined;
  /** There are more pages. */
  readonly more: boolean;
}
export interface ReadBackRequest {
  /** Cookie of the page before; absent: from the beginning. */
  readonly cookie?: string | undefined;
  /** All synchronized objects, or those that changed since the cookie. */
  readonly full: boolean;
}

/** What became of one exported object. */
export interface ObjectResult {
  readonly type: SyncObjectType;
  readonly sourceAnchor: string | undefined;
  /** `User_<object id>` */
  readonly cloudAnchor: string | undefined;
  readonly succeeded: boolean;
  /** Error code of the service, e.g. `AttributeValueMustBeUnique`; undefined when it succeeded. */
  readonly errorCode: string | undefined;
  /** Text of the service for people. */
  readonly errorDescription: string | undefined;
}

/** What the service says about the tenant (GetCompanyConfiguration). */
export interface CompanyConfiguration {
  readonly tenantId: string;
  readonly displayName: string;
  readonly initialDomain: string | undefined;
  readonly isDirSyncing: boolean;
  readonly isPasswordSyncing: boolean;
  /** Bit mask (operations/sync-service.md section 1, SetCompanyDirsyncFeatures): 1 = password hash sync. */
  readonly dirSyncFeatures: number;
  readonly anchorAttribute: string | undefined;
  /** Most member changes in one ProvisionAzureADSyncObjects2 call. */
  readonly maxLinksPerBatch: number;
  /** ISO 8601 duration, e.g. PT30M. */
  readonly synchronizationInterval: string | undefined;
  readonly deletionPrevention: {
    readonly kind: string;
    readonly thresholdCount: number;
    readonly thresholdPercentage: number;
  };
}

/** Client versions the service accepts (Capabilities). */
export interface ServiceCapabilities {
  readonly latestVersion: string;
  readonly minimumVersion: string;
  readonly blockedVersions: readonly string[];
}

/**
 * The provisioning web service of one tenant. Every method rejects with a coded error: ADJ-EXP-3001 not reached or no proper answer (whether
 * the call was executed is unknown), 3002 the token was refused, 3003 a permission is missing, 3004 certificate, 3005 throttled beyond
 * patience, 3101 the service refused the client build, 3102 the answer is not of the expected form, 3103 the service refused the call,
 * 3104 redirected without end.
 */
export interface SyncService {
  /** Sends credentials in batches; one outcome for each item, in the same order. Safe to repeat. An empty list sends nothing. */
  sendCredentials(items: readonly CredentialItem[], signal?: AbortSignal): Promise<readonly CredentialOutcome[]>;
  /**
   * Sends objects in one call (`ProvisionAzureADSyncObjects2`); one result for each, in the same order. Safe to repeat.
   * @param whenBusy `tell`: rejects with `ServiceBusy` when it is throttled, unavailable or not reached; by default the call is repeated
   */
  provision(
    objects: readonly SyncObject[],
    signal?: AbortSignal,
    whenBusy?: WhenBusy,
  ): Promise<readonly ObjectResult[]>;
  /** One page of the tenant's synchronized objects. */
  readBack(request: ReadBackRequest, signal?: AbortSignal): Promise<ReadBackPage>;
  companyConfiguration(signal?: AbortSignal): Promise<CompanyConfiguration>;
  capabilities(signal?: AbortSignal): Promise<ServiceCapabilities>;
  /** Sets all switches of the tenant ({@link CompanyConfiguration.dirSyncFeatures}); what is not in the mask is switched off. */
  setFeatures(dirSyncFeatures: number, signal?: AbortSignal): Promise<void>;
  /** Closes an export run. */
  finalizeExport(totalExported: number, successful: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** Access tokens for the service's resource; `TokenProvider` of `@adjoin/graph` is one. */
export interface TokenSource {
  token(): Promise<string>;
  /** The service refused this token: the next call gets a new one. */
  invalidate(value: string): void;
}

/** What identifies client and tenant in every call. All of it is configuration: the service polices client builds. */
export interface SyncServiceOptions {
  /** `https://adminwebservice.microsoftonline.com/provisioningservice.svc` */
  readonly endpoint: string;
  readonly tokens: TokenSource;
  readonly tenantId: string;
  /** Value of SyncToken/ApplicationId and of the header `x-ms-aadmsods-appid`. */
  readonly applicationId: string;
  /** Build number of the client, e.g. `2.4.21.0`. */
  readonly clientBuild: string;
  /** Version of the protocol's client, e.g. `8.0`. */
  readonly clientVersion?: string | undefined;
  /** PEM of the CA that signed the server's certificate; the system store when absent. */
  readonly ca?: string | undefined;
  /** Name the certificate must carry instead of the host of the URL. */
  readonly serverName?: string | undefined;
  /** How long one HTTP call may take, ms. */
  readonly timeoutMs?: number | undefined;
  /** How long a call is repeated on 429, 5xx and lost connections before it fails, ms. */
  readonly giveUpMs?: number | undefined;
  /** Credentials in one call. */
  readonly credentialBatch?: number | undefined;
}
