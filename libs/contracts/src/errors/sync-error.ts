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

/** Any thrown value as a {@link SyncError}; unknown ones become ADJ-GEN-0001 with the cause kept. */
export function toSyncError(error: unknown, code: ErrorCode = 'ADJ-GEN-0001'): SyncError {
  if (error instanceof SyncError) return error;
  return new SyncError(code, error instanceof Error ? error.message : String(error), { cause: error });
}
