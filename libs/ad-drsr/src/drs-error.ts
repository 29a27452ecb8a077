import { SyncError, type ErrorCode } from '@adjoin/contracts';

/** A PDU or structure that does not follow its layout: truncated, corrupted or of another protocol. */
export function malformed(what: string): SyncError {
  return new SyncError('ADJ-PHS-7007', `The domain controller sent data that cannot be read: ${what}.`);
}

/** Win32 codes of [MS-ERREF] 2.2 that IDL_DRS calls return, by the error that tells the administrator what to do. */
const BY_WIN32: ReadonlyMap<number, ErrorCode> = new Map([
  [5, 'ADJ-PHS-7003'], // ERROR_ACCESS_DENIED
  [8453, 'ADJ-PHS-7003'], // ERROR_DS_DRA_ACCESS_DENIED
  [87, 'ADJ-PHS-7004'], // ERROR_INVALID_PARAMETER
  [8437, 'ADJ-PHS-7004'], // ERROR_DS_DRA_INVALID_PARAMETER
  [8418, 'ADJ-PHS-7004'], // ERROR_DS_DRA_SCHEMA_MISMATCH
  [8333, 'ADJ-PHS-7012'], // ERROR_DS_OBJ_NOT_FOUND
  [8439, 'ADJ-PHS-7012'], // ERROR_DS_DRA_BAD_DN
  [8440, 'ADJ-PHS-7012'], // ERROR_DS_DRA_BAD_NC
  [8364, 'ADJ-PHS-7012'], // ERROR_DS_CANT_FIND_DC_FOR_SRC_DOMAIN
  [1355, 'ADJ-PHS-7012'], // ERROR_NO_SUCH_DOMAIN
]);

const EXPLAINED: Partial<Record<ErrorCode, string>> = {
  'ADJ-PHS-7003': 'the account may not replicate password hashes',
  'ADJ-PHS-7004': 'the requested set of attributes or a parameter was refused',
  'ADJ-PHS-7012': 'the naming context or object does not exist there',
};

/** The error of a call that the domain controller answered with a Win32 code other than 0. */
export function win32Error(operation: string, status: number): SyncError {
  const code = BY_WIN32.get(status) ?? 'ADJ-PHS-7011';
  const explained = EXPLAINED[code] ?? 'the domain controller reported an error';
  return new SyncError(code, `${operation} failed: ${explained} (Win32 error ${String(status)}).`);
}
