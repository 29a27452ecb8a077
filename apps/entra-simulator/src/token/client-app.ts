/** An application that may ask for tokens. */
export interface ClientApp {
  readonly clientId: string;
  readonly displayName: string;
  readonly secrets: readonly string[];
  /** Registered certificates in PEM, for signed assertions. */
  readonly certificates: readonly string[];
  /** Granted application permissions such as `User.ReadWrite.All`. */
  readonly permissions: readonly string[];
}

/** What an exporter needs: least privilege, no directory-wide write. */
export const DEFAULT_PERMISSIONS: readonly string[] = [
  'User.ReadWrite.All',
  'User-PasswordProfile.ReadWrite.All',
  'User.DeleteRestore.All',
  'Group.ReadWrite.All',
  'Device.ReadWrite.All',
  'OrgContact.Read.All',
  'Application.ReadWrite.All',
  'Organization.Read.All',
  'Domain.Read.All',
  'ADSynchronization.ReadWrite.All',
];
