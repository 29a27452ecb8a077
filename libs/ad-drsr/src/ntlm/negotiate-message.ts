import { encodeField, expectMessage, MESSAGE_TYPES, messageStart, NTLM_VERSION } from './ntlm-message.js';

const LENGTH = 40;

/**
 * NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1): Signature · MessageType 1 · NegotiateFlags u32 · DomainNameFields ·
 * WorkstationFields · Version. Names are not sent.
 */
export function encodeNegotiate(flags: number): Buffer {
  const bits = Buffer.alloc(4);
  bits.writeUInt32LE(flags);
  const noName = encodeField(0, 0);
  return Buffer.concat([messageStart(MESSAGE_TYPES.negotiate), bits, noName, noName, NTLM_VERSION]);
}

/** The offered flags. */
export function decodeNegotiate(message: Buffer): number {
  expectMessage(message, MESSAGE_TYPES.negotiate, LENGTH);
  return message.readUInt32LE(12);
}
