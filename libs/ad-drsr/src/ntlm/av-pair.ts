import { malformed } from '../drs-error.js';

/** AvId values of [MS-NLMP] 2.2.2.1 with a meaning for this client. */
export const AV_IDS = { endOfList: 0, flags: 6, timestamp: 7 } as const;
/** MsvAvFlags: the authenticate message carries a message integrity code. */
export const AV_FLAG_MIC = 0x2;

export interface AvPair {
  readonly id: number;
  readonly value: Buffer;
}

/** AV_PAIR list ([MS-NLMP] 2.2.2.1): {AvId u16 · AvLen u16 · Value}[] up to AvId 0. The terminator is added here. */
export function encodeAvPairs(pairs: readonly AvPair[]): Buffer {
  return Buffer.concat(
    [...pairs, { id: AV_IDS.endOfList, value: Buffer.alloc(0) }].flatMap(({ id, value }) => {
      const head = Buffer.alloc(4);
      head.writeUInt16LE(id, 0);
      head.writeUInt16LE(value.length, 2);
      return [head, value];
    }),
  );
}

/** Without the terminator. Throws ADJ-PHS-7007 when the list has no end. */
export function decodeAvPairs(bytes: Buffer): AvPair[] {
  const pairs: AvPair[] = [];
  for (let at = 0; ;) {
    if (at + 4 > bytes.length) throw malformed('target information without an end');
    const [id, length] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    at += 4;
    if (id === AV_IDS.endOfList) return pairs;
    if (at + length > bytes.length) throw malformed('target information is cut off');
    pairs.push({ id, value: bytes.subarray(at, at + length) });
    at += length;
  }
}
