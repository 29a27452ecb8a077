const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const valueOf = new Map([...alphabet].map((char, value) => [char, value] as const));

/** Bytes to Base64 with padding (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % 3);
  let text = '';
  for (let index = 0; index < whole; index += 3) {
    const bits = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    text += char(bits >> 18) + char(bits >> 12) + char(bits >> 6) + char(bits);
  }
  if (whole === bytes.length) return text;
  const two = bytes.length - whole === 2;
  const bits = ((bytes[whole] ?? 0) << 16) | ((bytes[whole + 1] ?? 0) << 8);
  return text + char(bits >> 18) + char(bits >> 12) + (two ? char(bits >> 6) : '=') + '=';
}

function char(bits: number): string {
  return alphabet.charAt(bits & 0x3f);
}

/** Base64 to bytes; white space is skipped, anything else that is wrong gives undefined. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/\s+/g, '');
  if (compact.length % 4 !== 0) return undefined;
  const padding = compact.endsWith('==') ? 2 : compact.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((compact.length / 4) * 3 - padding);
  let bits = 0;
  let length = 0;
  for (let index = 0; index < compact.length - padding; index++) {
    const value = valueOf.get(compact.charAt(index));
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    if (index % 4 > 0) bytes[length++] = (bits >> (6 - 2 * (index % 4))) & 0xff;
  }
  return bytes;
}
