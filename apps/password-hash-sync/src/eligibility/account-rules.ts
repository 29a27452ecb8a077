import { isUserAccount, type ReplicatedObject } from '@adjoin/ad-drsr';

/** What the tenant has chosen (Graph: onPremisesDirectorySynchronizationFeature; sync service: DirSyncFeatures). */
export interface TenantFeatures {
  /** The tenant takes password hashes. */
  readonly passwordSync: boolean;
  /** Temporary passwords are sent, and the user must change them at the next sign-in to the cloud. */
  readonly forcePasswordChange: boolean;
  /** The password policy of the cloud applies: DisablePasswordExpiration is removed with the next password. Shown to operators only. */
  readonly cloudPasswordPolicy: boolean;
}

/** Outcomes by the names that administrators know from Entra Connect, and some of our own. */
export const PASSWORD_RESULTS = [
  'Success',
  'FilteredByTarget',
  'NoTargetConnection',
  'SourceConnectorNotPresent',
  'TargetNotExportedToDirectory',
  'MissingAttribute',
  'RetryRequestedByTarget',
  'Error',
  'NotAUserAccount',
  'BindingRefused',
] as const;
export type PasswordResult = (typeof PASSWORD_RESULTS)[number];

/** Whether the password of an account may leave the directory. */
export type Eligibility =
  | { readonly kind: 'eligible'; readonly forceChange: boolean }
  | { readonly kind: 'withheld'; readonly result: PasswordResult; readonly reason: string };

/** userAccountControl ([MS-ADTS] 2.2.16). */
const UAC = {
  tempDuplicateAccount: 0x100,
  normalAccount: 0x200,
  interdomainTrust: 0x800,
  workstationTrust: 0x1000,
  serverTrust: 0x2000,
} as const;
const NEVER = UAC.tempDuplicateAccount | UAC.interdomainTrust | UAC.workstationTrust | UAC.serverTrust;
/** krbtgt: its key signs every ticket of the domain. */
const KRBTGT_RID = '-502';

/**
 * The rules of the account itself, decided before its hash is decrypted. Needs the complete object. Disabled accounts leave the scope by rule, not
 * here; accountExpires is ignored, as in Entra Connect; a smart-card account has a random password, which is sent like any other so that the old one
 * stops working.
 */
export function accountEligibility(object: ReplicatedObject, features: TenantFeatures): Eligibility {
  const refused = neverSent(object);
  if (refused !== undefined) return { kind: 'withheld', result: 'NotAUserAccount', reason: refused };
  const temporary = (object.pwdLastSet ?? 0n) === 0n;
  if (temporary && !features.forcePasswordChange) {
    const reason =
      'The user must change the password at next logon (pwdLastSet 0), and the tenant does not take temporary passwords.';
    return { kind: 'withheld', result: 'FilteredByTarget', reason };
  }
  return { kind: 'eligible', forceChange: temporary };
}

function neverSent(object: ReplicatedObject): string | undefined {
  if (object.isDeleted === true) return 'The account is deleted.';
  if (isUserAccount(object) !== true) return 'Only accounts of class user are synchronized.';
  const control = object.userAccountControl ?? 0;
  if ((control & NEVER) !== 0) return 'It is a machine, trust or duplicate account.';
  if ((control & UAC.normalAccount) === 0) return 'It is not a normal account (userAccountControl lacks 0x200).';
  if (object.sid?.endsWith(KRBTGT_RID) === true) return 'It is the account of the Kerberos key service.';
  if (object.samAccountName?.toLowerCase().startsWith('krbtgt') === true)
    return 'It is an account of the Kerberos key service.';
  return undefined;
}
