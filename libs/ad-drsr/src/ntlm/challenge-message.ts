import { decodeAvPairs, encodeAvPairs, type AvPair } from './av-pair.js';
import { decodeField, encodeField, expectMessage, MESSAGE_TYPES, messageStart, NTLM_VERSION } from './ntlm-message.js';

export interface NtlmChallenge {
  readonly flags: number;
  /** Eight bytes. */
  readonly serverChallenge: Buffer;
  readonly targetName: string;
  readonly targetInfo: readonly AvPair[];
}

const LENGTH = 48;
const VERSION_END = 56;

/**
 * CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2): Signature · MessageType 2 · TargetNameFields · NegotiateFlags u32 ·
 * ServerChallenge u8[8] · Reserved u8[8] · TargetInfoFields · Version · payload
 */
export function encodeChallenge(challenge: NtlmChallenge): Buffer {
  const name = Buffer.from(challenge.targetName, 'utf16le');
  const info = encodeAvPairs(challenge.targetInfo);
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(challenge.flags);
  return Buffer.concat([
    messageStart(MESSAGE_TYPES.challenge),
    encodeField(name.length, VERSION_END),
    flags,
    challenge.serverChallenge,
    Buffer.alloc(8),
    encodeField(info.length, VERSION_END + name.length),
    NTLM_VERSION,
    name,
    info,
  ]);
}

export function decodeChallenge(message: Buffer): NtlmChallenge {
  expectMessage(message, MESSAGE_TYPES.challenge, LENGTH);
  const info = decodeField(message, 40);
  return {
    flags: message.readUInt32LE(20),
    serverChallenge: message.subarray(24, 32),
    targetName: decodeField(message, 12).toString('utf16le'),
    targetInfo: info.length === 0 ? [] : decodeAvPairs(info),
  };
}
