/**
 * How a client proves who it is over RPC, in the three legs of DCE style: bind carries the first token, bind_ack the
 * server's, auth3 the last. NTLM is one; Kerberos with mutual authentication has the same three legs (AP-REQ, AP-REP, AP-REP).
 */
export interface Authenticator {
  /** auth_type of the security trailer. */
  readonly authType: number;
  /** The token of the first leg. */
  start(): Buffer;
  /** Reads the server's token. Throws a SyncError when the server does not offer what is needed. */
  finish(serverToken: Buffer): { readonly token: Buffer; readonly context: SecurityContext };
}

/** Signs and encrypts the fragments of one connection, in order: both directions count their fragments. */
export interface SecurityContext {
  readonly signatureLength: number;
  /** Encrypts `pdu[from, to)` in place; returns the signature of the whole plain `pdu`, which ends before the signature. */
  seal(pdu: Buffer, from: number, to: number): Buffer;
  /** Decrypts `pdu[from, to)` in place; false when the signature does not fit. */
  unseal(pdu: Buffer, from: number, to: number, signature: Buffer): boolean;
  /** The session key that replicated secrets are encrypted with ([MS-DRSR] 4.1.10.6.17); valid until `destroy`. */
  sessionKey(): Buffer;
  /** Zeroes all keys. */
  destroy(): void;
}
