/** NEGOTIATE bits of [MS-NLMP] 2.2.2.5 that this client uses. */
export const NTLM_FLAGS = {
  unicode: 0x0000_0001,
  requestTarget: 0x0000_0004,
  sign: 0x0000_0010,
  seal: 0x0000_0020,
  ntlm: 0x0000_0200,
  alwaysSign: 0x0000_8000,
  extendedSessionSecurity: 0x0008_0000,
  targetInfo: 0x0080_0000,
  version: 0x0200_0000,
  key128: 0x2000_0000,
  keyExchange: 0x4000_0000,
  key56: 0x8000_0000,
} as const;

/** All of the above: what this client offers. */
export const OFFERED_FLAGS = Object.values(NTLM_FLAGS).reduce((all, flag) => (all | flag) >>> 0, 0);

/** Without these there is no NTLMv2 with 128-bit encryption and an own session key, and the login is given up. */
export const REQUIRED_FLAGS =
  (NTLM_FLAGS.unicode |
    NTLM_FLAGS.sign |
    NTLM_FLAGS.seal |
    NTLM_FLAGS.extendedSessionSecurity |
    NTLM_FLAGS.targetInfo |
    NTLM_FLAGS.key128 |
    NTLM_FLAGS.keyExchange) >>>
  0;
