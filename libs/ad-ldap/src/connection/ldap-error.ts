import { ResultCodeError } from 'ldapts';
import { SyncError, type ErrorCode } from '@adjoin/contracts';

/** Result codes of LDAP (RFC 4511 §4.1.9) that are told apart. */
export const LDAP_RESULT = {
  success: 0,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  strongerAuthRequired: 8,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  confidentialityRequired: 13,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  noSuchObject: 32,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  unwillingToPerform: 53,
} as const;

/** A result code other than success, before it is known what it means for the operation. */
export class LdapResultError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(`LDAP result ${String(status)}${message === '' ? '' : `: ${message}`}`);
    this.name = 'LdapResultError';
    this.status = status;
  }
}

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  [LDAP_RESULT.invalidCredentials]: 'ADJ-IMP-1002',
  [LDAP_RESULT.insufficientAccessRights]: 'ADJ-IMP-1004',
  [LDAP_RESULT.unwillingToPerform]: 'ADJ-IMP-1004',
  [LDAP_RESULT.strongerAuthRequired]: 'ADJ-IMP-1006',
  [LDAP_RESULT.confidentialityRequired]: 'ADJ-IMP-1006',
  [LDAP_RESULT.unavailableCriticalExtension]: 'ADJ-IMP-1011',
  [LDAP_RESULT.noSuchObject]: 'ADJ-IMP-1013',
};

const UNRESOLVED = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const CERTIFICATE =
  /^(ERR_TLS_CERT|CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;

/**
 * Any failure of an LDAP operation as a coded error. `what` names the operation and the server in words (`reading dc1…`); no secret
 * may be in it.
 */
export function ldapError(error: unknown, what: string): SyncError {
  if (error instanceof SyncError) return error;
  const status = statusOf(error);
  const text = error instanceof Error ? error.message : String(error);
  const code = status === undefined ? codeOfFailure(error) : (CODE_OF_STATUS[status] ?? 'ADJ-IMP-1010');
  const meaning = status === LDAP_RESULT.invalidCredentials ? `${refusal(text)}: ` : '';
  return new SyncError(code, `${what}: ${meaning}${plain(text)}`, { cause: error });
}

/** Reasons of a refused sign-in by the `data` field of Active Directory's diagnostic message (a Win32 error code in hexadecimal). */
const REFUSALS: Readonly<Record<string, string>> = {
  '525': 'there is no such account',
  '530': 'the account may not sign in at this time',
  '531': 'the account may not sign in to this server',
  '532': 'the password has expired',
  '533': 'the account is disabled',
  '701': 'the account has expired',
  '773': 'the password has to be changed first',
  '775': 'the account is locked',
};

function refusal(text: string): string {
  const data = /\bdata ([0-9a-f]{3,4})\b/i.exec(text)?.[1]?.toLowerCase() ?? '';
  return REFUSALS[data] ?? 'account or password was refused';
}

/** The LDAP result code behind an error, if it came from the server's answer. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof LdapResultError) return error.status;
  if (error instanceof ResultCodeError) return error.code;
  if (error instanceof SyncError && error.cause !== undefined) return statusOf(error.cause);
  return undefined;
}

function codeOfFailure(error: unknown): ErrorCode {
  const code = systemCode(error);
  if (code !== undefined && UNRESOLVED.has(code)) return 'ADJ-IMP-1005';
  if (code !== undefined && CERTIFICATE.test(code)) return 'ADJ-IMP-1003';
  return 'ADJ-IMP-1001';
}

function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? systemCode(error.cause) : undefined;
}

/** One line without control characters: AD ends its diagnostic messages with a NUL. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f]+/g, ' ').trim();
}
