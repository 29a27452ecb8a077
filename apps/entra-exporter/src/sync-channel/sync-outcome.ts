import { SyncError, type ErrorCode, type ExportMessage, type ResultMessage } from '@adjoin/contracts';
import { ServiceBusy, type ObjectResult } from '@adjoin/sync-service';
import { deferred, failed, type Outcome } from '../export-run/outcome.js';
import { idOf } from './from-sync-object.js';
import type { Delivery } from './object-batcher.js';

/** Errors of single objects (engine/entra-service.md section 5) by the service's code; any other one is a refused value. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  AttributeValueMustBeUnique: 'ADJ-EXP-3007',
  InvalidHardMatch: 'ADJ-EXP-3011',
  InvalidSoftMatch: 'ADJ-EXP-3012',
  ObjectTypeMismatch: 'ADJ-EXP-3013',
  ExistingAdminRoleConflict: 'ADJ-EXP-3014',
  DeletionAccessViolation: 'ADJ-EXP-3010',
  SourceAnchorChanged: 'ADJ-EXP-3010',
  LargeObject: 'ADJ-EXP-3016',
  ExceededAllowedLength: 'ADJ-EXP-3016',
  IdentityDataValidationFailed: 'ADJ-EXP-3017',
};
/** How long an export waits when the service as a whole is in trouble: rights and builds change slowly. */
const TROUBLE_MS = 60_000;

function troubleMs(error: SyncError, windowMs: number): number {
  if (error instanceof ServiceBusy && error.afterMs !== undefined) return Math.max(error.afterMs, windowMs);
  return error.code === 'ADJ-EXP-3001' ? windowMs : TROUBLE_MS;
}

export const isReferenceMissing = (delivery: Delivery): boolean =>
  delivery.kind === 'answer' && delivery.result.errorCode === 'ReferenceNotFound';

/** What came of the export of an object, members apart. */
export function outcomeOf(message: ExportMessage, delivery: Delivery, windowMs: number): Outcome {
  switch (delivery.kind) {
    case 'dropped':
      return { kind: 'stale-gate' };
    case 'failed':
      return delivery.alone
        ? failed(
            new SyncError('ADJ-EXP-3006', delivery.error.message, { object: message.objectId, cause: delivery.error }),
          )
        : deferred(delivery.error, troubleMs(delivery.error, windowMs));
    case 'answer':
      return answered(message, delivery.result, windowMs);
  }
}

function answered(message: ExportMessage, result: ObjectResult, windowMs: number): Outcome {
  if (result.succeeded) {
    const cloudId = result.cloudAnchor === undefined ? message.cloudId : idOf(result.cloudAnchor);
    return {
      kind: 'applied',
      ...(cloudId === undefined ? {} : { cloudId }),
      ...(message.operation === 'add' ? { created: true } : {}),
    };
  }
  if (result.errorCode === 'ObjectNotFound') return { kind: 'missing' };
  if (result.errorCode === 'ReferenceNotFound') return deferred(refusal(message, result, 'ADJ-EXP-3006'), windowMs);
  return failed(refusal(message, result, CODES[result.errorCode ?? ''] ?? 'ADJ-EXP-3006'));
}

function refusal(message: ExportMessage, result: ObjectResult, code: ErrorCode): SyncError {
  const what = message.operation === 'add' ? 'Creating' : message.operation === 'delete' ? 'Deleting' : 'Changing';
  const name = message.name ?? message.sourceAnchor;
  return new SyncError(
    code,
    `${what} the ${message.objectType} ${name} was refused (${result.errorCode ?? 'no code'}): ${result.errorDescription ?? 'no reason given'}`,
    { object: message.objectId },
  );
}

type References = NonNullable<ResultMessage['references']>;

/** All members of the export count as done. */
export function allDone(message: ExportMessage): References | undefined {
  if (message.references === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(message.references).map(([name, { add, remove }]) => [
      name,
      { added: add.map(({ mv }) => mv), removed: remove.map(({ mv }) => mv), failed: [] },
    ]),
  );
}
