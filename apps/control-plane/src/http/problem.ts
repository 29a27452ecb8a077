import { HttpException } from '@nestjs/common';
import { SyncError, type ErrorCode, type ProblemBody } from '@adjoin/contracts';
import { isMongoUnavailable } from '@adjoin/shared';

const STATUS: Partial<Record<ErrorCode, number>> = {
  'ADJ-API-4002': 401,
  'ADJ-API-4003': 400,
  'ADJ-API-4004': 404,
  'ADJ-API-4005': 422,
  'ADJ-API-4006': 409,
  'ADJ-API-4007': 404,
  'ADJ-API-4008': 504,
  'ADJ-ENG-2001': 422,
  'ADJ-MDB-0001': 503,
};

/** MongoDB's MaxTimeMSExpired. */
const TOO_SLOW = 50;

/** Any failure as a coded error of the API. */
export function toApiError(cause: unknown): SyncError {
  if (cause instanceof SyncError) return cause;
  if (cause instanceof HttpException) {
    if (cause.getStatus() === 404)
      return new SyncError('ADJ-API-4007', `There is no such operation: ${cause.message}.`, { cause });
    return new SyncError('ADJ-API-4003', `The request cannot be read: ${cause.message}.`, { cause });
  }
  if (isMongoUnavailable(cause)) return new SyncError('ADJ-MDB-0001', 'MongoDB cannot be reached.', { cause });
  if (typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === TOO_SLOW) {
    return new SyncError('ADJ-API-4005', 'The search was given up.', { cause });
  }
  return new SyncError('ADJ-GEN-0001', 'The request failed.', { cause });
}

/** Status and body of the answer to a failed request. */
export function problemOf(cause: unknown): { readonly status: number; readonly body: ProblemBody } {
  const { code, message, hint, retry, object } = toApiError(cause);
  return {
    status: STATUS[code] ?? 500,
    body: { error: { code, message, hint, retry, ...(object === undefined ? {} : { object }) } },
  };
}
