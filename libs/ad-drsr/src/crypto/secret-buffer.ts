import { inspect } from 'node:util';

const SHOWN = '[hash]';

/**
 * Hides a secret from everything that prints: inspection, JSON and conversion to text without an explicit encoding show
 * `[hash]`. The bytes stay usable for computing. Returns the same buffer.
 */
export function hideSecret(bytes: Buffer): Buffer {
  const plainText = bytes.toString.bind(bytes);
  const shown = (value: unknown): PropertyDescriptor => ({ value, enumerable: false });
  return Object.defineProperties(bytes, {
    toString: shown((encoding?: BufferEncoding, start?: number, end?: number) =>
      encoding === undefined ? SHOWN : plainText(encoding, start, end),
    ),
    toJSON: shown(() => SHOWN),
    [inspect.custom]: shown(() => SHOWN),
  });
}

/** Owns key material: nothing prints it, {@link SecretKey.destroy} zeroes it. */
export class SecretKey {
  readonly #bytes: Buffer;

  /** Takes the buffer over; the caller must not keep it. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The bytes, for computing only. */
  reveal(): Buffer {
    return this.#bytes;
  }

  destroy(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
