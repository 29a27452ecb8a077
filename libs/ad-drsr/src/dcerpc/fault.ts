import { SyncError } from '@adjoin/contracts';

/** Fault and nca status codes (DCE 1.1 RPC appendix E, [MS-RPCE] 2.2.2.2) with a meaning of their own here. */
const ACCESS_DENIED = 0x5;
const SEC_PKG_ERROR = 0x721;
const PROTO_ERROR = 0x1c01000b;
const UNKNOWN_INTERFACE = 0x1c010003;
const OP_RANGE_ERROR = 0x1c010002;

/**
 * The error of a fault. The third leg of a login has no answer, so a refused login shows as a fault of the first call
 * (`first`): as access denied or a package error from Windows, as a protocol error from Samba.
 */
export function faultError(status: number, first: boolean): SyncError {
  const shown = `fault 0x${status.toString(16).padStart(8, '0')}`;
  if (first && [ACCESS_DENIED, SEC_PKG_ERROR, PROTO_ERROR].includes(status)) {
    return new SyncError('ADJ-PHS-7002', `The domain controller refused the login (${shown}).`);
  }
  if (status === ACCESS_DENIED) {
    return new SyncError('ADJ-PHS-7003', `The domain controller denied the call (${shown}).`);
  }
  if (status === UNKNOWN_INTERFACE || status === OP_RANGE_ERROR) {
    return new SyncError('ADJ-PHS-7013', `The server does not offer directory replication (${shown}).`);
  }
  return new SyncError('ADJ-PHS-7011', `The domain controller answered with ${shown}.`);
}
