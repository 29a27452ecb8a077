import type { ErrorCode, PasswordScope } from '@adjoin/contracts';

/** What the target itself says about one of its accounts. */
export interface TargetAccount {
  readonly cloudId: string;
  /** onPremisesImmutableId as read back. */
  readonly sourceAnchor: string | undefined;
  /** onPremisesSyncEnabled: managed from a directory on premises. */
  readonly synchronized: boolean;
  /** Names of the directory roles it holds, directly or by a group. */
  readonly roles: readonly string[];
}

export type Binding =
  | { readonly kind: 'proven' }
  /** Not there (yet): wait for the export. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly reason: string };

/**
 * Proof that a password goes where it belongs. `anchor` was recomputed from the replicated object, `account` was read from the target under the id
 * that the scope record names: whoever can write records can therefore neither lead a password to another account nor to a privileged one.
 */
export function proveBinding(scope: PasswordScope, anchor: string, account: TargetAccount | undefined): Binding {
  if (scope.sourceAnchor !== anchor) {
    const reason = `The record names the source anchor ${scope.sourceAnchor}, the replicated object has ${anchor}.`;
    return { kind: 'refused', code: 'ADJ-PHS-7101', reason };
  }
  if (scope.cloudId === undefined || account === undefined) return { kind: 'absent' };
  if (account.sourceAnchor !== anchor) {
    const found = account.sourceAnchor === undefined ? 'none' : account.sourceAnchor;
    const reason = `The target ${account.cloudId} has the source anchor ${found}, the replicated object has ${anchor}.`;
    return { kind: 'refused', code: 'ADJ-PHS-7101', reason };
  }
  if (account.roles.length > 0) {
    const reason = `The target ${account.cloudId} holds a directory role: ${account.roles.join(', ')}.`;
    return { kind: 'refused', code: 'ADJ-PHS-7102', reason };
  }
  if (!account.synchronized) {
    const reason = `The target ${account.cloudId} is an account of the cloud (onPremisesSyncEnabled is not true).`;
    return { kind: 'refused', code: 'ADJ-PHS-7103', reason };
  }
  return { kind: 'proven' };
}
