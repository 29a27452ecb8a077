/** Message padding of SHA-1 and SHA-256 (FIPS 180-4 §5.1.1): 0x80, zeros, length in bits as 64 bits. */
export function padMessage(data: Uint8Array): DataView {
  const padded = new Uint8Array(Math.ceil((data.length + 9) / 64) * 64);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(data.length) * 8n);
  return view;
}
