/** A tag-length-value of BER (X.690), with definite length; enough for LDAP (RFC 4511 §5.1). */
export interface Tlv {
  readonly tag: number;
  readonly value: Buffer;
}

/** The value at an offset and the offset behind it; undefined while it is incomplete. */
export function readTlv(buffer: Buffer, at = 0): { readonly tlv: Tlv; readonly next: number } | undefined {
  if (buffer.length < at + 2) return undefined;
  const short = buffer.readUInt8(at + 1);
  const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
  if (buffer.length < at + 2 + lengthBytes) return undefined;
  const length = lengthBytes === 0 ? short : buffer.readUIntBE(at + 2, lengthBytes);
  const start = at + 2 + lengthBytes;
  if (buffer.length < start + length) return undefined;
  return { tlv: { tag: buffer.readUInt8(at), value: buffer.subarray(start, start + length) }, next: start + length };
}

/** What a constructed value contains. */
export function childrenOf({ value }: Tlv): Tlv[] {
  const children: Tlv[] = [];
  for (let at = 0; at < value.length;) {
    const read = readTlv(value, at);
    if (read === undefined) throw new RangeError('a value ends in the middle of another');
    children.push(read.tlv);
    at = read.next;
  }
  return children;
}

export const integerOf = (tlv: Tlv | undefined): number =>
  tlv === undefined || tlv.value.length === 0 ? 0 : tlv.value.readIntBE(0, Math.min(6, tlv.value.length));
export const textOf = (tlv: Tlv | undefined): string => tlv?.value.toString('utf8') ?? '';

export function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value]);
  const head = Buffer.alloc(6);
  head.writeUInt8(tag, 0);
  head.writeUInt8(0x84, 1);
  head.writeUInt32BE(value.length, 2);
  return Buffer.concat([head, value]);
}

export const octets = (value: string | Buffer, tag = 0x04): Buffer =>
  tlv(tag, typeof value === 'string' ? Buffer.from(value, 'utf8') : value);

export function integer(value: number, tag = 0x02): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return tlv(tag, bytes);
}
