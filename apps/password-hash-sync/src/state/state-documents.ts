import type { PasswordScope } from '@adjoin/contracts';
import type { Watermark } from '@adjoin/ad-drsr';
import type { PasswordResult, TenantFeatures } from '../eligibility/account-rules.js';

/**
 * Why a password has to be read (again) from the directory. `account`: not the password itself changed but whether it may be sent; then it is sent
 * only where the target has another one.
 */
export type NeedReason = 'scope' | 'changed' | 'account' | 'requested' | 'features' | 'full-pass';

/** A password that has to be sent and could not be yet. The hash itself is kept nowhere: it is read again. */
export interface Need {
  readonly reason: NeedReason;
  /** Names this need: an answer to an older one does not fulfil it. */
  readonly token: string;
  readonly since: Date;
  readonly attempts: number;
  readonly nextAt: Date;
}

/** What became of the last attempt. */
export interface LastResult {
  readonly status: PasswordResult;
  readonly at: Date;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** A document of `passwordStates`, `_id` = `<connector>/<objectGUID>`. Times and outcomes only: never a hash, nor anything made of one. */
export interface PasswordState {
  _id: string;
  connector: string;
  /** Absent: out of scope. */
  scope?: PasswordScope | undefined;
  need?: Need | undefined;
  dn?: string | undefined;
  account?: string | undefined;
  /** When the password was last changed, by the directory. */
  changedAt?: Date | undefined;
  /** `changedAt` of the password that the target has. */
  sentChange?: Date | undefined;
  sentAt?: Date | undefined;
  /** From the change to the acknowledgement of the target, ms. */
  lagMs?: number | undefined;
  /** It was sent as a password to be changed at the next sign-in. */
  forceChange?: boolean | undefined;
  result?: LastResult | undefined;
}

/** A document of `replicationCursors`, `_id` = `<connector>/<naming context>`. */
export interface ReplicationCursor {
  _id: string;
  connector: string;
  namingContext: string;
  watermark?: Watermark | undefined;
  /** Domain controller that answered last. */
  server?: string | undefined;
  /** Last look for changes that went through: the heartbeat. */
  lastPollAt?: Date | undefined;
  lastFullPassAt?: Date | undefined;
  fullPass?: { readonly startedAt: Date; readonly reason: string; readonly objects: number } | undefined;
  failure?: { readonly code: string; readonly message: string; readonly since: Date } | undefined;
}

/** The forest as a whole: `_id` = connector. */
export interface ForestDocument {
  _id: string;
  connector: string;
  /** Consumer group of the scope records; another one after the states were lost, so that all records are read again. */
  scopeGroup: string;
  channel: string;
  /** `working`, or why nothing is sent. */
  condition: { readonly code?: string | undefined; readonly message: string; readonly since: Date };
  features?: TenantFeatures | undefined;
  heartbeatAt: Date;
  owner: string;
}
