import { malformed } from '../drs-error.js';

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
export const MESSAGE_TYPES = { negotiate: 1, challenge: 2, authenticate: 3 } as const;
/** VERSION ([MS-NLMP] 2.2.2.10) for debugging only: 10.0, revision NTLMSSP_REVISION_W2K3. */
export const NTLM_VERSION = Buffer.from([10, 0, 0, 0, 0, 0, 0, 15]);

/** Signature "NTLMSSP\0" · MessageType u32, which begin every message. */
export function messageStart(type: number): Buffer {
  const bytes = Buffer.alloc(12);
  SIGNATURE.copy(bytes);
  bytes.writeUInt32LE(type, 8);
  return bytes;
}

export function expectMessage(bytes: Buffer, type: number, least: number): void {
  if (bytes.length < least || !bytes.subarray(0, 8).equals(SIGNATURE) || bytes.readUInt32LE(8) !== type) {
    throw malformed('it is not the expected NTLM message');
  }
}

/** Length u16 · MaximumLength u16 · BufferOffset u32. */
export function encodeField(length: number, offset: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(length, 0);
  bytes.writeUInt16LE(length, 2);
  bytes.writeUInt32LE(offset, 4);
  return bytes;
}

/** The payload that the field at `at` points to; a view. */
export function decodeField(message: Buffer, at: number): Buffer {
  const [length, offset] = [message.readUInt16LE(at), message.readUInt32LE(at + 4)];
  if (offset + length > message.length) throw malformed('an NTLM field is cut off');
  return message.subarray(offset, offset + length);
}
