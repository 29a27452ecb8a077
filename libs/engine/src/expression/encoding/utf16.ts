/** Text to UTF-16, low byte first (the `Unicode` encoding of .NET). */
export function encodeUtf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    bytes[index * 2] = unit & 0xff;
    bytes[index * 2 + 1] = unit >> 8;
  }
  return bytes;
}

/** UTF-16 to text, low byte first unless said otherwise; undefined for an odd number of bytes. */
export function decodeUtf16(bytes: Uint8Array, highByteFirst = false): string | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  let text = '';
  for (let index = 0; index < bytes.length; index += 2) {
    const [low, high] = highByteFirst ? [bytes[index + 1], bytes[index]] : [bytes[index], bytes[index + 1]];
    text += String.fromCharCode((low ?? 0) | ((high ?? 0) << 8));
  }
  return text;
}

/** One character per byte (ISO 8859-1). */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
