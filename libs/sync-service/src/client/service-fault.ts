import { SyncError, type ErrorCode } from '@adjoin/contracts';
import type { Fault } from '../soap/fault.js';

/**
 * Error codes of faults. Only 90 (password synchronization is not activated) is public knowledge; the words are what the simulator sends.
 * A code that is not here ends as ADJ-EXP-3103 with the service's own text.
 */
export const FAULT_CODES = {
  passwordSyncOff: '90',
  invalidToken: 'InvalidToken',
  accessDenied: 'AccessDenied',
  clientBuildRefused: 'UnsupportedClientBuild',
  throttled: 'Throttled',
} as const;

const KNOWN: Readonly<Record<string, { readonly code: ErrorCode; readonly hint?: string }>> = {
  [FAULT_CODES.passwordSyncOff]: {
    code: 'ADJ-EXP-3103',
    hint: 'Switch password hash synchronization on in the tenant (feature PasswordHashSync).',
  },
  [FAULT_CODES.invalidToken]: { code: 'ADJ-EXP-3002' },
  [FAULT_CODES.accessDenied]: {
    code: 'ADJ-EXP-3003',
    hint: 'Give the application ADSynchronization.ReadWrite.All and consent to it.',
  },
  [FAULT_CODES.clientBuildRefused]: { code: 'ADJ-EXP-3101' },
  [FAULT_CODES.throttled]: { code: 'ADJ-EXP-3005' },
};

/** A fault, or a status without one, as a coded error. */
export function faultError(operation: string, status: number, fault: Fault | undefined): SyncError {
  const known = fault?.errorCode === undefined ? undefined : KNOWN[fault.errorCode];
  const said = fault === undefined ? '' : `: ${fault.description}`;
  const at = fault?.errorCode === undefined ? `HTTP ${status}` : `HTTP ${status}, error code ${fault.errorCode}`;
  const message = `${operation} was refused (${at})${said}`;
  return new SyncError(
    known?.code ?? byStatus(status, fault),
    message,
    known?.hint === undefined ? {} : { hint: known.hint },
  );
}

function byStatus(status: number, fault: Fault | undefined): ErrorCode {
  if (status === 401) return 'ADJ-EXP-3002';
  if (status === 403) return 'ADJ-EXP-3003';
  if (status === 429) return 'ADJ-EXP-3005';
  return fault === undefined && status >= 500 ? 'ADJ-EXP-3001' : 'ADJ-EXP-3103';
}
