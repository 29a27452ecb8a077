import { ERROR_CODES, type ErrorCode } from './codes.js';

export type Retry = 'never' | 'later' | 'now';

/**
 * The one error class of Adjoin. `message` says what happened and where; `hint` (from the code table unless given) what to do.
 * Callers decide on `retry`, never on the class or the text.
 */
export class SyncError extends Error {
  readonly code: ErrorCode;
  readonly retry: Retry;
  readonly hint: string;
  readonly object: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retry?: Retry; hint?: string; object?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SyncError';
    this.code = code;
    this.retry = options.retry ?? ERROR_CODES[code].retry;
    this.hint = options.hint ?? ERROR_CODES[code].hint;
    this.object = options.object;
  }

  /** `[CODE] message hint` for people. */
  override toString(): string {
    return `[${this.code}] ${this.message}${this.hint === '' ? '' : ` ${this.hint}`}`;
  }
}

/** Errors of the MongoDB driver that mean that the database is not there, whichever part of a program meets them first. By name: this library knows no driver. */
const DATABASE_GONE = /^Mongo(Network|ServerSelection|NotConnected|TopologyClosed|PoolCleared|PoolClosed)\w*Error$/;

/** Any thrown value as a {@link SyncError}; an unreachable database is ADJ-MDB-0001, unknown ones become ADJ-GEN-0001 with the cause kept. */
export function toSyncError(error: unknown, code: ErrorCode = 'ADJ-GEN-0001'): SyncError {
  if (error instanceof SyncError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && DATABASE_GONE.test(error.name)) {
    return new SyncError('ADJ-MDB-0001', `MongoDB cannot be reached: ${text}`, { cause: error });
  }
  return new SyncError(code, text, { cause: error });
}
