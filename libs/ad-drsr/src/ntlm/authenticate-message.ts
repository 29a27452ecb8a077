import { decodeField, encodeField, expectMessage, MESSAGE_TYPES, messageStart, NTLM_VERSION } from './ntlm-message.js';

export interface NtlmAuthenticate {
  readonly flags: number;
  readonly lmResponse: Buffer;
  readonly ntResponse: Buffer;
  readonly domain: string;
  readonly user: string;
  readonly workstation: string;
  readonly encryptedSessionKey: Buffer;
  /** Message integrity code; zeros while it is computed. */
  readonly mic: Buffer;
}

const MIC_AT = 72;
const PAYLOAD_AT = 88;

/**
 * AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3): Signature · MessageType 3 · LmChallengeResponseFields ·
 * NtChallengeResponseFields · DomainNameFields · UserNameFields · WorkstationFields · EncryptedRandomSessionKeyFields ·
 * NegotiateFlags u32 · Version · MIC u8[16] · payload
 */
export function encodeAuthenticate(message: NtlmAuthenticate): Buffer {
  const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
  const names = [wide(message.domain), wide(message.user), wide(message.workstation)];
  const payload = [message.lmResponse, message.ntResponse, ...names, message.encryptedSessionKey];
  let offset = PAYLOAD_AT;
  const fields = payload.map(({ length }) => {
    const field = encodeField(length, offset);
    offset += length;
    return field;
  });
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(message.flags);
  const start = messageStart(MESSAGE_TYPES.authenticate);
  return Buffer.concat([start, ...fields, flags, NTLM_VERSION, message.mic, ...payload]);
}

export function decodeAuthenticate(message: Buffer): NtlmAuthenticate {
  expectMessage(message, MESSAGE_TYPES.authenticate, PAYLOAD_AT);
  const text = (at: number): string => decodeField(message, at).toString('utf16le');
  return {
    lmResponse: decodeField(message, 12),
    ntResponse: decodeField(message, 20),
    domain: text(28),
    user: text(36),
    workstation: text(44),
    encryptedSessionKey: decodeField(message, 52),
    flags: message.readUInt32LE(60),
    mic: message.subarray(MIC_AT, PAYLOAD_AT),
  };
}

/** The same message with its integrity code, in place. */
export function setMic(message: Buffer, mic: Buffer): Buffer {
  mic.copy(message, MIC_AT);
  return message;
}
