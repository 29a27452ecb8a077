import type { SyncObjectError } from './model.js';

/** Codes of object-level failures (architecture.md §8). */
export type SyncErrorCode =
  | 'ambiguous-join'
  | 'different-join-criteria'
  | 'mixed-merge-types'
  | 'type-mismatch'
  | 'sync-rule-error-function-triggered'
  | 'invalid-rule'
  | 'missing-dn'
  | 'missing-group'
  | 'provisioning-conflict';

/** Ends the decision of one object; nothing of it is kept. Never leaves the engine: it becomes a `SyncOutcome`. */
export class ObjectFailure extends Error {
  readonly error: SyncObjectError;

  constructor(code: SyncErrorCode, message: string, place?: { readonly rule?: string; readonly attribute?: string }) {
    super(message);
    this.name = 'ObjectFailure';
    this.error = { code, message, ...place };
  }
}
