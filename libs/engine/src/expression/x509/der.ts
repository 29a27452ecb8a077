/** One element of DER (X.690 §8, §10): tag byte, whole encoding, contents. */
export interface DerElement {
  readonly tag: number;
  readonly whole: Uint8Array;
  readonly contents: Uint8Array;
}

/** Thrown for bytes that are not DER; callers turn it into "not a certificate". */
export class DerError extends Error {}

/** Tags used in certificates. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Reads all elements that follow each other in the bytes. */
export function readElements(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const element = readElement(bytes, offset);
    elements.push(element);
    offset += element.whole.length;
  }
  return elements;
}

/** Reads the element at an offset. Lengths are definite; certificates have no multi-byte tags. */
export function readElement(bytes: Uint8Array, offset = 0): DerElement {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new DerError('no element');
  let length = first;
  let start = offset + 2;
  if (first >= 0x80) {
    const size = first & 0x7f;
    if (size === 0 || size > 4) throw new DerError('length form');
    length = 0;
    for (const byte of bytes.subarray(start, start + size)) length = length * 256 + byte;
    start += size;
  }
  const end = start + length;
  if (end > bytes.length) throw new DerError('cut short');
  return { tag, whole: bytes.subarray(offset, end), contents: bytes.subarray(start, end) };
}

/** The elements inside one of the given tag. */
export function children(element: DerElement | undefined, tag: number): readonly DerElement[] {
  return readElements(expectTag(element, tag).contents);
}

export function expectTag(element: DerElement | undefined, tag: number): DerElement {
  if (element === undefined || element.tag !== tag) throw new DerError(`no element with tag ${tag}`);
  return element;
}

/** Dotted text of an object identifier. */
export function readOid(element: DerElement | undefined): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of expectTag(element, tags.objectIdentifier).contents) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) {
      if (arcs.length === 0) {
        // The first two arcs share one number.
        const root = arc < 80n ? arc / 40n : 2n;
        arcs.push(root, arc - root * 40n);
      } else arcs.push(arc);
      arc = 0n;
    }
  }
  if (arcs.length === 0) throw new DerError('empty object identifier');
  return arcs.join('.');
}
