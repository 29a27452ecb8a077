import { SyncError } from '@adjoin/contracts';

const CERTIFICATE = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
]);

/** A failure below HTTP as ADJ-EXP-3004 (certificate) or ADJ-EXP-3001 (anything else). Whether the request was executed is unknown. */
export function transportError(cause: unknown, url: string): SyncError {
  if (cause instanceof SyncError) return cause;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const reason = code === '' ? (cause instanceof Error ? cause.message : String(cause)) : code;
  const host = new URL(url).host;
  if (CERTIFICATE.has(code))
    return new SyncError('ADJ-EXP-3004', `The certificate of ${host} is not trusted (${reason}).`, { cause });
  return new SyncError('ADJ-EXP-3001', `No answer from ${host} (${reason}).`, { cause });
}

/** Nobody listened, or nobody was found: no byte of the request was delivered. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** The request was certainly not executed: there was no connection, no token, or no trust in the server. */
export function wasNotSent(error: SyncError): boolean {
  if (error.code === 'ADJ-EXP-3002' || error.code === 'ADJ-EXP-3004') return true;
  const { cause } = error;
  return typeof cause === 'object' && cause !== null && 'code' in cause && NOT_CONNECTED.has(String(cause.code));
}
