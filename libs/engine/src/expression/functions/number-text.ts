/** Whole number in decimal digits, surrounded by white space at most; undefined when it is none or exceeds 64 bits. */
export function parseNumber(text: string): bigint | undefined {
  const match = /^\s*([+-]?)0*(\d{1,19})\s*$/.exec(text);
  if (match === null) return undefined;
  const value = BigInt(match[1] === '-' ? `-${match[2]}` : (match[2] ?? '0'));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** Bytes as a number, low byte first; undefined for none or more than 8. */
export function numberOfBytes(bytes: Uint8Array): bigint | undefined {
  if (bytes.length === 0 || bytes.length > 8) return undefined;
  return BigInt.asIntN(
    64,
    bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  );
}
