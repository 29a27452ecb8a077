import { malformed } from '../drs-error.js';

/** Dotted text of a BER object identifier without tag and length (X.690 8.19). */
export function oidText(ber: Buffer): string {
  const arcs: number[] = [];
  let value = 0;
  for (const byte of ber) {
    value = value * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(value)) throw malformed('an object identifier');
    if ((byte & 0x80) !== 0) continue;
    arcs.push(value);
    value = 0;
  }
  const [first, ...rest] = arcs;
  if (first === undefined || (ber.at(-1) ?? 0x80) >= 0x80) throw malformed('an object identifier');
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - 40 * top, ...rest].join('.');
}

/** Inverse of {@link oidText}. */
export function oidBytes(text: string): Buffer {
  const [top = 0, second = 0, ...rest] = text.split('.').map(Number);
  return Buffer.from([40 * top + second, ...rest].flatMap(arcBytes));
}

function arcBytes(arc: number): number[] {
  const bytes = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift(0x80 | (left % 128));
  return bytes;
}
