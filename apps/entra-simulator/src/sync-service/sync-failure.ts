/** Errors of single objects (spec engine/entra-service.md section 5), and ours for what the service must refuse somehow. */
export type SyncFailureCode =
  | 'InvalidHardMatch'
  | 'InvalidSoftMatch'
  | 'ObjectTypeMismatch'
  | 'AttributeValueMustBeUnique'
  | 'IdentityDataValidationFailed'
  | 'LargeObject'
  | 'ExistingAdminRoleConflict'
  | 'DeletionAccessViolation'
  | 'SourceAnchorChanged'
  | 'ObjectNotFound'
  | 'ReferenceNotFound'
  | 'InvalidProperty';

/** One object is refused; the others of the call are not. */
export class SyncFailure extends Error {
  constructor(
    readonly code: SyncFailureCode,
    message: string,
  ) {
    super(message);
  }
}
