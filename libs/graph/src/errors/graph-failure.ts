import { SyncError } from '@adjoin/contracts';

/** One entry of `error.details` of a Graph error body (operations/graph-export.md section 6). */
export interface GraphErrorDetail {
  readonly code: string;
  readonly target: string;
}
/** What an error answer says; the message text is for people and never decides anything. */
export interface GraphFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: readonly GraphErrorDetail[];
  readonly requestId: string | undefined;
}

interface Body {
  readonly error?: {
    readonly code?: unknown;
    readonly message?: unknown;
    readonly details?: readonly { readonly code?: unknown; readonly target?: unknown }[];
    readonly innerError?: { readonly 'request-id'?: unknown };
  };
}

/** Reads the error body of an answer; missing parts become empty text. */
export function graphFailure(status: number, body: unknown): GraphFailure {
  const error = typeof body === 'object' && body !== null ? (body as Body).error : undefined;
  const details = Array.isArray(error?.details) ? error.details : [];
  return {
    status,
    code: text(error?.code),
    message: text(error?.message),
    details: details.map((detail) => ({ code: text(detail?.code), target: text(detail?.target) })),
    requestId: typeof error?.innerError?.['request-id'] === 'string' ? error.innerError['request-id'] : undefined,
  };
}
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** True when the refusal is about a value that another object already has (section 6, conflict sample). */
export function isConflict(failure: GraphFailure): boolean {
  return (
    failure.status === 409 ||
    failure.code === 'Request_MultipleObjectsWithSameKeyValue' ||
    failure.details.some(
      (detail) =>
        detail.code === 'ObjectConflict' || detail.code === 'PropertyConflict' || detail.code === 'ConflictingObjects',
    )
  );
}

export const isThrottled = (status: number): boolean => status === 429 || status === 509;
/** Server trouble: whether the request was executed is unknown, except for 503, which refuses before execution. */
export const isServerTrouble = (status: number): boolean =>
  status === 500 || status === 502 || status === 503 || status === 504;

/**
 * An error answer as a {@link SyncError}, decided by status, `code` and `details` only.
 * @param what the call for people, e.g. `Creating the user kim@corp.test`.
 */
export function toGraphError(failure: GraphFailure, what: string): SyncError {
  const { status } = failure;
  const said = failure.message === '' ? '' : `: ${failure.message}`;
  const at = `(HTTP ${status} ${failure.code})`;
  const make = (code: ConstructorParameters<typeof SyncError>[0]): SyncError =>
    new SyncError(code, `${what} was refused ${at}${said}`);
  if (isThrottled(status)) return make('ADJ-EXP-3005');
  if (isServerTrouble(status)) return new SyncError('ADJ-EXP-3001', `${what} was not answered properly ${at}.`);
  if (status === 401) return make('ADJ-EXP-3002');
  if (status === 403) return make('ADJ-EXP-3003');
  if (status === 410) return make('ADJ-EXP-3009');
  if (isConflict(failure)) return make('ADJ-EXP-3007');
  if (failure.details.some((detail) => detail.code === 'InvalidLength')) return make('ADJ-EXP-3016');
  if (failure.details.some((detail) => NAME_CODES.has(detail.code) && detail.target === 'userPrincipalName'))
    return make('ADJ-EXP-3017');
  return make('ADJ-EXP-3006');
}

const NAME_CODES = new Set(['InvalidValue', 'NotVerifiedDomain']);
