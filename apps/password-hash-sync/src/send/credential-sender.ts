import type { SyncError } from '@adjoin/contracts';
import type { PasswordCredential } from '../transform/password-credential.js';

/** One proven credential on its way. The sender destroys nothing: the owner does, after the answer. */
export interface OutgoingCredential {
  readonly sourceAnchor: string;
  readonly cloudId: string;
  readonly credential: PasswordCredential;
  readonly changedAt: Date;
  readonly forceChange: boolean;
}

export type SendOutcome =
  | { readonly kind: 'accepted' }
  /** The target does not know the account yet. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'retry'; readonly error: SyncError }
  | { readonly kind: 'refused'; readonly error: SyncError };

/** The way to the cloud. */
export interface CredentialSender {
  /** One outcome for each, in the same order. Rejects with a coded error when the whole call failed; then it is unknown what arrived. */
  send(items: readonly OutgoingCredential[], signal?: AbortSignal): Promise<readonly SendOutcome[]>;
  close(): void;
}
